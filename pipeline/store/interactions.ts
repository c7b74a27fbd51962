import type postgres from 'postgres';
import { type Interaction, LEAST_SHOWN, SHOWN_HALF_LIFE_DAYS } from '../model/interactions.ts';
import { isValidKey } from './api-keys.ts';
import { holdErasures } from './erasures.ts';
import { storeNames } from './id-names.ts';
import type { Store } from './store.ts';
import { readTombstones } from './tombstones.ts';
import { UNFINISHED_MOVE } from './unfinished-move.ts';

/** An interaction of a user. */
export interface UserInteraction extends Interaction {
  readonly userId: number;
}

const HALF_LIFE_SECONDS = SHOWN_HALF_LIFE_DAYS * 86_400;
/** More half-lives leave nothing, and PostgreSQL refuses a power that is too close to zero. */
const MOST_HALF_LIVES = 100;
/** Showings of a movie count up to so many. */
const MOST_TIMES = 10_000;

/** Showings of a row at a later time, in seconds since 1970. */
const decayed = (
  sql: postgres.ISql,
  row: postgres.Fragment,
  later: postgres.Fragment,
): postgres.Fragment => sql`
  ${row}.times * power(0.5::double precision,
    least(greatest(${later} - ${row}.at, 0)::double precision / ${HALF_LIFE_SECONDS}::integer, ${MOST_HALF_LIVES}::integer))`;

/**
 * Keeps interactions: one for each user, movie and kind, with the time of the last one. Showings add up, each halved with
 * every half-life.
 *
 * @param key a query for the `key_id` that they were sent with. Without a row nothing is kept.
 * @returns how many rows were written.
 */
export async function recordInteractions(
  sql: postgres.ISql,
  interactions: readonly UserInteraction[],
  key: postgres.Fragment,
): Promise<number> {
  if (interactions.length === 0) return 0;
  const rows = interactions.map(({ userId, movieId, kind, at, times }) => ({
    user_id: userId,
    movie_id: movieId,
    kind,
    at,
    times,
  }));
  const [sent, told, kept] = [sql`sent`, sql`excluded`, sql`interactions`];
  const later = sql`greatest(excluded.at, interactions.at)`;
  // In the order of the primary key, so that requests at the same time do not wait for each other in a circle.
  const { count } = await sql`
    with key as (${key}),
    sent as (
      select * from json_to_recordset(${sql.json(rows)}::json)
        as one (user_id integer, movie_id integer, kind text, at integer, times double precision)),
    newest as (
      select user_id, movie_id, kind, max(at) as at from sent group by user_id, movie_id, kind),
    merged as (
      select user_id, movie_id, kind, newest.at,
        case when kind = 'shown' then sum(${decayed(sql, sent, sql`newest.at`)}) else 1 end as times
      from newest join sent using (user_id, movie_id, kind)
      group by user_id, movie_id, kind, newest.at)
    insert into interactions (user_id, movie_id, kind, at, times, key_id)
    select user_id, movie_id, kind, at, least(times, ${MOST_TIMES}::integer), key_id
    from merged cross join key
    order by user_id, movie_id, kind
    on conflict (user_id, movie_id, kind) do update
      set at = ${later}, key_id = excluded.key_id,
        times = case when excluded.kind = 'shown'
          then least(${decayed(sql, kept, later)} + ${decayed(sql, told, later)}, ${MOST_TIMES}::integer) else 1 end`;
  return count;
}

/** A list that a user was shown. */
export interface ShownList {
  /** Digest of the API key, 64 lower-case hex digits. */
  readonly keySha256: string;
  /** The id of the user, or the name, which may be a new one. */
  readonly userId: number | string;
  readonly movieIds: readonly number[];
  readonly now: Date;
}

/**
 * Counts one showing of each movie of a list, in one statement unless the user has a new name. It does not count against
 * the rate limit.
 *
 * @returns the id of the user; null when no valid key has the digest, `erased` when the user was erased.
 * @throws OperatorError `state-conflict` while data is moved into the database.
 */
export async function recordShownList(store: Store, list: ShownList): Promise<number | null | 'erased'> {
  const { keySha256, userId, movieIds, now } = list;
  const at = Math.floor(now.getTime() / 1000);
  /** Without a look at the tombstones it records nothing where there are any. */
  const record = (sql: postgres.ISql, id: number, hasLooked: boolean): Promise<number> =>
    recordInteractions(
      sql,
      movieIds.map((movieId) => ({ userId: id, movieId, kind: 'shown', at, times: 1 })),
      sql`
        select key_id from api_keys where sha256 = ${keySha256} and revoked_at is null
          and not exists (select from migrations where version = ${UNFINISHED_MOVE})
          ${hasLooked ? sql`` : sql`and not exists (select from tombstones)`}`,
    );
  if (typeof userId === 'number' && (await record(store.sql, userId, false)) > 0) return userId;
  return store.sql.begin(async (sql): Promise<number | null | 'erased'> => {
    if (!(await isValidKey(sql, store, keySha256))) return null;
    await holdErasures(sql);
    const mark = typeof userId === 'number' ? 'id' : 'name';
    if ((await readTombstones(sql)).of(mark, userId)?.isKeptOut === true) return 'erased';
    const [id] = typeof userId === 'number' ? [userId] : await storeNames(sql, 'user', [userId]);
    await record(sql, id as number, true);
    return id as number;
  }) as Promise<number | null | 'erased'>;
}

/** The interactions of everyone. */
export function readInteractions({ sql }: Store): Promise<readonly UserInteraction[]> {
  return sql<UserInteraction[]>`
    select user_id, movie_id, kind, at, times::double precision as times from interactions
    order by user_id, movie_id, kind`;
}

/** Deletes the showings that have faded, so that the table does not grow with every list. @returns how many. */
export async function deleteFadedShowings({ sql }: Store, now: Date): Promise<number> {
  const at = Math.floor(now.getTime() / 1000);
  const { count } = await sql`
    delete from interactions where kind = 'shown' and ${decayed(sql, sql`interactions`, sql`${at}::integer`)} < ${LEAST_SHOWN}`;
  return count;
}
