import type { GivenRating } from '../model/model.ts';
import type { Store } from './store.ts';

/** The current ratings of one user, by movie id. */
export function readUserRatings({ sql }: Store, userId: number): Promise<readonly GivenRating[]> {
  return sql<GivenRating[]>`
    select movie_id, half / 2::double precision as stars from ratings where user_id = ${userId} order by movie_id`;
}
