import type postgres from 'postgres';
import { OperatorError } from '../lib/errors.ts';
import type { OnProgress } from '../lib/progress.ts';
import type { Movie } from '../ratings/movie.ts';
import { sortByUser } from '../ratings/order.ts';
import type { Ratings } from '../ratings/ratings.ts';
import type { Reject } from '../ratings/raw.ts';
import { mergeSummaries, subtractSummary, summariseRatings } from '../ratings/summary.ts';
import { damagedRows } from '../ratings/validate.ts';
import { type BatchRole, insertBatch, type LedgerEntry, selectBatch } from './ledger.ts';
import { mergeRatings } from './merge-ratings.ts';
import { retryLostConnections } from './retry.ts';
import type { Store } from './store.ts';
import { selectSummaries, upsertSummary } from './summaries.ts';

/** A batch that was read and validated. `ratings` holds no (user, movie) twice. */
export interface Batch {
  /** SHA-256 of the content: what the batch is known by. */
  readonly sha256: string;
  readonly source: string;
  readonly role: BatchRole;
  /** Rows of the source: ratings and rejects together. */
  readonly rowsRead: number;
  readonly ratings: Ratings;
  readonly rejects: readonly Reject[];
  readonly movies: readonly Movie[];
  readonly ingestedAt: Date;
}

export interface IngestOutcome {
  readonly status: 'ingested' | 'already-ingested';
  readonly entry: LedgerEntry;
}

/** Held while a batch is stored, so that batches follow one another. Any number of our own. */
const INGESTION_LOCK = 0x5ca1_ab1e;
const SHOWN_REASONS = 3;

/** The batch with this content, or null when it was never ingested. */
export function findBatch({ sql }: Store, sha256: string): Promise<LedgerEntry | null> {
  return selectBatch(sql, sha256);
}

/**
 * Stores a batch whole or not at all, once: one transaction holds its ratings, movies, rejects, summary and
 * line of the ledger. A rating that is newer than the stored one of the same user and movie replaces it, at
 * the same time with another value as well; an equal or older one changes nothing.
 *
 * A connection that is lost on the way is opened again and the batch sent again: its digest tells whether it
 * had arrived.
 *
 * @throws OperatorError `batch-rejected` when more than `maxRejectShare` of the rows are damaged,
 * `store-unavailable` when the connection stays lost. Nothing is stored then.
 */
export async function ingestBatch(
  store: Store,
  batch: Batch,
  options: { readonly maxRejectShare: number; readonly onProgress?: OnProgress },
): Promise<IngestOutcome> {
  const known = await retryLostConnections(store, () => findBatch(store, batch.sha256));
  if (known !== null) return { status: 'already-ingested', entry: known };
  refuseDamaged(batch, options.maxRejectShare);
  const sorted = { ...batch, ratings: sortByUser(batch.ratings) };
  const onProgress = options.onProgress ?? (() => {});
  return retryLostConnections(store, () => store.sql.begin((sql) => storeBatch(sql, sorted, onProgress)));
}

function refuseDamaged({ source, rowsRead, rejects }: Batch, maxRejectShare: number): void {
  const damaged = damagedRows(rejects);
  if (damaged <= maxRejectShare * rowsRead) return;
  const first = rejects.filter(({ reason }) => reason !== 'superseded').slice(0, SHOWN_REASONS);
  const shown = first.map(({ rowNumber, reason, content }) => `row ${rowNumber}: ${reason} (${content})`);
  const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
  throw new OperatorError(
    'batch-rejected',
    `${source}: ${damaged} of ${rowsRead} rows (${percent(damaged / rowsRead)}) are damaged, more than the ${percent(maxRejectShare)} allowed. First: ${shown.join('; ')}.`,
    'Nothing was stored. Mend the source, or raise ingest.maxRejectShare if these rows can be done without.',
  );
}

async function storeBatch(
  sql: postgres.TransactionSql,
  batch: Batch,
  onProgress: OnProgress,
): Promise<IngestOutcome> {
  const started = performance.now();
  await sql`select pg_advisory_xact_lock(${INGESTION_LOCK})`;
  const known = await selectBatch(sql, batch.sha256);
  if (known !== null) return { status: 'already-ingested', entry: known };

  const batchId = await nextBatchId(sql);
  const { added, unchanged, replaced } = await mergeRatings(sql, batchId, batch.ratings, onProgress);
  await upsertMovies(sql, batch.movies);
  const [firstRatedAt, lastRatedAt] = timeRange(batch.ratings);
  const updated = batch.ratings.length - added - unchanged.length;
  const entry: LedgerEntry = {
    batchId,
    sha256: batch.sha256,
    source: batch.source,
    role: batch.role,
    read: batch.rowsRead,
    new: added,
    updated,
    unchanged: unchanged.length,
    rejected: batch.rejects.length,
    firstRatedAt,
    lastRatedAt,
    ingestedAt: batch.ingestedAt,
    durationMs: Math.round(performance.now() - started),
  };
  await insertBatch(sql, entry);
  await insertRejects(sql, batchId, batch.rejects);
  const all = summariseRatings(batch.ratings);
  const taken = unchanged.length === 0 ? all : subtractSummary(all, summariseRatings(unchanged));
  await upsertSummary(sql, batchId, taken);
  await takeFromOlderBatches(sql, replaced);
  return { status: 'ingested', entry };
}

/** Counted under the lock rather than drawn from a sequence, which would skip a number for every failed try. */
async function nextBatchId(sql: postgres.TransactionSql): Promise<number> {
  const [last] = await sql<{ batchId: number }[]>`
    select coalesce(max(batch_id), 0)::integer as batch_id from ingestion_ledger`;
  return (last?.batchId ?? 0) + 1;
}

function timeRange({ ratedAt }: Ratings): [first: number | null, last: number | null] {
  let [first, last] = [ratedAt[0] ?? null, ratedAt[0] ?? null];
  for (const time of ratedAt) {
    if (first === null || time < first) first = time;
    if (last === null || time > last) last = time;
  }
  return [first, last];
}

async function upsertMovies(sql: postgres.TransactionSql, movies: readonly Movie[]): Promise<void> {
  // Of a movie that is listed twice the later line counts. Text without NUL, which PostgreSQL cannot hold.
  const rows = new Map(
    movies.map(({ id, title, year, genres }) => [
      id,
      { movie_id: id, title: title.replaceAll('\0', ''), year, genres: [...genres] },
    ]),
  );
  if (rows.size === 0) return;
  await sql`
    insert into movies (movie_id, title, year, genres)
    select movie_id, title, year, genres
    from json_to_recordset(${sql.json([...rows.values()])}::json)
      as movie (movie_id integer, title text, year smallint, genres text[])
    on conflict (movie_id) do update
      set title = excluded.title, year = excluded.year, genres = excluded.genres
      where (movies.title, movies.year, movies.genres)
        is distinct from (excluded.title, excluded.year, excluded.genres)`;
}

async function insertRejects(
  sql: postgres.TransactionSql,
  batchId: number,
  rejects: readonly Reject[],
): Promise<void> {
  if (rejects.length === 0) return;
  const rows = rejects.map(({ rowNumber, reason, content }) => ({ row_number: rowNumber, reason, content }));
  await sql`
    insert into rejected_ratings (batch_id, row_number, reason, content)
    select ${batchId}, row_number, reason, content
    from json_to_recordset(${sql.json(rows)}::json) as reject (row_number integer, reason text, content text)`;
}

/** Takes the ratings that were replaced out of what is known of the batches that had given them. */
async function takeFromOlderBatches(
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
