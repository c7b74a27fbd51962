import { sha256 } from '../../pipeline/lib/digest.ts';
import { seededRandom } from '../../pipeline/lib/random.ts';
import { emptyRatings, type Ratings } from '../../pipeline/ratings/ratings.ts';
import { NO_REJECTS } from '../../pipeline/ratings/rejected-rows.ts';
import type { Batch } from '../../pipeline/store/ingest-batch.ts';

/** user, movie, half stars, seconds since 1970. */
export type RatingRow = readonly [userId: number, movieId: number, half: number, ratedAt: number];

export function ratingsOf(rows: readonly RatingRow[]): Ratings {
  return {
    length: rows.length,
    userIds: Int32Array.from(rows, ([user]) => user),
    movieIds: Int32Array.from(rows, ([, movie]) => movie),
    halves: Uint8Array.from(rows, ([, , half]) => half),
    ratedAt: Int32Array.from(rows, ([, , , time]) => time),
  };
}

export function rowsOfRatings({ length, userIds, movieIds, halves, ratedAt }: Ratings): RatingRow[] {
  return Array.from({ length }, (_, row) => [
    userIds[row] as number,
    movieIds[row] as number,
    halves[row] as number,
    ratedAt[row] as number,
  ]);
}

/** A batch whose digest is the digest of its name. */
export function batchOf(name: string, ratings: Ratings, rest: Partial<Batch> = {}): Batch {
  return {
    sha256: sha256(name),
    source: `${name}.parquet`,
    role: 'buffer',
    rowsRead: ratings.length + (rest.rejects?.length ?? 0),
    ratings,
    rejects: NO_REJECTS,
    movies: [],
    ingestedAt: new Date('2026-03-02T06:17:00Z'),
    ...rest,
  };
}

/** Ratings of distinct pairs in order of time. No pair is in `taken`; the new pairs are added to it. */
export function distinctRatings(
  count: number,
  seed: number,
  { users, movies, taken }: { readonly users: number; readonly movies: number; readonly taken: Set<number> },
): Ratings {
  const random = seededRandom(seed);
  const ratings = emptyRatings(count);
  for (let row = 0; row < count; ) {
    const user = 1 + Math.floor(random() * users);
    const movie = 1 + Math.floor(random() ** 2 * movies);
    const pair = user * (movies + 1) + movie;
    if (taken.has(pair)) continue;
    taken.add(pair);
    ratings.userIds[row] = user;
    ratings.movieIds[row] = movie;
    ratings.halves[row] = 1 + Math.floor(random() * 10);
    ratings.ratedAt[row] = 1_000_000_000 + row;
    row++;
  }
  return ratings;
}
