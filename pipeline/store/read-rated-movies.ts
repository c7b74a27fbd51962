import type { Store } from './connect.ts';

/** The ids of the movies a user has rated. */
export async function readRatedMovies({ sql }: Store, userId: number): Promise<ReadonlySet<number>> {
  const rows = await sql<{ movieId: number }[]>`select movie_id from ratings where user_id = ${userId}`;
  return new Set(rows.map(({ movieId }) => movieId));
}
