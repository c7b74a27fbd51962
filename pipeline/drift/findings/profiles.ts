import { RATING_LEVELS } from '../../ratings/ratings.ts';

/** How many ratings a user or a movie has, and their mean and standard deviation in stars. */
export interface Profile {
  readonly id: number;
  readonly count: number;
  readonly mean: number;
  readonly sd: number;
}

/** @param levels ids × 10 counts, row-major. */
export function profilesOf(ids: Int32Array, levels: Int32Array): readonly Profile[] {
  return Array.from(ids, (id, row) => {
    let [count, sum, squares] = [0, 0, 0];
    for (let level = 1; level <= RATING_LEVELS; level++) {
      const ratings = levels[row * RATING_LEVELS + level - 1] as number;
      count += ratings;
      sum += (ratings * level) / 2;
      squares += (ratings * level * level) / 4;
    }
    const mean = sum / count;
    return { id, count, mean, sd: Math.sqrt(Math.max(0, squares / count - mean * mean)) };
  });
}

/** One profile of all. */
export function totalProfile(profiles: readonly Profile[]): Omit<Profile, 'id'> {
  const count = sum(profiles, (one) => one.count);
  const mean = sum(profiles, (one) => one.count * one.mean) / count;
  const variance = sum(profiles, (one) => one.count * (one.sd ** 2 + (one.mean - mean) ** 2)) / count;
  return { count, mean, sd: Math.sqrt(variance) };
}

/** Movies with fewer ratings say little about how movies differ. */
const SOME = 20;

/**
 * The variance of the true means of movies: the variance of their means around the overall mean, minus what the spread of
 * ratings explains. It can be below 0. 0 when fewer than two movies have some ratings.
 */
export function varianceBetween(movies: readonly Profile[]): number {
  const { mean, sd } = totalProfile(movies);
  const some = movies.filter(({ count }) => count >= SOME);
  if (some.length < 2) return 0;
  const observed = sum(some, (movie) => (movie.mean - mean) ** 2) / some.length;
  return observed - sum(some, ({ count }) => sd ** 2 / count) / some.length;
}

/**
 * How far the mean of each movie is from the overall mean, in stars, damped by empirical Bayes: s / (n + σ² / τ²) for n
 * ratings whose deviations sum to s, with the variance σ² of ratings and τ² between movies. All 0 when movies do not
 * differ.
 */
export function dampedBiases(movies: readonly Profile[]): ReadonlyMap<number, number> {
  const { mean, sd } = totalProfile(movies);
  const damping = sd ** 2 / Math.max(0, varianceBetween(movies));
  return new Map(movies.map(({ id, count, mean: own }) => [id, (count * (own - mean)) / (count + damping)]));
}

export function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
