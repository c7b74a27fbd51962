import type postgres from 'postgres';
import type { PerformanceSummary } from '../ratings/performance.ts';
import { type RatingSummary, summariseRatings } from '../ratings/summary.ts';
import { base64Column, packCounts, packNumbers, unpackCounts, unpackFloat64, unpackInt32 } from './packed.ts';
import { readStoredRatings } from './read-ratings.ts';
import type { Store } from './store.ts';

interface SummaryRow {
  readonly batchId: number;
  readonly ratings: number;
  readonly userIds: string;
  readonly userLevels: string;
  readonly movieIds: string;
  readonly movieCounts: string;
  readonly movieLevels: string | null;
}

/**
 * The summaries of the current ratings of each batch, by batch id. A batch whose summary was stored by an earlier release
 * is counted again.
 */
export async function readSummaries(
  store: Store,
  batchIds: readonly number[],
): Promise<ReadonlyMap<number, RatingSummary>> {
  const summaries = new Map(await selectSummaries(store.sql, batchIds));
  for (const [id, { movieLevels }] of summaries) {
    if (movieLevels !== null) continue;
    summaries.set(id, summariseRatings(await readStoredRatings(store, { batchIds: [id] })));
  }
  return summaries;
}

/** The summaries of some or all batches as they are stored. */
export async function selectSummaries(
  sql: postgres.ISql,
  batchIds?: readonly number[],
): Promise<ReadonlyMap<number, RatingSummary>> {
  const rows = await sql<SummaryRow[]>`
    select batch_id, ratings, ${base64Column(sql, 'user_ids')}, ${base64Column(sql, 'user_levels')},
      ${base64Column(sql, 'movie_ids')}, ${base64Column(sql, 'movie_counts')}, ${base64Column(sql, 'movie_levels')}
    from batch_summaries
    ${batchIds === undefined ? sql`` : sql`where batch_id = any(${[...batchIds]})`} order by batch_id`;
  return new Map(
    rows.map((row) => [
      row.batchId,
      {
        count: row.ratings,
        userIds: unpackInt32(row.userIds),
        userLevels: unpackCounts(row.userLevels),
        movieIds: unpackInt32(row.movieIds),
        movieCounts: unpackCounts(row.movieCounts),
        movieLevels: row.movieLevels === null ? null : unpackCounts(row.movieLevels),
      },
    ]),
  );
}

/** Inserts or replaces the summary of a batch. */
export async function upsertSummary(
  sql: postgres.ISql,
  batchId: number,
  summary: RatingSummary,
): Promise<void> {
  await sql`
    insert into batch_summaries ${sql({
      batch_id: batchId,
      ratings: summary.count,
      user_ids: packNumbers(summary.userIds),
      user_levels: packCounts(summary.userLevels),
      movie_ids: packNumbers(summary.movieIds),
      movie_counts: packCounts(summary.movieCounts),
      movie_levels: summary.movieLevels && packCounts(summary.movieLevels),
    })}
    on conflict (batch_id) do update set
      ratings = excluded.ratings, user_ids = excluded.user_ids, user_levels = excluded.user_levels,
      movie_ids = excluded.movie_ids, movie_counts = excluded.movie_counts,
      movie_levels = excluded.movie_levels`;
}

interface PerformanceRow {
  readonly batchId: number;
  readonly userIds: string;
  readonly counts: string;
  readonly squaredErrors: string;
  readonly absoluteErrors: string;
  readonly biasSquaredErrors: string | null;
  readonly meanSquaredErrors: string | null;
  readonly biasAbsoluteErrors: string | null;
  readonly rankedLists: string | null;
  readonly ndcg: string | null;
  readonly popularityNdcg: string | null;
}

