import type postgres from 'postgres';
import type { OnProgress } from '../lib/progress.ts';
import type { Ratings } from '../ratings/ratings.ts';
import type { BatchRatings } from './batch-ratings.ts';
import { copyNumbers } from './copy-rows.ts';

/** Copies ratings into the columns user_id, movie_id, rated_at and half of a table. Call it inside a transaction. */
export async function copyRatings(
  sql: postgres.TransactionSql,
  table: string,
  ratings: Ratings,
  onProgress: OnProgress,
): Promise<void> {
  await copyNumbers(sql, table, ratingColumns(ratings), (done) =>
    onProgress({ stage: 'storing ratings', done, total: ratings.length, unit: 'ratings' }),
  );
}

/** Copies ratings with their batches into the table of plain ratings. Call it inside a transaction. */
export async function copyPlainRatings(sql: postgres.TransactionSql, ratings: BatchRatings): Promise<void> {
  await copyNumbers(sql, 'ratings', [
    ...ratingColumns(ratings),
    { name: 'batch_id', bytes: 2, values: ratings.batchIds },
  ]);
}

/** Copies replaced ratings into the table of revisions. Call it inside a transaction. */
export async function copyRevisions(
  sql: postgres.TransactionSql,
  batchId: number,
  replaced: BatchRatings,
): Promise<void> {
  await copyNumbers(sql, 'rating_revisions', [
    { name: 'batch_id', bytes: 2, values: new Int16Array(replaced.length).fill(batchId) },
    { name: 'user_id', bytes: 4, values: replaced.userIds },
    { name: 'movie_id', bytes: 4, values: replaced.movieIds },
    { name: 'previous_rated_at', bytes: 4, values: replaced.ratedAt },
    { name: 'previous_half', bytes: 2, values: replaced.halves },
    { name: 'previous_batch_id', bytes: 2, values: replaced.batchIds },
  ]);
}

const ratingColumns = ({ userIds, movieIds, ratedAt, halves }: Ratings) =>
  [
    { name: 'user_id', bytes: 4, values: userIds },
    { name: 'movie_id', bytes: 4, values: movieIds },
    { name: 'rated_at', bytes: 4, values: ratedAt },
    { name: 'half', bytes: 2, values: halves },
  ] as const;
