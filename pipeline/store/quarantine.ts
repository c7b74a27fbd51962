import type postgres from 'postgres';
import { OperatorError } from '../lib/errors.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { mergeSummaries, subtractSummary, summariseRatings } from '../ratings/summary.ts';
import { type AggregatedRatings, aggregatedRatings, separateRatings } from './aggregated-ratings.ts';
import type { DriftLock } from './drift-lock.ts';
import { lockIngestion } from './ingestion-lock.ts';
import type { Store } from './store.ts';
import { selectSummaries, upsertSummary } from './summaries.ts';
import { takeOutOfHistories } from './take-out.ts';

export const QUARANTINE_KINDS = ['user', 'batch', 'movie'] as const;

/** Whose ratings are kept out: those by a user, of a batch, or of a movie. */
export interface QuarantineSubject {
  readonly kind: (typeof QUARANTINE_KINDS)[number];
  readonly id: number;
}

/** A quarantine, also one that was released. */
export interface Quarantine extends QuarantineSubject {
  readonly quarantineId: number;
  /** Empty when nobody gave one. */
  readonly reason: string;
  readonly by: string;
  readonly at: Date;
  readonly releasedBy: string | null;
  readonly releasedAt: Date | null;
  /** Ratings that it keeps out; another quarantine may keep out the same. 0 when it was released. */
  readonly ratings: number;
}

export interface QuarantineRequest {
  /** All of one kind. */
  readonly subjects: readonly QuarantineSubject[];
  readonly by: string;
  readonly at: Date;
}

const nameOf = ({ kind, id }: QuarantineSubject): string => `${kind} ${id}`;

/**
 * Keeps the ratings of the subjects out of everything that reads ratings, until they are released: they move to
 * `quarantined_ratings`. Ratings of the subjects that arrive later go there too. Where a quarantined batch replaced a
 * rating, the earlier one stands again. Nothing is deleted.
 *
 * A subject that is in quarantine stays as it is. Repeating a request changes nothing, even after its release.
 *
 * @returns the newest quarantine of each subject.
 * @throws OperatorError `quarantine-unknown` when the database has no rating of a subject. Then nothing was done.
 */
export function quarantineRatings(
  _lock: DriftLock,
  store: Store,
  { subjects, by, at, reason }: QuarantineRequest & { readonly reason: string },
): Promise<readonly Quarantine[]> {
  return changeQuarantines(store, async (sql) => {
    for (const subject of subjects) {
      await requireRatings(sql, subject);
      const row = { kind: subject.kind, subject: subject.id, reason, quarantined_by: by, quarantined_at: at };
      await sql`
        insert into quarantines ${sql(row)}
        on conflict do nothing`;
    }
    return sql<Changed[]>`
      select max(quarantine_id) as quarantine_id from quarantines where ${among(sql, subjects)} group by kind, subject`;
  });
}

/**
 * Takes the ratings of the subjects back. The stored ratings and summaries are then as if the quarantine had never been.
 *
 * @throws OperatorError `quarantine-unknown` when a subject is not in quarantine. Then nothing was done.
 */
export function releaseRatings(
  _lock: DriftLock,
  store: Store,
  { subjects, by, at }: QuarantineRequest,
): Promise<readonly Quarantine[]> {
  return changeQuarantines(store, async (sql) => {
    const released = await sql<(Changed & { kind: string; subject: number })[]>`
      update quarantines set released_by = ${by}, released_at = ${at}
      where released_at is null and ${among(sql, subjects)}
      returning quarantine_id, kind, subject`;
    const missing = subjects.find(
      ({ kind, id }) => !released.some((row) => row.kind === kind && row.subject === id),
    );
    if (missing !== undefined) {
      throw new OperatorError(
        'quarantine-unknown',
        `The ${nameOf(missing)} is not in quarantine, so nothing was released.`,
        'List what is in quarantine: cinematch quarantine list.',
      );
    }
    return released;
  });
}

/** All quarantines, in the order in which they began. */
export function listQuarantines({ sql }: Store): Promise<readonly Quarantine[]> {
  return selectQuarantines(sql, sql``);
}

