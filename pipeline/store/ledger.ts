import type postgres from 'postgres';
import type { QualityFinding } from '../quality/finding.ts';
import type { Reject } from '../ratings/raw.ts';
import { jsonValue } from './json.ts';
import type { Store } from './store.ts';

/**
 * The role of a batch: the two parts of the initial load (`train`, `holdout`), new data (`buffer`), and data that a later
 * champion was trained or evaluated on (`baseline`).
 */
export const BATCH_ROLES = ['train', 'holdout', 'buffer', 'baseline'] as const;
export type BatchRole = (typeof BATCH_ROLES)[number];

/**
 * Whether ratings of batches with this role are stored in the packed histories: those that have become training data.
 * New ratings are plain rows, because a check reads them by batch.
 */
export const isPackedRole = (role: BatchRole): boolean => role !== 'buffer';

/** One ingested batch: read = new + updated + unchanged + rejected + erased. A later erasure does not change the numbers. */
export interface LedgerEntry {
  readonly batchId: number;
  /** SHA-256 of the content, 64 hex digits. */
  readonly sha256: string;
  readonly source: string;
  readonly role: BatchRole;
  /** The scale that was stated for the ratings of the source, which became stars; null where they are stars. */
  readonly scale: string | null;
  readonly read: number;
  readonly new: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** Rows that were dropped because their users had been erased. */
  readonly erased: number;
  /** What was wrong with it apart from drift when it was ingested. */
  readonly quality: readonly QualityFinding[];
  /** Time of the oldest and newest accepted rating, seconds since 1970; null without accepted ratings. */
  readonly firstRatedAt: number | null;
  readonly lastRatedAt: number | null;
  readonly ingestedAt: Date;
  readonly durationMs: number;
  /** Whether the whole batch is in quarantine now. */
  readonly quarantined: boolean;
}

const ledgerColumns = (sql: postgres.ISql): postgres.Fragment => sql`
  batch_id, sha256, source, role, scale, rows_read as read, rows_new as new, rows_updated as updated,
  rows_unchanged as unchanged, rows_rejected as rejected, rows_erased as erased, quality, first_rated_at, last_rated_at, ingested_at,
  duration_ms, batch_id in (
    select subject from quarantines where released_at is null and kind = 'batch') as quarantined`;

/** The batch with this content, or null if it was not ingested. */
export async function findBatch(
  { sql }: { readonly sql: postgres.ISql },
  sha256: string,
): Promise<LedgerEntry | null> {
  const [entry] = await sql<LedgerEntry[]>`
    select ${ledgerColumns(sql)} from ingestion_ledger where sha256 = ${sha256}`;
  return entry ?? null;
}

/** Inserts a ledger entry. */
export async function insertBatch(
  sql: postgres.ISql,
  entry: Omit<LedgerEntry, 'quarantined'>,
): Promise<void> {
  await sql`
    insert into ingestion_ledger ${sql({
      batch_id: entry.batchId,
      sha256: entry.sha256,
      source: entry.source,
      role: entry.role,
      scale: entry.scale,
      rows_read: entry.read,
      rows_new: entry.new,
      rows_updated: entry.updated,
      rows_unchanged: entry.unchanged,
      rows_rejected: entry.rejected,
      rows_erased: entry.erased,
      quality: jsonValue(sql, entry.quality),
      first_rated_at: entry.firstRatedAt,
      last_rated_at: entry.lastRatedAt,
      ingested_at: entry.ingestedAt,
      duration_ms: entry.durationMs,
    })}`;
}

/** The batches with these roles (default: all), in the order of ingestion. */
export function listBatches(
  { sql }: Store,
  roles: readonly BatchRole[] = BATCH_ROLES,
): Promise<readonly LedgerEntry[]> {
  return sql<LedgerEntry[]>`
    select ${ledgerColumns(sql)} from ingestion_ledger where role = any(${[...roles]}) order by batch_id`;
}

/** How many of the current ratings of some or all batches are in packed histories, and how many are plain rows. */
export async function countStored(
  sql: postgres.ISql,
  batchIds?: readonly number[],
): Promise<{ readonly packed: number; readonly plain: number }> {
  const [counts] = await sql<{ packed: number; ratings: number }[]>`
    select coalesce(sum(packed), 0)::integer as packed, coalesce(sum(ratings), 0)::integer as ratings
    from ingestion_ledger join batch_summaries using (batch_id)
    ${batchIds === undefined ? sql`` : sql`where batch_id = any(${[...batchIds]})`}`;
  const { packed = 0, ratings = 0 } = counts ?? {};
  return { packed, plain: ratings - packed };
}

/** The first `limit` rejected rows of a batch after a row number. */
export function listRejects(
  { sql }: Store,
  batchId: number,
  limit: number,
  after = 0,
): Promise<readonly Reject[]> {
  return sql<Reject[]>`
    select row_number, reason, content from rejected_ratings
    where batch_id = ${batchId} and row_number > ${after} order by row_number limit ${limit}`;
}

/**
 * The number of current ratings that arrived after the champion's data.
 *
 * @param learned batches that the champion was trained or evaluated on. They are not counted, even if the database does
 * not yet have it as the champion.
 */
export async function countBufferRatings({ sql }: Store, learned: readonly number[] = []): Promise<number> {
  const [buffer] = await sql<{ ratings: number }[]>`
    select coalesce(sum(ratings), 0)::integer as ratings
    from batch_summaries join ingestion_ledger using (batch_id)
    where role = 'buffer' and batch_id <> all(${[...learned]})`;
  return buffer?.ratings ?? 0;
}