/** The errors and lists of a model on the current ratings of these batches. A batch without a score is not in the map. */
export async function readPerformance(
  { sql }: Store,
  modelVersion: number,
  batchIds: readonly number[],
): Promise<ReadonlyMap<number, PerformanceSummary>> {
  const rows = await sql<PerformanceRow[]>`
    select batch_id, ${base64Column(sql, 'user_ids')}, ${base64Column(sql, 'counts')},
      ${base64Column(sql, 'squared_errors')}, ${base64Column(sql, 'absolute_errors')},
      ${base64Column(sql, 'bias_squared_errors')}, ${base64Column(sql, 'mean_squared_errors')},
      ${base64Column(sql, 'bias_absolute_errors')}, ${base64Column(sql, 'ranked_lists')},
      ${base64Column(sql, 'ndcg')}, ${base64Column(sql, 'popularity_ndcg')}
    from batch_performance where model_version = ${modelVersion} and batch_id = any(${[...batchIds]})`;
  return new Map(
    rows.map((row) => [
      row.batchId,
      {
        userIds: unpackInt32(row.userIds),
        counts: unpackCounts(row.counts),
        squaredErrors: unpackFloat64(row.squaredErrors),
        absoluteErrors: unpackFloat64(row.absoluteErrors),
        baseline:
          row.biasSquaredErrors === null || row.meanSquaredErrors === null
            ? null
            : {
                bias: unpackFloat64(row.biasSquaredErrors),
                mean: unpackFloat64(row.meanSquaredErrors),
                biasAbsolute: row.biasAbsoluteErrors === null ? null : unpackFloat64(row.biasAbsoluteErrors),
              },
        ranking:
          row.rankedLists === null || row.ndcg === null || row.popularityNdcg === null
            ? null
            : {
                lists: unpackCounts(row.rankedLists),
                ndcg: unpackFloat64(row.ndcg),
                popularityNdcg: unpackFloat64(row.popularityNdcg),
              },
      },
    ]),
  );
}

/**
 * Stores the errors of a model on a batch, or on a sample of its users. A batch only loses ratings, when later ones
 * replace them. If the number of ratings differs, the batch changed after it was scored, and nothing is stored.
 *
 * @param ratings number of ratings of the batch when it was scored.
 */
export async function writePerformance(
  { sql }: Store,
  modelVersion: number,
  batchId: number,
  summary: PerformanceSummary,
  ratings: number,
): Promise<void> {
  await sql.begin(async (transaction) => {
    const [current] = await transaction`
      select from batch_summaries where batch_id = ${batchId} and ratings = ${ratings} for share`;
    if (current === undefined) return;
    await transaction`
      insert into batch_performance ${transaction({
        batch_id: batchId,
        model_version: modelVersion,
        user_ids: packNumbers(summary.userIds),
        counts: packCounts(summary.counts),
        squared_errors: packNumbers(summary.squaredErrors),
        absolute_errors: packNumbers(summary.absoluteErrors),
        bias_squared_errors: summary.baseline && packNumbers(summary.baseline.bias),
        mean_squared_errors: summary.baseline && packNumbers(summary.baseline.mean),
        bias_absolute_errors: summary.baseline?.biasAbsolute && packNumbers(summary.baseline.biasAbsolute),
        ranked_lists: summary.ranking && packCounts(summary.ranking.lists),
        ndcg: summary.ranking && packNumbers(summary.ranking.ndcg),
        popularity_ndcg: summary.ranking && packNumbers(summary.ranking.popularityNdcg),
      })}
      on conflict (batch_id, model_version) do update set
        user_ids = excluded.user_ids, counts = excluded.counts, squared_errors = excluded.squared_errors,
        absolute_errors = excluded.absolute_errors, bias_squared_errors = excluded.bias_squared_errors,
        mean_squared_errors = excluded.mean_squared_errors,
        bias_absolute_errors = excluded.bias_absolute_errors, ranked_lists = excluded.ranked_lists,
        ndcg = excluded.ndcg, popularity_ndcg = excluded.popularity_ndcg`;
  });
}