/** Numbers of the quarantines that are not released: sets of ratings with equal batches and equal numbers are equal. */
export async function activeQuarantines({ sql }: Store): Promise<readonly number[]> {
  const active = await sql<{ id: number }[]>`
    select quarantine_id as id from quarantines where released_at is null order by quarantine_id`;
  return active.map(({ id }) => id);
}

/**
 * Runs work on the ratings as they are without any quarantine, and then moves those of every quarantine away again.
 * Run it in a transaction that holds the ingestion lock.
 *
 * No history has a rating in quarantine, or one that stands in for it. So ratings come back from the table
 * `quarantined_ratings` as plain rows only.
 *
 * @param options.searchHistories whether a history may have a rating in quarantine after the work.
 */
export async function withoutQuarantine<T>(
  sql: postgres.TransactionSql,
  work: () => Promise<T>,
  { searchHistories }: { readonly searchHistories: boolean },
): Promise<T> {
  await moveBack(sql);
  const result = await work();
  await moveAway(sql, searchHistories);
  return result;
}

/** Changes the list of quarantines, and then the ratings by it, in one transaction. */
function changeQuarantines(
  store: Store,
  change: (sql: postgres.TransactionSql) => Promise<readonly Changed[]>,
): Promise<readonly Quarantine[]> {
  return store.sql.begin(async (sql) => {
    await lockIngestion(sql);
    const changed = await withoutQuarantine(sql, () => change(sql), { searchHistories: true });
    // They were measured with other ratings. What a training has brought stays as it was noted.
    await sql`delete from retraining_gains where kind <> 'realised'`;
    const ids = changed.map(({ quarantineId }) => quarantineId);
    return selectQuarantines(sql, sql`where quarantine_id = any(${ids})`);
  }) as Promise<readonly Quarantine[]>;
}

interface Changed {
  readonly quarantineId: number;
}

async function requireRatings(sql: postgres.TransactionSql, { kind, id }: QuarantineSubject): Promise<void> {
  if (await hasRatings(sql, { kind, id })) return;
  throw new OperatorError(
    'quarantine-unknown',
    `The database has no rating of ${nameOf({ kind, id })}, so nothing was quarantined.`,
    kind === 'batch' ? 'List the batches: cinematch status.' : `Check the number of the ${kind}.`,
  );
}

/** Whether a plain row or a history has a rating of the subject. */
async function hasRatings(sql: postgres.TransactionSql, { kind, id }: QuarantineSubject): Promise<boolean> {
  if (kind === 'user') {
    const [known] = await sql`
      select from ratings where user_id = ${id} union all
      select from packed_histories where user_id = ${id} limit 1`;
    return known !== undefined;
  }
  const summaries = await selectSummaries(sql);
  if (kind === 'batch') return (summaries.get(id)?.count ?? 0) > 0;
  return [...summaries.values()].some(({ movieIds }) => movieIds.includes(id));
}

const among = (sql: postgres.ISql, subjects: readonly QuarantineSubject[]): postgres.Fragment => sql`
  (kind, subject) in (
    select * from unnest(${subjects.map(({ kind }) => kind)}::text[], ${subjects.map(({ id }) => id)}::integer[]))`;

function selectQuarantines(sql: postgres.ISql, where: postgres.Fragment): Promise<readonly Quarantine[]> {
  return sql<Quarantine[]>`
    select quarantine_id, kind, subject as id, reason, quarantined_by as by, quarantined_at as at, released_by,
      released_at,
      case when released_at is not null then 0 else (
        select count(*)::integer from quarantined_ratings
        where subject = case kind when 'user' then user_id when 'movie' then movie_id else batch_id end) end as ratings
    from quarantines ${where} order by quarantine_id`;
}

/** Whether a row with `user_id`, `movie_id` and a batch, or none yet, is in quarantine. */
export const isQuarantined = (sql: postgres.ISql, batch = 'batch_id'): postgres.Fragment => sql`
  (user_id = any(array(select subject from quarantines where released_at is null and kind = 'user'))
    or movie_id = any(array(select subject from quarantines where released_at is null and kind = 'movie'))
    or coalesce(${sql(batch)} = any(
      array(select subject from quarantines where released_at is null and kind = 'batch')), false))`;

