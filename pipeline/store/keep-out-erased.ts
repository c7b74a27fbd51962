import type postgres from 'postgres';
import type { SourceNames } from '../ratings/id-names.ts';
import { filterRatings, type Ratings } from '../ratings/ratings.ts';
import type { Reject } from '../ratings/raw.ts';
import { vocabularyOf } from '../ratings/vocabulary.ts';
import { keptOutUsers, someAreKeptOut } from './tombstones.ts';

/** What is left of a batch without the users who were erased. */
export interface KeptOut {
  readonly ratings: Ratings;
  /** Rows that were dropped, also earlier. */
  readonly rowsErased: number;
  /** Where ids are names: positions of names that must not be stored. */
  readonly keptOut: ReadonlySet<number>;
  /** The rejected rows whose content may be stored. */
  readonly keptRejects: (rejects: readonly Reject[]) => Promise<readonly Reject[]>;
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
  if (!(await someAreKeptOut(sql))) {
    return { ratings, rowsErased, keptOut: NOBODY, keptRejects: async (rejects) => rejects };
  }
  const { ids } = vocabularyOf(ratings.userIds);
  const found =
    names === undefined
      ? await keptOutUsers(sql, 'id', Array.from(ids, String))
      : await keptOutUsers(sql, 'name', names.users);
  const erased = names === undefined ? new Set(Array.from(found, (at) => ids[at] as number)) : found;
  const kept =
    erased.size === 0
      ? ratings
      : filterRatings(ratings, (row) => !erased.has(ratings.userIds[row] as number));
  return {
    ratings: kept,
    rowsErased: rowsErased + ratings.length - kept.length,
    keptOut: names === undefined ? NOBODY : found,
    keptRejects: (rejects) => withoutErasedRejects(sql, rejects, names !== undefined),
  };
}

/** A rejected row is described by its user, or by its line where it could not be split. */
const USER = /(?:^|: )user (.*?), movie /;
const BETWEEN_VALUES = /[,;|:\t "]+/;

/** The rejected rows that do not name an erased user. Of a damaged line every value is looked up. */
async function withoutErasedRejects(
  sql: postgres.ISql,
  rejects: readonly Reject[],
  hasNames: boolean,
): Promise<readonly Reject[]> {
  const named = rejects.map(({ content }) => {
    const [, user] = USER.exec(content) ?? [];
    return user === undefined ? content.split(BETWEEN_VALUES) : [user];
  });
  const texts = [...new Set(named.flat())];
  const users = hasNames ? texts : texts.map(numberIn);
  const found = await keptOutUsers(sql, hasNames ? 'name' : 'id', users);
  const erased = new Set(Array.from(found, (at) => texts[at]));
  return rejects.filter((_, at) => !(named[at] ?? []).some((text) => erased.has(text)));
}

/** `007` and `7.0` are the user 7, as in the ratings. */
const numberIn = (text: string): string => (text.trim() === '' ? text : String(Number(text)));
