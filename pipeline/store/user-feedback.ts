import type { GivenRating } from '../model/model.ts';
import { unpackHistories } from './history-codec.ts';
import { isQuarantined } from './quarantine.ts';
import type { Store } from './store.ts';

/** A rating of a user that is a row of its own, or all that are packed. */
interface UserRow {
  readonly userId: number;
  readonly history: Buffer | null;
  readonly movieId: number;
  readonly half: number;
  readonly ratedAt: number;
}

/** `readRatingsOfUsers` of one user. */
export async function readRatingsOfUser(store: Store, userId: number): Promise<readonly GivenRating[]> {
  return (await readRatingsOfUsers(store, [userId])).get(userId) ?? [];
}

/**
 * The ratings of users as they will be when all feedback is ingested, by movie id. As in a batch, the later rating of a
 * movie counts, and with equal times the one that arrived later. Users without ratings are left out.
 *
 * @throws OperatorError `store-damaged`.
 */
export async function readRatingsOfUsers(
  { sql }: Store,
  userIds: readonly number[],
): Promise<ReadonlyMap<number, readonly GivenRating[]>> {
  const users = sql`user_id = any(${[...userIds]}::integer[])`;
  const rows = await sql<UserRow[]>`
    select user_id, history, movie_id, half, rated_at
    from (
      select user_id, null::bytea as history, movie_id, half, rated_at, 0 as feedback_id
      from ratings where ${users}
      union all
      select user_id, history, 0, 0, 0, 0 from packed_histories where ${users}
      union all
      select user_id, null, movie_id, half, rated_at, feedback_id from feedback
      where ${users} and not ${isQuarantined(sql)}) as all_ratings
    order by feedback_id`;
  const byUser = Map.groupBy(rows, ({ userId }) => userId);
  return new Map(Array.from(byUser, ([userId, own]) => [userId, latestOfEachMovie(own)]));
}

/** @param rows of one user, in the order of their arrival. */
function latestOfEachMovie(rows: readonly UserRow[]): readonly GivenRating[] {
  const latest = new Map<number, Pick<UserRow, 'movieId' | 'half' | 'ratedAt'>>();
  const add = (rating: Pick<UserRow, 'movieId' | 'half' | 'ratedAt'>): void => {
    const known = latest.get(rating.movieId);
    if (known === undefined || rating.ratedAt >= known.ratedAt) latest.set(rating.movieId, rating);
  };
  for (const { userId, history, ...rating } of rows) {
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
