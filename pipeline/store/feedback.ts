import type postgres from 'postgres';
import { emptyRatings, type Ratings } from '../ratings/ratings.ts';
import type { Store } from './store.ts';

/** A rating that was sent to the API. */
export interface FeedbackRating {
  readonly userId: number;
  readonly movieId: number;
  /** Half stars, 1 to 10. */
  readonly half: number;
  /** Seconds since 1970. */
  readonly ratedAt: number;
}

/** Ratings that were sent to the API and that no batch has ingested yet. */
export interface WaitingFeedback {
  /** Ids of all waiting rows, ascending. */
  readonly ids: readonly number[];
  /** The latest rating of each user and movie, ordered by user and movie. */
  readonly ratings: Ratings;
}

/**
 * Stores ratings until a batch ingests them. Every rating is a row, also when the user rated the movie before.
 *
 * @param store or a transaction of it.
 * @param keyId the key that the ratings were sent with.
 */
export async function recordFeedback(
  { sql }: { readonly sql: postgres.ISql },
  ratings: readonly FeedbackRating[],
  keyId: number | null = null,
): Promise<{ readonly recorded: number }> {
  const rows = ratings.map(({ userId, movieId, half, ratedAt }) => ({
    user_id: userId,
    movie_id: movieId,
    half,
    rated_at: ratedAt,
  }));
  const { count } = await sql`
    insert into feedback (user_id, movie_id, half, rated_at, key_id)
    select user_id, movie_id, half, rated_at, ${keyId}::integer
    from json_to_recordset(${sql.json(rows)}::json)
      as rating (user_id integer, movie_id integer, half smallint, rated_at integer)`;
  return { recorded: count };
}

/**
 * The ratings that wait for a batch. A rating with a time after `now` is left out, because a batch with it would be
 * refused.
 *
 * @returns null when nothing waits.
 */
export async function waitingFeedback({ sql }: Store, now: Date): Promise<WaitingFeedback | null> {
  const rows = await sql<(FeedbackRating & { readonly id: number })[]>`
    select feedback_id::double precision as id, user_id, movie_id, half, rated_at from feedback
    where batch_id is null and rated_at <= ${Math.floor(now.getTime() / 1000)}
    order by user_id, movie_id, rated_at, feedback_id`;
  if (rows.length === 0) return null;
  const latest = rows.filter((row, i) => {
    const next = rows[i + 1];
    return next === undefined || next.userId !== row.userId || next.movieId !== row.movieId;
  });
  const ratings = emptyRatings(latest.length);
  for (const [row, { userId, movieId, half, ratedAt }] of latest.entries()) {
    ratings.userIds[row] = userId;
    ratings.movieIds[row] = movieId;
    ratings.halves[row] = half;
    ratings.ratedAt[row] = ratedAt;
  }
  return { ids: rows.map(({ id }) => id).sort((a, b) => a - b), ratings };
}

/**
 * Records which batch ingested these rows. The rows are given by id, because a row with an id between them may come from
 * a transaction that ended later. It waits for the next batch.
 */
export async function markFeedback(
  { sql }: Store,
  ids: readonly number[],
  batchId: number,
): Promise<{ readonly marked: number }> {
  const { count } = await sql`
    update feedback set batch_id = ${batchId}
    where feedback_id = any(${ids.map(String)}::bigint[]) and batch_id is null`;
  return { marked: count };
}
