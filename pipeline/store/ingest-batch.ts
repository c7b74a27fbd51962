import type postgres from 'postgres';
import type { OnProgress } from '../lib/progress.ts';
import type { QualityFinding } from '../quality/finding.ts';
import type { SourceNames } from '../ratings/id-names.ts';
import type { Movie } from '../ratings/movie.ts';
import { sortByUser } from '../ratings/order.ts';
import type { Ratings } from '../ratings/ratings.ts';
import type { Rejects } from '../ratings/raw.ts';
import { readingReport, refuseDamaged } from '../ratings/reading-report.ts';
import { timeRange } from '../ratings/snapshot.ts';
import { mergeSummaries, subtractSummary, summariseRatings } from '../ratings/summary.ts';
import { requireIdKind, storeSourceNames, withIds } from './id-names.ts';
import { lockIngestion } from './ingestion-lock.ts';
import { type KeptOut, keepOutErased } from './keep-out-erased.ts';
import { type BatchRole, findBatch, insertBatch, isPackedRole, type LedgerEntry } from './ledger.ts';
import { mergeRatings } from './merge-ratings.ts';
import { withoutQuarantine } from './quarantine.ts';
import { retryLostConnections } from './retry.ts';
import type { Store } from './store.ts';
import { selectSummaries, upsertSummary } from './summaries.ts';
import { trimLargeLog } from './trim-log.ts';

/** A batch that was read and validated. `ratings` has each pair of user and movie at most once. */
export interface Batch {
  /** SHA-256 of the content, which identifies the batch. */
  readonly sha256: string;
  readonly source: string;
  /** The scale that was stated for its ratings. @default null: they are stars */
  readonly scale?: string | null;
  readonly role: BatchRole;
  /** Number of rows in the source, including rejects. */
  readonly rowsRead: number;
  readonly ratings: Ratings;
  /** Where ids are texts: the ids of ratings and movies are positions in these lists. */
  readonly names?: SourceNames | undefined;
  readonly rejects: Rejects;
  /** Rows of erased users that were left out of `ratings` before. @default 0 */
  readonly rowsErased?: number;
  readonly movies: readonly Movie[];
  readonly ingestedAt: Date;
  /** What is wrong with it apart from drift, and the judgement of the ratings that the store had before. */
  readonly quality?: readonly QualityFinding[];
  readonly judgeKnown?: (known: number) => readonly QualityFinding[];
}

export interface IngestOutcome {
  readonly status: 'ingested' | 'already-ingested';
  readonly entry: LedgerEntry;
}

/**
 * Stores a batch once and in one transaction: ratings, movies, rejects, summary and ledger entry. A newer rating
 * replaces the stored one of the same user and movie, and so does a rating of the same time with another value. Equal
 * or older ratings change nothing. Rows of erased users are dropped and counted.
 *
 * After a lost connection the batch is sent again. Its digest shows whether it was already stored.
 *
 * @throws OperatorError `batch-rejected` when more than `maxRejectShare` of the rows are damaged, `state-conflict` when the
 * database has ids of another kind, `store-unavailable` when the connection cannot be restored. Nothing is stored in these cases.
 */
export async function ingestBatch(
  store: Store,
  batch: Batch,
  options: { readonly maxRejectShare: number; readonly onProgress?: OnProgress },
): Promise<IngestOutcome> {
  const known = await retryLostConnections(store, () => findBatch(store, batch.sha256));
  if (known !== null) return { status: 'already-ingested', entry: known };
  const { source, rowsRead, rejects } = batch;
  refuseDamaged(source, readingReport(rowsRead, rejects, []), options.maxRejectShare);
  const onProgress = options.onProgress ?? (() => {});
  const numbered = batch.names === undefined ? { ...batch, ratings: sortByUser(batch.ratings) } : batch;
  const outcome = await retryLostConnections(store, () =>
    store.sql.begin((sql) => storeBatch(sql, numbered, store, onProgress)),
  );
  if (store.home === 'embedded') await tidy(store);
  return outcome;
}

/** Makes the space of replaced summaries and histories usable again, and that of the log. A server does so by itself. */
async function tidy(store: Store): Promise<void> {
  await store.sql`vacuum batch_summaries`;
  await store.sql`vacuum packed_histories`;
  await trimLargeLog(store);
}

async function storeBatch(
  sql: postgres.TransactionSql,
  batch: Batch,
  store: Store,
  onProgress: OnProgress,
): Promise<IngestOutcome> {
  await lockIngestion(sql);
  const same = await findBatch({ sql }, batch.sha256);
  if (same !== null) return { status: 'already-ingested', entry: same };
  await requireIdKind(sql, batch.names === undefined ? 'numbers' : 'text', store);
  const kept = await keepOutErased(sql, batch);
  const stored = await withStoredIds(sql, { ...batch, ...kept }, kept.keptOut);
  const entry = await withoutQuarantine(
    sql,
    () => mergeBatch(sql, stored, onProgress),
    // Nothing that arrives in plain rows puts a rating of a quarantine into a history.
    { searchHistories: isPackedRole(batch.role) },
  );
  return { status: 'ingested', entry };
}

/** The batch with the ids that its names have in the database, ordered by user and movie. */
async function withStoredIds<Stored extends Batch>(
  sql: postgres.TransactionSql,
  batch: Stored,
  keptOut: ReadonlySet<number>,
): Promise<Stored> {
  if (batch.names === undefined) return batch;
  const ids = await storeSourceNames(sql, batch.names, keptOut);
  return {
    ...batch,
    ratings: sortByUser(withIds(batch.ratings, ids)),
    movies: batch.movies.map((movie) => ({ ...movie, id: ids.movies[movie.id] as number })),
  };
}