async function moveAway(sql: postgres.TransactionSql, searchHistories: boolean): Promise<void> {
  const active = await sql<QuarantineSubject[]>`
    select kind, subject as id from quarantines where released_at is null`;
  if (active.length === 0) return;
  if (searchHistories) await takeOut(sql, active);
  const moved = await sql`
    insert into quarantined_ratings (user_id, movie_id, rated_at, half, batch_id)
    select user_id, movie_id, rated_at, half, batch_id from ratings where ${isQuarantined(sql)}`;
  if (moved.count === 0) return;
  await sql`
    delete from ratings using quarantined_ratings
    where ratings.user_id = quarantined_ratings.user_id and ratings.movie_id = quarantined_ratings.movie_id`;
  // Without the quarantined batches, the newest of the other values would stand.
  await sql`
    insert into ratings (user_id, movie_id, rated_at, half, batch_id)
    select distinct on (user_id, movie_id) user_id, movie_id, previous_rated_at, previous_half, previous_batch_id
    from rating_revisions
    where (user_id, movie_id) in (select user_id, movie_id from quarantined_ratings)
      and not ${isQuarantined(sql, 'previous_batch_id')}
    order by user_id, movie_id, batch_id desc`;
  await countAgain(sql, 'away');
}

/** Turns the packed ratings of the subjects into plain rows. Without movies and batches only some users are read. */
async function takeOut(sql: postgres.TransactionSql, subjects: readonly QuarantineSubject[]): Promise<void> {
  const [users, movies, batches] = (['user', 'movie', 'batch'] as const).map(
    (kind) => new Set(subjects.filter((subject) => subject.kind === kind).map(({ id }) => id)),
  ) as [Set<number>, Set<number>, Set<number>];
  await takeOutOfHistories(
    sql,
    ({ userIds, movieIds, batchIds }, row) =>
      users.has(userIds[row] as number) ||
      movies.has(movieIds[row] as number) ||
      batches.has(batchIds[row] as number),
    movies.size + batches.size === 0 ? Int32Array.from(users).sort() : undefined,
  );
}

async function moveBack(sql: postgres.TransactionSql): Promise<void> {
  const [some] = await sql`select from quarantined_ratings limit 1`;
  if (some === undefined) return;
  await countAgain(sql, 'back');
  await sql`
    insert into ratings (user_id, movie_id, rated_at, half, batch_id)
    select user_id, movie_id, rated_at, half, batch_id from quarantined_ratings
    on conflict (user_id, movie_id) do update
      set rated_at = excluded.rated_at, half = excluded.half, batch_id = excluded.batch_id`;
  await sql`delete from quarantined_ratings`;
}

/**
 * Brings the summaries of all batches up to date that lose or get back ratings, and deletes their performance, which the
 * next check measures again. Call it while the ratings are in quarantine.
 */
async function countAgain(sql: postgres.TransactionSql, direction: 'away' | 'back'): Promise<void> {
  const held = await ratingsByBatch(sql, sql`quarantined_ratings`);
  const standIns = await ratingsByBatch(
    sql,
    sql`ratings where (user_id, movie_id) in (select user_id, movie_id from quarantined_ratings)`,
  );
  const [lost, gained] = direction === 'away' ? [held, standIns] : [standIns, held];
  const batchIds = [...new Set([...held.keys(), ...standIns.keys()])];
  const summaries = await selectSummaries(sql, batchIds);
  for (const batchId of batchIds) {
    const before = summaries.get(batchId) ?? mergeSummaries([]);
    const more = gained.get(batchId);
    const less = lost.get(batchId);
    const grown = more === undefined ? before : mergeSummaries([before, summariseRatings(more)]);
    const after = less === undefined ? grown : subtractSummary(grown, summariseRatings(less));
    await upsertSummary(sql, batchId, after);
  }
  await sql`delete from batch_performance where batch_id = any(${batchIds})`;
}

async function ratingsByBatch(
  sql: postgres.TransactionSql,
  from: postgres.Fragment,
): Promise<ReadonlyMap<number, Ratings>> {
  const rows = await sql<(AggregatedRatings & { readonly batchId: number })[]>`
    select batch_id, ${aggregatedRatings(sql, { half: 'half', ratedAt: 'rated_at' })} from ${from} group by batch_id`;
  return new Map(rows.map((row) => [row.batchId, separateRatings([row])]));
}
