import { isId } from '../../ratings/validate.ts';
import { QUARANTINE_KINDS, type QuarantineSubject } from '../../store/quarantine.ts';

/** The commands in comments on the drift issue. */
export type IssueCommand =
  | { readonly verb: 'retrain' | 'ack' | 'unmute' | 'status' }
  | { readonly verb: 'mute'; readonly hours: number }
  | QuarantineCommand;

type QuarantineCommand = { readonly verb: 'quarantine' } & (
  | { readonly action: 'list' }
  | {
      readonly action: 'quarantine';
      readonly subjects: readonly QuarantineSubject[];
      readonly reason: string;
    }
  | { readonly action: 'release'; readonly subjects: readonly QuarantineSubject[] }
);

const HOURS = { h: 1, d: 24, w: 7 * 24 } as const;
const LONGEST_MUTE = 90 * 24;

/**
 * The command of a comment: its first line that begins with `/cinematch` and is neither quoted nor code.
 *
 * @returns null when there is none; the line itself when the command is unknown.
 */
export function parseIssueCommand(
  body: string,
): IssueCommand | { readonly verb: 'invalid'; readonly line: string } | null {
  const line = plainLines(body).find((text) => /^\/cinematch(\s|$)/i.test(text));
  if (line === undefined) return null;
  const [, verb = '', ...rest] = line.toLowerCase().split(/\s+/);
  if (verb === 'mute' && rest.length === 1) {
    const hours = durationOf(rest[0] ?? '');
    if (hours !== null) return { verb, hours };
  }
  if (verb === 'quarantine') return quarantineOf(line) ?? { verb: 'invalid', line };
  const isPlain = verb === 'retrain' || verb === 'ack' || verb === 'unmute' || verb === 'status';
  return isPlain && rest.length === 0 ? { verb } : { verb: 'invalid', line };
}

/** `/cinematch quarantine user 12 15 look like bots`, `… release user 12`, `… list`; null for anything else. */
function quarantineOf(line: string): QuarantineCommand | null {
  const [, , first = '', ...others] = line.split(/\s+/);
  const verb = 'quarantine';
  if (first.toLowerCase() === 'list') return others.length === 0 ? { verb, action: 'list' } : null;
  const isRelease = first.toLowerCase() === 'release';
  const [word = '', ...rest] = isRelease ? others : [first, ...others];
  const kind = QUARANTINE_KINDS.find((name) => name === word.toLowerCase());
  const end = rest.findIndex((text) => !/^\d+$/.test(text));
  const ids = (end === -1 ? rest : rest.slice(0, end)).map(Number);
  const reason = end === -1 ? '' : rest.slice(end).join(' ');
  if (kind === undefined || ids.length === 0 || !ids.every(isId)) return null;
  const subjects = ids.map((id) => ({ kind, id }));
  if (isRelease) return reason === '' ? { verb, action: 'release', subjects } : null;
  return { verb, action: 'quarantine', subjects, reason };
}

/** The lines that are not quoted, code or hidden. */
function plainLines(body: string): readonly string[] {
  const plain: string[] = [];
  let fence: string | null = null;
  for (const line of body.replace(/<!--[\s\S]*?(-->|$)/g, '').split(/\r\n?|\n/)) {
    const mark: string | undefined = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== null) {
      if (mark?.startsWith(fence) && line.trim() === mark) fence = null;
    } else if (mark !== undefined) fence = mark;
    else if (/^ {0,3}\S/.test(line)) plain.push(line.trim());
  }
  return plain;
}

/** Hours of `12h`, `14d` or `2w`, 1 hour to 90 days; null for anything else. */
function durationOf(text: string): number | null {
  const [, count, unit] = /^(\d{1,4})([hdw])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) return null;
  const hours = Number(count) * HOURS[unit as keyof typeof HOURS];
  return hours >= 1 && hours <= LONGEST_MUTE ? hours : null;
}
