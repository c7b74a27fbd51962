import type postgres from 'postgres';
import type { OnProgress } from '../lib/progress.ts';
import { concatRatings, emptyRatings, type Ratings } from '../ratings/ratings.ts';
import { type AggregatedRatings, aggregatedRatings, separateRatings } from './aggregated-ratings.ts';
import { copyRatings } from './copy-ratings.ts';
import type { PackedChanges } from './histories.ts';
import { mergeHistories } from './merge-histories.ts';

/** The result of merging a batch. Ratings that are neither added nor unchanged were updated. */
export interface MergedRatings {
  readonly added: number;
  /** Ratings that were stored before with the same value and time. */
  readonly known: number;
  /** Ratings that changed nothing, with the values of the batch. */
  readonly unchanged: Ratings;
  /** The replaced ratings with their former values, by the batch they came from. */
  readonly replaced: ReadonlyMap<number, Ratings>;
  /** What is packed now and was not, or the reverse. To be stored after the batch is in the ledger. */
  readonly changes: PackedChanges;
}

/**
 * Merges a batch with the stored ratings, those in packed histories and those in plain rows. Run it in the transaction
 * that holds the ingestion lock, so that there are no other writers.
 *
 * @param ratings ordered by user and movie, for locality in the index.
 * @param options.isPacked whether the ratings become part of the packed histories instead of plain rows.
 */
export async function mergeRatings(
  sql: postgres.TransactionSql,
  batchId: number,
  ratings: Ratings,
  options: { readonly isPacked: boolean; readonly onProgress: OnProgress },
): Promise<MergedRatings> {
  const { rest, packed, replaced, equal, unchanged, changes } = await mergeHistories(
    sql,
    batchId,
    ratings,
    options,
  );
  const plain = await mergePlain(sql, batchId, rest, options.onProgress);
  const someReplaced = replaced > 0 || plain.known > 0;
  return {
    added: packed + plain.inserted - replaced,
    known: equal + plain.equal,
    unchanged: unchanged.length === 0 ? plain.unchanged : concatRatings([unchanged, plain.unchanged]),
    replaced: someReplaced ? await readReplaced(sql, batchId) : new Map(),
    changes,
  };
}

/**
 * Merges ratings into the table of plain rows. One join finds the known pairs; the others are plain inserts. An insert
 * that resolves conflicts row by row takes a quarter longer.
 */
async function mergePlain(
  sql: postgres.TransactionSql,
  batchId: number,
  ratings: Ratings,
  onProgress: OnProgress,
): Promise<{
  readonly inserted: number;
  readonly known: number;
  readonly equal: number;
  readonly unchanged: Ratings;
}> {
  if (ratings.length === 0) return { inserted: 0, known: 0, equal: 0, unchanged: emptyRatings(0) };
  await sql`
    create temporary table incoming (user_id integer, movie_id integer, rated_at integer, half smallint)
    on commit drop`;
  await copyRatings(sql, 'incoming', ratings, onProgress);
  const known = await findKnown(sql);
  const inserted = await insertNew(sql, batchId, known > 0);
  if (known === 0) return { inserted, known, equal: 0, unchanged: emptyRatings(0) };
  await keepRevisions(sql, batchId);
  await replaceOlder(sql, batchId);
  return { inserted, known, equal: await countEqual(sql), unchanged: await readUnchanged(sql) };
}

/** Collects the pairs that are in both the store and the batch, and counts them. */
async function findKnown(sql: postgres.TransactionSql): Promise<number> {
  const known = await sql`
    create temporary table known on commit drop as
    select user_id, movie_id, incoming.rated_at, incoming.half,
      ratings.rated_at as previous_rated_at, ratings.half as previous_half,
      ratings.batch_id as previous_batch_id,
      incoming.rated_at > ratings.rated_at
        or (incoming.rated_at = ratings.rated_at and incoming.half <> ratings.half) as is_newer
    from incoming join ratings using (user_id, movie_id)`;
  return known.count;
}

async function insertNew(sql: postgres.TransactionSql, batchId: number, someKnown: boolean): Promise<number> {
  const inserted = await sql`
    insert into ratings (user_id, movie_id, rated_at, half, batch_id)
    select user_id, movie_id, rated_at, half, ${batchId} from incoming
    ${
      someKnown
        ? sql`where not exists (
            select from known
            where known.user_id = incoming.user_id and known.movie_id = incoming.movie_id)`
        : sql``
    }`;
  return inserted.count;
}

async function keepRevisions(sql: postgres.TransactionSql, batchId: number): Promise<void> {
  await sql`
    insert into rating_revisions
      (batch_id, user_id, movie_id, previous_rated_at, previous_half, previous_batch_id)
    select ${batchId}, user_id, movie_id, previous_rated_at, previous_half, previous_batch_id
    from known where is_newer`;
}

async function replaceOlder(sql: postgres.TransactionSql, batchId: number): Promise<void> {
  await sql`
    update ratings set rated_at = known.rated_at, half = known.half, batch_id = ${batchId}
    from known
    where is_newer and ratings.user_id = known.user_id and ratings.movie_id = known.movie_id`;
}

/** Counts the pairs whose rating and time are equal in the store and the batch. */
async function countEqual(sql: postgres.TransactionSql): Promise<number> {
  const [equal] = await sql<{ pairs: number }[]>`
    select count(*)::integer as pairs from known where rated_at = previous_rated_at and half = previous_half`;
  return equal?.pairs ?? 0;
}

async function readUnchanged(sql: postgres.TransactionSql): Promise<Ratings> {
  const rows = await sql<AggregatedRatings[]>`
    select ${aggregatedRatings(sql, { half: 'half', ratedAt: 'rated_at' })} from known where not is_newer`;
  return separateRatings(rows);
}

async function readReplaced(
  sql: postgres.TransactionSql,
  batchId: number,
): Promise<ReadonlyMap<number, Ratings>> {
  const rows = await sql<(AggregatedRatings & { previousBatchId: number })[]>`
    select previous_batch_id, ${aggregatedRatings(sql, { half: 'previous_half', ratedAt: 'previous_rated_at' })}
    from rating_revisions where batch_id = ${batchId} group by previous_batch_id order by previous_batch_id`;
  return new Map(rows.map((row) => [row.previousBatchId, separateRatings([row])]));
}
