import type { GivenRating } from '../model/model.ts';
import { isQuarantined } from './quarantine.ts';
import type { Store } from './store.ts';

/**
 * The ratings of one user as they will be when all feedback is ingested, by movie id. As in a batch, the later rating of a
 * movie counts, and with equal times the one that arrived later.
 */
export function readRatingsOfUser({ sql }: Store, userId: number): Promise<readonly GivenRating[]> {
  return sql<GivenRating[]>`
    select distinct on (movie_id) movie_id, half / 2::double precision as stars
    from (
      select movie_id, half, rated_at, 0 as feedback_id from ratings where user_id = ${userId}
      union all
      select movie_id, half, rated_at, feedback_id from feedback
      where user_id = ${userId} and not ${isQuarantined(sql)}) as all_ratings
    order by movie_id, rated_at desc, feedback_id desc`;
}
