import { OperatorError } from '../lib/errors.ts';
import { isId } from '../ratings/validate.ts';
import { readIdKind, readIdsOf, readNames } from '../store/id-names.ts';
import type { Store } from '../store/store.ts';

/** The ids of users and movies as a site has them, and those of the database. */
export interface SiteIds {
  /** The ids of users or movies; −1 for names that nobody has. */
  readonly idsOf: (kind: 'user' | 'movie', written: readonly string[]) => Promise<readonly number[]>;
  /** What movies are called. */
  readonly movieNames: (movieIds: readonly number[]) => Promise<ReadonlyMap<number, string | number>>;
}

/** Opens the ids of a store: names, or numbers that are the same on both sides. */
export async function openSiteIds({ sql }: Store): Promise<SiteIds> {
  if ((await readIdKind(sql)) === 'text') {
    return {
      idsOf: async (kind, written) => [...(await readIdsOf(sql, kind, written))],
      movieNames: (movieIds) => readNames(sql, 'movie', movieIds),
    };
  }
  return NUMBERS;
}

/** Ids that are numbers. */
const NUMBERS: SiteIds = {
  idsOf: async (kind, written) => written.map((text) => wholeId(kind, text)),
  movieNames: async (movieIds) => new Map(movieIds.map((id) => [id, id])),
};

function wholeId(kind: 'user' | 'movie', text: string): number {
  if (/^\d+$/.test(text) && isId(Number(text))) return Number(text);
  throw new OperatorError(
    'usage',
    `"${text}" is not the id of a ${kind}: the ids of this database are whole numbers from 0 to 2147483647.`,
    `Give the number of the ${kind}.`,
  );
}
