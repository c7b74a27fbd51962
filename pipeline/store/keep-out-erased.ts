import type postgres from 'postgres';
import type { SourceNames } from '../ratings/id-names.ts';
import { filterRatings, type Ratings } from '../ratings/ratings.ts';
import type { Reject } from '../ratings/raw.ts';
import { vocabularyOf } from '../ratings/vocabulary.ts';
import { readKeptOut, type Tombstones } from './tombstones.ts';

/** What is left of a batch without the users who were erased. */
export interface KeptOut {
  readonly ratings: Ratings;
  /** Rows that were dropped, also earlier. */
  readonly rowsErased: number;
  /** The erased users: ids, or positions of names, which must not be stored. */
  readonly keptOut: ReadonlySet<number>;
  /** The rejected rows whose content may be stored. */
  readonly keptRejects: (rejects: readonly Reject[]) => readonly Reject[];
}

const NOBODY: ReadonlySet<number> = new Set();

/** Leaves the ratings of erased users out of a batch. Each user is looked up once, and nobody when none was erased. */
export async function keepOutErased(
  sql: postgres.ISql,
  {
    ratings,
    names,
    rowsErased = 0,
  }: {
    readonly ratings: Ratings;
    readonly names?: SourceNames | undefined;
    readonly rowsErased?: number;
  },
): Promise<KeptOut> {
  const tombstones = await readKeptOut(sql);
  if (tombstones === null) return { ratings, rowsErased, keptOut: NOBODY, keptRejects: (rejects) => rejects };
  const keptOut = new Set<number>();
  if (names === undefined) {
    for (const id of vocabularyOf(ratings.userIds).ids) {
      if (tombstones.of('id', id)?.isKeptOut === true) keptOut.add(id);
    }
  } else {
    for (const [position, name] of names.users.entries()) {
      if (tombstones.of('name', name)?.isKeptOut === true) keptOut.add(position);
    }
  }
  const kept =
    keptOut.size === 0
      ? ratings
      : filterRatings(ratings, (row) => !keptOut.has(ratings.userIds[row] as number));
  return {
    ratings: kept,
    rowsErased: rowsErased + ratings.length - kept.length,
    keptOut,
    keptRejects: (rejects) =>
      rejects.filter((reject) => !namesErased(reject, tombstones, names !== undefined)),
  };
}

/** A rejected row is described by its user, or by its line where it could not be split. */
const USER = /(?:^|: )user (.*?), movie /;
const BETWEEN_VALUES = /[,;|:\t "]+/;

/** Whether a rejected row names an erased user. Of a damaged line every value is looked up. */
function namesErased({ content }: Reject, tombstones: Tombstones, hasNames: boolean): boolean {
  const [, user] = USER.exec(content) ?? [];
  const texts = user === undefined ? content.split(BETWEEN_VALUES) : [user];
  // `007` and `7.0` are the user 7, as in the ratings.
  return texts.some((text) =>
    hasNames
      ? tombstones.of('name', text)?.isKeptOut === true
      : text.trim() !== '' && tombstones.of('id', Number(text))?.isKeptOut === true,
  );
}