async function mergeBatch(
  sql: postgres.TransactionSql,
  batch: Batch & KeptOut,
  onProgress: OnProgress,
): Promise<LedgerEntry> {
  const batchId = await nextBatchId(sql);
  const { added, known, unchanged, replaced, changes } = await mergeRatings(sql, batchId, batch.ratings, {
    isPacked: isPackedRole(batch.role),
    onProgress,
  });
  await upsertMovies(sql, batch.movies);
  const { from: firstRatedAt, to: lastRatedAt } = timeRange(batch.ratings);
  const updated = batch.ratings.length - added - unchanged.length;
  const entry: LedgerEntry = {
    batchId,
    sha256: batch.sha256,
    source: batch.source,
    role: batch.role,
    scale: batch.scale ?? null,
    read: batch.rowsRead,
    new: added,
    updated,
    unchanged: unchanged.length,
    rejected: batch.rejects.length,
    erased: batch.rowsErased,
    quality: [...(batch.quality ?? []), ...(batch.judgeKnown?.(known) ?? [])],
    firstRatedAt,
    lastRatedAt,
    ingestedAt: batch.ingestedAt,
    durationMs: await durationOf(sql),
    quarantined: false,
  };
  await insertBatch(sql, entry);
  await changes.store(sql);
  await insertRejects(sql, batchId, batch.rejects, batch.keptRejects);
  const all = summariseRatings(batch.ratings);
  const taken = unchanged.length === 0 ? all : subtractSummary(all, summariseRatings(unchanged));
  await upsertSummary(sql, batchId, taken);
  await subtractFromOlderBatches(sql, replaced);
  return entry;
}

/** Computed under the lock, because a sequence would skip a number for every failed attempt. */
async function nextBatchId(sql: postgres.TransactionSql): Promise<number> {
  const [last] = await sql<{ batchId: number }[]>`
    select coalesce(max(batch_id), 0)::integer as batch_id from ingestion_ledger`;
  return (last?.batchId ?? 0) + 1;
}

/** Milliseconds since the transaction began, by the clock of the database. */
async function durationOf(sql: postgres.TransactionSql): Promise<number> {
  const [row] = await sql<{ ms: number }[]>`
    select round(1000 * extract(epoch from clock_timestamp() - now()))::integer as ms`;
  return row?.ms ?? 0;
}

/** Adds and updates movies. One without a title replaces no title, and an unknown link replaces none. */
async function upsertMovies(sql: postgres.TransactionSql, movies: readonly Movie[]): Promise<void> {
  // The last of several rows with the same id counts. PostgreSQL cannot store NUL in text.
  const rows = new Map(
    movies.map(({ id, title, year, genres, links }) => [
      id,
      {
        movie_id: id,
        title: title.replaceAll('\0', ''),
        year,
        genres: [...genres],
        imdb_id: links?.imdb ?? null,
        tmdb_id: links?.tmdb ?? null,
      },
    ]),
  );
  if (rows.size === 0) return;
  await sql`
    insert into movies (movie_id, title, year, genres, imdb_id, tmdb_id)
    select movie_id, title, year, genres, imdb_id, tmdb_id
    from json_to_recordset(${sql.json([...rows.values()])}::json)
      as movie (movie_id integer, title text, year smallint, genres text[], imdb_id integer, tmdb_id integer)
    on conflict (movie_id) do update
      set title = case when excluded.title = '' then movies.title else excluded.title end,
        year = case when excluded.title = '' then movies.year else excluded.year end,
        genres = case when excluded.title = '' then movies.genres else excluded.genres end,
        imdb_id = coalesce(excluded.imdb_id, movies.imdb_id),
        tmdb_id = coalesce(excluded.tmdb_id, movies.tmdb_id)
      where excluded.title <> ''
          and (movies.title, movies.year, movies.genres)
            is distinct from (excluded.title, excluded.year, excluded.genres)
        or (movies.imdb_id, movies.tmdb_id) is distinct from
          (coalesce(excluded.imdb_id, movies.imdb_id), coalesce(excluded.tmdb_id, movies.tmdb_id))`;
}

/** So many rejected rows are written in one statement. */
const WRITTEN_REJECTS = 1_000;

async function insertRejects(
  sql: postgres.TransactionSql,
  batchId: number,
  rejects: Rejects,
  keptOf: KeptOut['keptRejects'],
): Promise<void> {
  for (let from = 0; from < rejects.length; from += WRITTEN_REJECTS) {
    const some = keptOf(rejects.slice(from, from + WRITTEN_REJECTS));
    const rows = some.map(({ rowNumber, reason, content }) => ({ row_number: rowNumber, reason, content }));
    await sql`
      insert into rejected_ratings (batch_id, row_number, reason, content)
      select ${batchId}, row_number, reason, content
      from json_to_recordset(${sql.json(rows)}::json) as reject (row_number integer, reason text, content text)`;
  }
}

/** Subtracts replaced ratings from the summaries of their batches, and deletes the performance of these batches. */
async function subtractFromOlderBatches(
  sql: postgres.TransactionSql,
  replaced: ReadonlyMap<number, Ratings>,
): Promise<void> {
  if (replaced.size === 0) return;
  const batchIds = [...replaced.keys()];
  const summaries = await selectSummaries(sql, batchIds);
  for (const [batchId, lost] of replaced) {
    const before = summaries.get(batchId) ?? mergeSummaries([]);
    await upsertSummary(sql, batchId, subtractSummary(before, summariseRatings(lost)));
  }
  await sql`delete from batch_performance where batch_id = any(${batchIds})`;
}
