import { ApiProblem } from './problem.ts';

/** Where the next page begins, and of what: pages of two bundles do not fit together. */
export function encodeCursor(from: number, tag: string): string {
  return `${from}.${versionOf(tag)}`;
}

/** @throws ApiProblem for a cursor that is none or that belongs to another bundle. */
export function readCursor(cursor: string, tag: string): number {
  const [, from, version] = /^(\d{1,7})\.([\w-]+)$/.exec(cursor) ?? [];
  if (from !== undefined && version === versionOf(tag)) return Number(from);
  const message =
    from === undefined
      ? 'is none that an answer gave'
      : 'belongs to what was served before the newest deployment; begin without one';
  throw new ApiProblem('invalid-request', `cursor: ${message}.`, { errors: [{ at: 'cursor', message }] });
}

const versionOf = (tag: string): string => tag.replace(/^"v\d+-/, '').replace(/"$/, '');
