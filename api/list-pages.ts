import { VarintReader, VarintWriter } from '../pipeline/lib/varint.ts';
import type { Api } from './api.ts';
import { encodeCursor, noSuchPage, readCursor } from './cursor.ts';
import { LIMITS } from './limits.ts';
import type { ListOptions } from './response-bodies.ts';
import type { TargetUser } from './target-users.ts';

/**
 * The pages of recommendation lists. A cursor has the movies of the pages before, and the next page is the list without
 * them. So no movie comes twice and none is passed over, also when the user has rated movies in the meantime.
 */
export function listPages({ bodies, ids, serving, tag }: Pick<Api, 'bodies' | 'ids' | 'serving' | 'tag'>) {
  const { movies } = serving.catalogue;

  /** @throws ApiProblem for an invalid cursor. */
  return ({
    parameters,
    cursor,
  }: {
    /** Those of the request without the cursor and the length of a page. */
    readonly parameters: object;
    readonly cursor: string | undefined;
  }) => {
    const list = { tag, parameters };
    const before = cursor === undefined ? [] : [...decodeRows(readCursor(cursor, list), movies.size)];

    return (target: TargetUser, options: ListOptions) => {
      const shown = before.map((row) => movies.ids[row] as number);
      const rest = { ...options, exclude: [...(options.exclude ?? []), ...shown] };
      const page = bodies.list(target, rest);
      const listed = page.recommendations.map(({ movie }) => ids.movieOf(movie));
      const rows = [...before, ...listed.map(movies.rowOf)].sort((a, b) => a - b);
      const goesOn = rows.length < LIMITS.pages && bodies.hasMore(target, rest, listed);
      return { ...page, next: goesOn ? encodeCursor(encodeRows(rows), list) : null };
    };
  };
}

function encodeRows(rows: readonly number[]): string {
  const writer = new VarintWriter();
  writer.writeAscending(rows);
  return Buffer.from(writer.finish()).toString('base64url');
}

function decodeRows(text: string, size: number): Int32Array {
  const bytes = Buffer.from(text, 'base64url');
  try {
    const reader = new VarintReader(bytes);
    const rows = reader.readAscending();
    if (reader.position === bytes.length && rows.every((row) => row >= 0 && row < size)) return rows;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw noSuchPage('is not a cursor issued by this API');
}
