import type postgres from 'postgres';
import { OperatorError } from '../lib/errors.ts';
import type { IdNames, SourceNames } from '../ratings/id-names.ts';
import type { Ratings } from '../ratings/ratings.ts';
import type { Store } from './store.ts';

/** How the ids of users and movies are written outside of the database: as numbers of 32 bits, or as names. */
export type IdKind = 'numbers' | 'text';

/** What has a name. */
type Named = 'user' | 'movie';

/** So many names are looked up or stored by one statement. */
const BLOCK_NAMES = 50_000;

const tableOf = (sql: postgres.ISql, named: Named) => ({
  table: sql(`${named}_names`),
  id: sql(`${named}_id`),
});

/** How the ids of a database are written. Null while it has no ratings. */
export async function readIdKind(sql: postgres.ISql): Promise<IdKind | null> {
  const [found] = await sql<{ hasNames: boolean; hasRatings: boolean }[]>`
    select exists (select from movie_names) or exists (select from user_names) as has_names,
      exists (select from ingestion_ledger where rows_new > 0) as has_ratings`;
  if (found?.hasNames === true) return 'text';
  return found?.hasRatings === true ? 'numbers' : null;
}

/** @throws OperatorError `state-conflict` when the database has ids of the other kind. */
export async function requireIdKind(
  sql: postgres.ISql,
  wanted: IdKind,
  place: Pick<Store, 'description'> | null = null,
): Promise<void> {
  const kind = await readIdKind(sql);
  if (kind === null || kind === wanted) return;
  const described = place === null ? '' : ` (${place.description})`;
  throw new OperatorError(
    'state-conflict',
    kind === 'numbers'
      ? `The ids of users and movies in the database${described} are numbers, and these ratings have texts as ids.`
      : `The ids of users and movies in the database${described} are texts, and these ratings are to be stored with numbers.`,
    `Nothing was stored. Write ratings with ids as in the earlier batches and set source.ids to '${kind}' or 'auto', or begin with an empty database.`,
  );
}

/** The ids of names, in their order; −1 for a name that has none. */
export async function readIdsOf(
  sql: postgres.ISql,
  named: Named,
  names: readonly string[],
): Promise<Int32Array> {
  const { table, id } = tableOf(sql, named);
  const ids = new Int32Array(names.length);
  for (let from = 0; from < names.length; from += BLOCK_NAMES) {
    const some = names.slice(from, from + BLOCK_NAMES);
    const [row] = await sql<{ ids: Buffer }[]>`
      select string_agg(int4send(coalesce(${id}, -1)), '' order by position) as ids
      from json_array_elements_text(${sql.json(some)}::json) with ordinality as sought (sought_name, position)
        left join ${table} on name = sought_name`;
    for (let at = 0; at < some.length; at++) ids[from + at] = row?.ids.readInt32BE(4 * at) ?? -1;
  }
  return ids;
}

/**
 * Stores the names that have no id yet, numbered in their order, and returns the ids of all. An id is never given to
 * another name, also when its name is deleted.
 */
export async function storeNames(
  sql: postgres.TransactionSql,
  named: Named,
  names: readonly string[],
): Promise<Int32Array> {
  const known = await readIdsOf(sql, named, names);
  const unknown = names.filter((_, at) => known[at] === -1);
  if (unknown.length === 0) return known;
  const { table } = tableOf(sql, named);
  for (let from = 0; from < unknown.length; from += BLOCK_NAMES) {
    // The API may store a name at the same time.
    await sql`
      insert into ${table} (name)
      select new_name from json_array_elements_text(${sql.json(unknown.slice(from, from + BLOCK_NAMES))}::json)
        with ordinality as new (new_name, position)
      order by position on conflict (name) do nothing`;
  }
  return readIdsOf(sql, named, names);
}

/** The ids of the users and movies of a source, by their positions. */
export interface SourceIds {
  readonly users: Int32Array;
  readonly movies: Int32Array;
}

/**
 * Stores the names of a source. Run it in the transaction that holds the ingestion lock.
 *
 * @param leftOut positions of users who get no id; theirs is −1.
 */
export async function storeSourceNames(
  sql: postgres.TransactionSql,
  { users, movies }: SourceNames,
  leftOut: ReadonlySet<number>,
): Promise<SourceIds> {
  const stored = await storeNames(
    sql,
    'user',
    users.filter((_, at) => !leftOut.has(at)),
  );
  let next = 0;
  const ids = Int32Array.from(users, (_, at) => (leftOut.has(at) ? -1 : (stored[next++] as number)));
  return { users: ids, movies: await storeNames(sql, 'movie', movies) };
}

/** Ratings whose ids are positions, with the ids of these positions. */
export function withIds(ratings: Ratings, { users, movies }: SourceIds): Ratings {
  return {
    ...ratings,
    userIds: ratings.userIds.map((position) => users[position] as number),
    movieIds: ratings.movieIds.map((position) => movies[position] as number),
  };
}

/** The ids that a source has in the database, or would have. Stores nothing. */
export async function foreseenIds({ sql }: Store, { users, movies }: SourceNames): Promise<SourceIds> {
  const foreseen = async (named: Named, names: readonly string[]): Promise<Int32Array> => {
    const { table, id } = tableOf(sql, named);
    const [last] = await sql<{ id: number }[]>`select coalesce(max(${id}), 0) as id from ${table}`;
    let next = (last?.id ?? 0) + 1;
    return (await readIdsOf(sql, named, names)).map((known) => (known === -1 ? next++ : known));
  };
  return { users: await foreseen('user', users), movies: await foreseen('movie', movies) };
}

/** Names by id: of the given ids, or all. */
export async function readNames(
  sql: postgres.ISql,
  named: Named,
  ids?: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const { table, id } = tableOf(sql, named);
  const [row] = await sql<{ ids: number[] | null; names: string[] }[]>`
    select json_agg(${id} order by ${id}) as ids, json_agg(name order by ${id}) as names
    from ${table} ${ids === undefined ? sql`` : sql`where ${id} = any(${[...ids]}::integer[])`}`;
  return new Map((row?.ids ?? []).map((each, at) => [each, row?.names[at] as string]));
}

/** What the users and movies of ratings are called; null where ids are numbers. */
export async function namesOfRatings(
  { sql }: Pick<Store, 'sql'>,
  { userIds, movieIds }: Pick<Ratings, 'userIds' | 'movieIds'>,
): Promise<IdNames | null> {
  if ((await readIdKind(sql)) !== 'text') return null;
  const users = await readNames(sql, 'user', [...new Set(userIds)]);
  const movies = await readNames(sql, 'movie', [...new Set(movieIds)]);
  return { userName: (id) => users.get(id) ?? String(id), movieName: (id) => movies.get(id) ?? String(id) };
}

/** The names of all users and movies; null where ids are numbers. */
export async function readAllNames({ sql }: Store): Promise<{
  readonly users: ReadonlyMap<number, string>;
  readonly movies: ReadonlyMap<number, string>;
} | null> {
  if ((await readIdKind(sql)) !== 'text') return null;
  return { users: await readNames(sql, 'user'), movies: await readNames(sql, 'movie') };
}
