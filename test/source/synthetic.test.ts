import { expect, test } from 'vitest';
import { filterRatings, type Ratings } from '../../pipeline/ratings/ratings.ts';
import { snapshotDigest } from '../../pipeline/ratings/snapshot.ts';
import { splitIntoWindows } from '../../pipeline/ratings/split.ts';
import { generateRatings, type SyntheticOptions } from '../../pipeline/source/synthetic.ts';

const FROM = 1_700_000_000;
const TO = 1_720_000_000;
const CHANGE = 1_714_000_000;
const size: SyntheticOptions = { seed: 7, users: 600, movies: 800, ratings: 50_000, from: FROM, to: TO };
const quiet = generateRatings(size);
const withDrift = (drift: object) => generateRatings({ ...size, drift: [{ from: CHANGE, ...drift }] });

const stars = ({ halves }: Ratings): number[] => Array.from(halves, (half) => half / 2);
const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
const sd = (values: readonly number[]): number => {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
};
const after = (ratings: Ratings): Ratings =>
  filterRatings(ratings, (i) => (ratings.ratedAt[i] as number) >= CHANGE);
const before = (ratings: Ratings): Ratings =>
  filterRatings(ratings, (i) => (ratings.ratedAt[i] as number) < CHANGE);
const shareUnseen = (past: Int32Array, now: Int32Array): number => {
  const known = new Set(past);
  return mean(Array.from(now, (id) => (known.has(id) ? 0 : 1)));
};

test('the same seed gives the same ratings and movies, another seed others', () => {
  const again = generateRatings(size);
  expect(snapshotDigest(again.ratings)).toBe(snapshotDigest(quiet.ratings));
  expect(again.movies).toEqual(quiet.movies);
  expect(snapshotDigest(generateRatings({ ...size, seed: 8 }).ratings)).not.toBe(
    snapshotDigest(quiet.ratings),
  );
});

test('ratings have the shape of MovieLens', () => {
  const { ratings, truth } = quiet;
  // MovieLens 25M: mean 3.53, standard deviation 1.06.
  expect(mean(stars(ratings))).toBeCloseTo(3.5, 1);
  expect(sd(stars(ratings))).toBeGreaterThan(0.98);
  expect(sd(stars(ratings))).toBeLessThan(1.1);
  expect(new Set(ratings.halves)).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
  expect(truth.quietMean).toBeCloseTo(mean(stars(ratings)), 12);
  expect(truth.quietSd).toBeCloseTo(sd(stars(ratings)), 9);
  // The noise has 0.83 stars; rounding adds a little.
  expect(truth.bestRmse).toBeGreaterThan(0.7);
  expect(truth.bestRmse).toBeLessThan(0.85);
});

test('every user has at least twenty ratings, each of a different movie', () => {
  const { userIds, movieIds, length } = quiet.ratings;
  const seen = new Map<number, Set<number>>();
  for (let i = 0; i < length; i++) {
    const movies = seen.get(userIds[i] as number) ?? new Set();
    seen.set(userIds[i] as number, movies.add(movieIds[i] as number));
  }
  const counts = [...seen.values()].map((movies) => movies.size);
  expect(Math.min(...counts)).toBeGreaterThanOrEqual(20);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(length);
  expect(counts.length).toBe(600);
});

test('few movies have most ratings', () => {
  const counts = new Map<number, number>();
  for (const id of quiet.ratings.movieIds) counts.set(id, (counts.get(id) ?? 0) + 1);
  const ranked = [...counts.values()].sort((a, b) => b - a);
  const top = ranked.slice(0, 80).reduce((sum, count) => sum + count, 0);
  expect(top / quiet.ratings.length).toBeGreaterThan(0.35);
});

test('movies have different titles, a year and genres', () => {
  const many = generateRatings({ ...size, movies: 15_000, ratings: 1_000 }).movies;
  expect(new Set(many.map(({ title }) => title)).size).toBe(15_000);
  for (const movie of quiet.movies) {
    expect(movie.year).toBeGreaterThan(1950);
    expect(movie.year).toBeLessThanOrEqual(2024);
    expect(movie.genres.length).toBeGreaterThan(0);
  }
});

