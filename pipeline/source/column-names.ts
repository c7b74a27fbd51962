import { OperatorError } from '../lib/errors.ts';
import { nearestWord } from '../lib/nearest-word.ts';
import { MEANINGS, plainName } from './column-meanings.ts';

/** One value for each column of a rating. */
export interface RatingColumns<T> {
  readonly user: T;
  readonly movie: T;
  readonly rating: T;
  readonly time: T;
}

/** The columns that a file has. `time` is null where ratings have no times. */
export type FoundColumns<T> = Omit<RatingColumns<T>, 'time'> & { readonly time: T | null };

/** What a column means. */
export type ColumnMeaning = keyof RatingColumns<unknown>;

export const COLUMN_MEANINGS: readonly ColumnMeaning[] = ['user', 'movie', 'rating', 'time'];

/**
 * Columns named by a person: a name of the header, or a position from 1 in a file without one. `time` may be
 * `NO_TIME`.
 */
export type NamedColumns = Readonly<Partial<Record<ColumnMeaning, string>>>;

/** The name for `time` that reads a file without its times. */
export const NO_TIME = 'none';

/** What is said of a source whose times are missing. */
export const NO_TIMES_TEXT = 'there is no column of times';

/** The position of the first of `spellings` that is among the names, or -1. */
export function positionOf(names: readonly string[], spellings: readonly string[]): number {
  const known = names.map(plainName);
  return known.indexOf(spellings.find((spelling) => known.includes(spelling)) ?? '');
}

/** The positions of the names of the best rank that any name has; none when no name has the meaning. */
function positionsOf(names: readonly string[], meaning: ColumnMeaning): readonly number[] {
  const known = names.map(plainName);
  for (const rank of MEANINGS[meaning]) {
    const found = known.flatMap((name, at) => (rank.includes(name) ? [at] : []));
    if (found.length > 0) return found;
  }
  return [];
}

/** The columns among the names of a header, or what is unknown about them. */
export type HeaderColumns =
  | { readonly kind: 'found'; readonly columns: FoundColumns<number> }
  | {
      readonly kind: 'unclear';
      readonly problem: string;
      /** The meanings that no column has. */
      readonly missing: readonly ColumnMeaning[];
    };

/**
 * Finds the rating columns by their names. A column is never found by its position.
 *
 * @param named columns that a person named; they come before the accepted names.
 * @param times whether a file without times is accepted.
 * @throws OperatorError `usage` when a named column does not exist.
 */
export function columnsNamed(
  names: readonly string[],
  named: NamedColumns = {},
  times: 'required' | 'optional' = 'required',
): HeaderColumns {
  const found = COLUMN_MEANINGS.map((meaning): readonly number[] => {
    const name = named[meaning];
    if (meaning === 'time' && name === NO_TIME) return [];
    if (name !== undefined) return [positionNamed(names, meaning, name)];
    return positionsOf(names, meaning);
  });
  const missing = COLUMN_MEANINGS.filter(
    (meaning, at) => found[at]?.length === 0 && (meaning !== 'time' || times === 'required'),
  );
  if (missing.length > 0) return { kind: 'unclear', missing, problem: missingText(missing) };
  const twice = COLUMN_MEANINGS.findIndex((_, at) => (found[at]?.length ?? 0) > 1);
  if (twice >= 0) {
    const both = (found[twice] ?? []).map((at) => names[at]);
    const problem = `two of them can be the ${COLUMN_MEANINGS[twice]}: ${both.join(' and ')}`;
    return { kind: 'unclear', missing, problem };
  }
  const [user = -1, movie = -1, rating = -1, time = -1] = found.map(([position = -1]) => position);
  const known = [user, movie, rating, time].filter((position) => position >= 0);
  if (new Set(known).size < known.length) {
    return { kind: 'unclear', missing, problem: 'one of them is named for two meanings' };
  }
  return { kind: 'found', columns: { user, movie, rating, time: time === -1 ? null : time } };
}

function missingText(missing: readonly ColumnMeaning[]): string {
  if (missing.length === 1 && missing[0] === 'time') return NO_TIMES_TEXT;
  return `none of them is known to be the ${missing.join(', the ')}`;
}

function positionNamed(names: readonly string[], meaning: ColumnMeaning, name: string): number {
  const exact = names.indexOf(name);
  if (exact >= 0) return exact;
  const same = names.flatMap((each, at) =>
    plainName(each) === plainName(name) && plainName(name) !== '' ? [at] : [],
  );
  const [only] = same;
  if (only !== undefined && same.length === 1) return only;
  const nearest = nearestWord(name, names);
  throw new OperatorError(
    'usage',
    `There is no column ${name} for ${meaning}; the columns are ${names.join(', ')}.`,
    nearest === null ? `Name one of them: --columns ${meaning}=NAME.` : `Did you mean ${meaning}=${nearest}?`,
  );
}

/**
 * Columns named by their positions, from 1, or null when they are named otherwise.
 *
 * @param width number of columns.
 * @throws OperatorError `usage` when not all of them are named, or a position is not in the file.
 */
export function columnsAt(
  named: NamedColumns,
  width: number,
  times: 'required' | 'optional',
): FoundColumns<number> | null {
  const given = COLUMN_MEANINGS.flatMap((meaning) => named[meaning] ?? []).filter((name) => name !== NO_TIME);
  if (given.length === 0 || !given.every((name) => /^\d+$/.test(name))) return null;
  const at = (meaning: ColumnMeaning): number | null => {
    const name = named[meaning];
    if (meaning === 'time' && (name === NO_TIME || name === undefined) && times === 'optional') return null;
    const position = Number(name) - 1;
    if (position >= 0 && position < width) return position;
    throw new OperatorError(
      'usage',
      name === undefined
        ? `The column of ${meaning} is not named, and the others are named by their positions.`
        : `There is no column ${name} for ${meaning}; the file has ${width} columns.`,
      'Give all positions, from 1: --columns user=1,movie=2,rating=3,time=4.',
    );
  };
  return {
    user: at('user') as number,
    movie: at('movie') as number,
    rating: at('rating') as number,
    time: at('time'),
  };
}
