import fc from 'fast-check';
import { emptyRatings, type Ratings } from '../../pipeline/ratings/ratings.ts';

/** user, movie, half stars, seconds. */
export type Row = readonly [user: number, movie: number, halves: number, time: number];

export function ratingsOf(rows: readonly Row[]): Ratings {
  const ratings = emptyRatings(rows.length);
  rows.forEach(([user, movie, halves, time], i) => {
    ratings.userIds[i] = user;
    ratings.movieIds[i] = movie;
    ratings.halves[i] = halves;
    ratings.ratedAt[i] = time;
  });
  return ratings;
}

export function rowsIn({ length, userIds, movieIds, halves, ratedAt }: Ratings): readonly Row[] {
  return Array.from({ length }, (_, i) => [
    userIds[i] as number,
    movieIds[i] as number,
    halves[i] as number,
    ratedAt[i] as number,
  ]);
}

/** Rows of few users, movies and seconds, so that some are equal; one id needs all 31 bits. */
export const someRows = fc.array(
  fc.tuple(
    fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(2_147_483_647)),
    fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(2_147_483_647)),
    fc.integer({ min: 1, max: 10 }),
    fc.integer({ min: 1_000_000_000, max: 1_000_000_005 }),
  ),
  { maxLength: 60 },
);