test('without drift the distribution of ratings is stable over time', () => {
  const windows = splitIntoWindows(quiet.ratings, 10).slice(2);
  const means = windows.map((window) => mean(stars(window)));
  expect(Math.max(...means) - Math.min(...means)).toBeLessThan(0.12);
  const shares = windows.slice(1).map((window) => {
    const earlier = filterRatings(
      quiet.ratings,
      (i) => (quiet.ratings.ratedAt[i] as number) < (window.ratedAt[0] as number),
    );
    return shareUnseen(earlier.userIds, window.userIds);
  });
  expect(Math.max(...shares) - Math.min(...shares)).toBeLessThan(0.1);
});

test('drift does not change the ratings before it', () => {
  const drifted = withDrift({ meanShift: 0.5, tasteRotation: 1, newMovies: 0.2 });
  expect(snapshotDigest(before(drifted.ratings))).toBe(snapshotDigest(before(quiet.ratings)));
});

test('a mean shift can be measured', () => {
  // Ratings are limited to five stars, so the measured shift is a little smaller.
  const shift = mean(stars(after(withDrift({ meanShift: 0.3 }).ratings))) - mean(stars(after(quiet.ratings)));
  expect(shift).toBeGreaterThan(0.25);
  expect(shift).toBeLessThan(0.32);
});

test('a change of spread can be measured', () => {
  const ratio = sd(stars(after(withDrift({ spread: 0.5 }).ratings))) / sd(stars(after(quiet.ratings)));
  // Rounding to half stars adds 1/48 to the variance, and narrower ratings do not reach the limits.
  expect(ratio).toBeGreaterThan(0.5);
  expect(ratio).toBeLessThan(0.6);
});

test('a share of new movies can be measured', () => {
  const { ratings, movies, truth } = withDrift({ newMovies: 0.15 });
  const past = before(ratings);
  const now = after(ratings);
  const added = Array.from(now.movieIds).filter((id) => id >= truth.firstAddedMovieId).length / now.length;
  expect(added).toBeCloseTo(0.15, 2);
  expect(Math.max(...past.movieIds)).toBeLessThan(truth.firstAddedMovieId);
  expect(movies.length).toBeGreaterThan(800);
});

test('after a rotation of taste, earlier mean ratings predict later ones less well', () => {
  // Correlation between a movie's mean rating before and after the change, over movies with 30 ratings each.
  const agreement = (ratings: Ratings): number => {
    const means = (part: Ratings): Map<number, number[]> => {
      const byMovie = new Map<number, number[]>();
      part.movieIds.forEach((id, i) => {
        byMovie.set(id, [...(byMovie.get(id) ?? []), (part.halves[i] as number) / 2]);
      });
      return byMovie;
    };
    const [past, now] = [means(before(ratings)), means(after(ratings))];
    const both = [...now].filter(([id, values]) => values.length >= 30 && (past.get(id)?.length ?? 0) >= 30);
    const x = both.map(([id]) => mean(past.get(id) as number[]));
    const y = both.map(([, values]) => mean(values));
    return mean(x.map((value, i) => (value - mean(x)) * ((y[i] as number) - mean(y)))) / (sd(x) * sd(y));
  };
  expect(agreement(quiet.ratings)).toBeGreaterThan(0.85);
  expect(agreement(withDrift({ tasteRotation: 1 }).ratings)).toBeLessThan(agreement(quiet.ratings) - 0.05);
});

test('after the end of a drift, ratings are distributed as before it', () => {
  const { ratings } = generateRatings({
    ...size,
    drift: [{ from: CHANGE, to: CHANGE + 2_000_000, meanShift: 1 }],
  });
  const later = filterRatings(ratings, (i) => (ratings.ratedAt[i] as number) > CHANGE + 2_100_000);
  expect(mean(stars(later))).toBeCloseTo(mean(stars(before(ratings))), 1);
});
