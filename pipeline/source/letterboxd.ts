import { readFile } from 'node:fs/promises';
import { sha256 } from '../lib/digest.ts';
import { OperatorError } from '../lib/errors.ts';
import type { Movie } from '../ratings/movie.ts';
import { tableRows } from './movie-table.ts';
import { listed } from './source-names.ts';
import { titleKey } from './title-key.ts';

/** The ratings of one person by title and year, as Letterboxd exports them. */
export interface TitledRatings {
  /** The same ratings as CSV with ids. */
  readonly csv: string;
  /** What was left out and why, a sentence each. */
  readonly notes: readonly string[];
}

/** Names of columns that make a table one of Letterboxd: no ids, but titles and years. */
const NEEDED = ['name', 'year', 'rating'];
const IDS = /^(user|movie|film|item)_?(id)?(:\w+)?$/i;

/** Whether a first line is the header of an export of Letterboxd. */
export function isLetterboxd(firstLine: string): boolean {
  const names = firstLine
    .replace(/^\uFEFF/, '')
    .split(',')
    .map((name) => name.trim().toLowerCase());
  return NEEDED.every((name) => names.includes(name)) && !names.some((name) => IDS.test(name));
}

/** Numbers from here on are those of persons that have only a name. */
const FIRST_NAMED_USER = 2_000_000_000;
const NAMED_USERS = 100_000_000;

/** The user number of a person by the name of the account. The same name always has the same number. */
export const namedUser = (name: string): number =>
  FIRST_NAMED_USER + (Number.parseInt(sha256(name.toLowerCase()).slice(0, 12), 16) % NAMED_USERS);

/**
 * Joins an export of Letterboxd to movies by title and year. A row without exactly one movie is left out and listed.
 *
 * @param shown how messages call the file.
 * @param account the name of the account.
 * @throws OperatorError `source-unknown-layout` when not one row has a movie.
 */
export async function joinLetterboxd(
  file: string,
  shown: string,
  account: string,
  movies: readonly Movie[],
): Promise<TitledRatings> {
  const [header = [], ...rows] = tableRows(await readFile(file, 'utf8'));
  const names = header.map((name) => name.trim().toLowerCase());
  const field = (row: readonly string[], name: string): string => row[names.indexOf(name)]?.trim() ?? '';
  const byKey = new Map<string, number[]>();
  for (const { id, title, year } of movies) {
    if (year === null) continue;
    const key = titleKey(title, year);
    byKey.set(key, [...(byKey.get(key) ?? []), id]);
  }
  const user = namedUser(account);
  const lines: string[] = [];
  const missing: string[] = [];
  const several: string[] = [];
  let unrated = 0;
  for (const row of rows) {
    const [name, year] = [field(row, 'name'), field(row, 'year')];
    const ids = byKey.get(titleKey(name, Number(year))) ?? [];
    const [id] = ids;
    if (field(row, 'rating') === '') unrated++;
    else if (id === undefined) missing.push(`${name} (${year})`);
    else if (ids.length > 1) several.push(`${name} (${year}) is ${ids.join(' or ')}`);
    else lines.push([user, id, field(row, 'rating'), field(row, 'date')].join(','));
  }
  if (lines.length === 0 && rows.length > 0) {
    throw new OperatorError(
      'source-unknown-layout',
      `${shown} is an export of Letterboxd, and none of its ${rows.length} titles is among the ${movies.length} movies beside it.`,
      'Put the movies.csv of your own data set beside it: movieId,title,genres, with the year in the title.',
    );
  }
  return {
    csv: `userId,movieId,rating,timestamp\n${lines.map((line) => `${line}\n`).join('')}`,
    notes: [
      `the ratings of Letterboxd are those of user ${user}, a number made from the name ${account}`,
      ...noteOf(missing, 'not among the movies'),
      ...noteOf(several, 'more than one movie'),
      ...(unrated === 0 ? [] : [`left out, without a rating: ${unrated}`]),
    ],
  };
}

const noteOf = (names: readonly string[], why: string): readonly string[] =>
  names.length === 0 ? [] : [`left out, ${why}: ${listed(names)}`];

/** The name of the account in the profile.csv of an export, or null. */
export function accountOf(profile: string): string | null {
  const [header = [], first = []] = tableRows(profile);
  return first[header.indexOf('Username')]?.trim() || null;
}
