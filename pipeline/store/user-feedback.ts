import type { GivenRating } from '../model/model.ts';
import { unpackHistories } from './history-codec.ts';
import { isQuarantined } from './quarantine.ts';
import type { Store } from './store.ts';

/** A rating of one user that is a row of its own, or all that are packed. */
interface UserRow {
  readonly history: Buffer | null;
  readonly movieId: number;
  readonly half: number;
  readonly ratedAt: number;
}

/**
 * The ratings of one user as they will be when all feedback is ingested, by movie id. As in a batch, the later rating of a
 * movie counts, and with equal times the one that arrived later.
 *
 * @throws OperatorError `store-damaged`.
 */
export async function readRatingsOfUser({ sql }: Store, userId: number): Promise<readonly GivenRating[]> {
  const rows = await sql<UserRow[]>`
    select history, movie_id, half, rated_at
    from (
      select null::bytea as history, movie_id, half, rated_at, 0 as feedback_id
      from ratings where user_id = ${userId}
      union all
      select history, 0, 0, 0, 0 from packed_histories where user_id = ${userId}
      union all
      select null, movie_id, half, rated_at, feedback_id from feedback
      where user_id = ${userId} and not ${isQuarantined(sql)}) as all_ratings
    order by feedback_id`;
  return latestOfEachMovie(userId, rows);
}

/** @param rows in the order of their arrival. */
function latestOfEachMovie(userId: number, rows: readonly UserRow[]): readonly GivenRating[] {
  const latest = new Map<number, Omit<UserRow, 'history'>>();
  const add = (rating: Omit<UserRow, 'history'>): void => {
    const known = latest.get(rating.movieId);
    if (known === undefined || rating.ratedAt >= known.ratedAt) latest.set(rating.movieId, rating);
  };
  for (const { history, ...rating } of rows) {
    if (history === null) add(rating);
    else {
      const { length, movieIds, halves, ratedAt } = unpackHistories([{ userId, history }]);
      for (let row = 0; row < length; row++) {
        const [movieId, half, time] = [movieIds[row], halves[row], ratedAt[row]] as [number, number, number];
        add({ movieId, half, ratedAt: time });
      }
    }
  }
  return [...latest.values()]
    .sort((a, b) => a.movieId - b.movieId)
    .map(({ movieId, half }) => ({ movieId, stars: half / 2 }));
}
