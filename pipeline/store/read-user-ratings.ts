import type { GivenRating } from '../model/model.ts';
import type { Store } from './store.ts';

/** The current ratings of one user, by movie id. */
export async function readUserRatings({ sql }: Store, userId: number): Promise<readonly GivenRating[]> {
  const rows = await sql<{ movieId: number; half: number }[]>`
    select movie_id, half from ratings where user_id = ${userId} order by movie_id`;
  return rows.map(({ movieId, half }) => ({ movieId, stars: half / 2 }));
}
