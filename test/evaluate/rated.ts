import { emptyRatings, type Ratings } from '../../pipeline/ratings/ratings.ts';

/** Ratings from `[user, movie, stars]`, a second apart from 1,000,000,000 on. */
export function rated(...rows: readonly (readonly [user: number, movie: number, stars: number])[]): Ratings {
  const ratings = emptyRatings(rows.length);
  rows.forEach(([user, movie, stars], row) => {
    ratings.userIds[row] = user;
    ratings.movieIds[row] = movie;
    ratings.halves[row] = 2 * stars;
    ratings.ratedAt[row] = 1_000_000_000 + row;
  });
  return ratings;
}
