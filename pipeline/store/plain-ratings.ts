import type postgres from 'postgres';
import {
  type AggregatedBatchRatings,
  aggregatedBatchRatings,
  separateBatchRatings,
} from './aggregated-ratings.ts';
import type { BatchRatings } from './batch-ratings.ts';

export async function hasPlainRatings(sql: postgres.ISql): Promise<boolean> {
  const [some] = await sql`select from ratings limit 1`;
  return some !== undefined;
}

/** Reads the ratings of some users that are plain rows, ordered by user. */
export async function selectPlainRatings(
  sql: postgres.ISql,
  userIds: Int32Array,
  where: postgres.Fragment = sql``,
): Promise<BatchRatings> {
  const [row] = await sql<AggregatedBatchRatings[]>`
    select ${aggregatedBatchRatings(sql)}
    from (
      select user_id, movie_id, rated_at, half, batch_id from ratings
      where user_id = any(${[...userIds]}) ${where} order by user_id, movie_id) as ordered`;
  return separateBatchRatings(row);
}
