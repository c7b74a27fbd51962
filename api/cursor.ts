import { sha256 } from '../pipeline/lib/digest.ts';
import { ApiProblem } from './problem.ts';

/** What a list depends on. A cursor continues this list and no other. */
export interface ListIdentity {
  /** The entity tag, which names the bundle. */
  readonly tag: string;
  /** The parameters of the request without the cursor and the length of a page. */
  readonly parameters: object;
}

/** The cursor of a page: where the page starts, and a list that it belongs to. @param position letters, digits, `-`, `_` */
export function encodeCursor(position: string, list: ListIdentity): string {
  return `${position}.${digestOf(list.parameters)}.${bundleOf(list.tag)}`;
}

/**
 * Where the page of a cursor starts.
 *
 * @throws ApiProblem for a cursor of another bundle, for one of another list, and for a text that is no cursor.
 */
export function readCursor(cursor: string, { tag, parameters }: ListIdentity): string {
  const [position = '', digest, bundle] = cursor.split('.');
  if (bundle !== bundleOf(tag)) {
    throw noSuchPage('was issued before the newest deployment; start again without a cursor');
  }
  if (digest !== digestOf(parameters)) {
    throw noSuchPage(
      'was issued for other parameters; only the number of movies may change from page to page',
    );
  }
  return position;
}

/** What a cursor looks like. One that looks so and leads to no page is not found. */
export const CURSOR_PATTERN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

export function noSuchPage(message: string): ApiProblem {
  return new ApiProblem('not-found', `cursor: ${message}.`, { errors: [{ at: 'cursor', message }] });
}

const digestOf = (parameters: object): string => sha256(JSON.stringify(parameters)).slice(0, 12);
const bundleOf = (tag: string): string => tag.replace(/^"v\d+-/, '').replace(/"$/, '');
