import { VarintReader, VarintWriter } from '../pipeline/lib/varint.ts';
import type { Api } from './api.ts';
import { encodeCursor, noSuchPage, readCursor } from './cursor.ts';
import { LIMITS } from './limits.ts';
import type { RequestId } from './request-ids.ts';

interface Listed {
  readonly recommendations: readonly { readonly movie: RequestId }[];
}

/**
 * The pages of recommendation lists. A cursor has the movies of the pages before, and the next page is the list without
 * them. So no movie comes twice and none is passed over, also when the user has rated movies in the meantime.
 */
export function listPages({ ids, serving, tag }: Pick<Api, 'ids' | 'serving' | 'tag'>) {
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

    /** @param pageOf the movies of a page, without those of the pages before. */
    return <List extends Listed>(
      pageOf: (before: readonly number[]) => { readonly list: List; readonly hasMore: boolean },
    ): List & { readonly next: string | null } => {
      const page = pageOf(before.map((row) => movies.ids[row] as number));
      const listed = page.list.recommendations.map(({ movie }) => movies.rowOf(ids.movieOf(movie)));
      const rows = [...before, ...listed].sort((a, b) => a - b);
      const goesOn = rows.length < LIMITS.pages && page.hasMore;
      return { ...page.list, next: goesOn ? encodeCursor(encodeRows(rows), list) : null };
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
