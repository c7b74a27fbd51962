/** Metrics of lists and uncertainty beyond accuracy. */
import { describe, expect, test } from 'vitest';
import { calibration } from '../../pipeline/evaluate/metrics/calibration.ts';
import { meanDeviation } from '../../pipeline/evaluate/metrics/mean-deviation.ts';
import { novelty } from '../../pipeline/evaluate/metrics/novelty.ts';
import { popularityLift } from '../../pipeline/evaluate/metrics/popularity-lift.ts';
import type { RankedList } from '../../pipeline/evaluate/ranked-list.ts';
import { rankingTask } from '../../pipeline/evaluate/ranking.ts';
import { normal, seededRandom } from '../../pipeline/lib/random.ts';
import { rated } from './rated.ts';

const list = (userId: number, ...movieIds: readonly number[]): RankedList => ({
  userId,
  movieIds: Int32Array.from(movieIds),
  hits: new Uint8Array(movieIds.length),
  relevant: 1,
});

// Eight users rated movie 1, four of them movie 2, two movie 3, one movie 4. Movie 9 is in the holdout alone.
const seen = rated(
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((user) => [user, 1, 3] as const),
  ...[1, 2, 3, 4].map((user) => [user, 2, 3] as const),
  ...[1, 2].map((user) => [user, 3, 3] as const),
  [1, 4, 3],
);
const { popularity } = rankingTask(seen, rated([1, 9, 5], [8, 2, 5], [77, 9, 5]));

describe('popularity', () => {
  test('is how many training users rated a movie', () => {
    expect(popularity.users).toBe(8);
    expect([1, 2, 3, 4, 9, 1234].map(popularity.ratersOf)).toEqual([8, 4, 2, 1, 0, 0]);
  });

  test('of a history is the mean over the rated movies of the user', () => {
    expect(popularity.historyOf(1)).toBe((8 + 4 + 2 + 1) / 4);
    expect(popularity.historyOf(8)).toBe(8);
    expect(popularity.historyOf(77)).toBeNull();
  });
});

describe('novelty', () => {
  test('is 0 bits for a movie rated by all users and one more for every halving', () => {
    const bits = [1, 2, 3, 4].map((movie) => novelty([list(1, movie)], popularity));
    expect(bits).toEqual([0, 1, 2, 3]);
  });

  test('counts a movie nobody rated as if one user had', () => {
    expect(novelty([list(1, 9)], popularity)).toBe(3);
  });

  test('is the mean over lists of the mean over a list, without empty lists', () => {
    // (0 + 1 + 2) / 3 = 1 and 3.
    expect(novelty([list(1, 1, 2, 3), list(2, 4), list(3)], popularity)).toBe(2);
  });

  test('is not defined without a movie or a training user', () => {
    expect(novelty([], popularity)).toBeNull();
    expect(novelty([list(1)], popularity)).toBeNull();
    expect(novelty([list(1, 9)], { users: 0, ratersOf: () => 0 })).toBeNull();
  });
});

describe('popularity lift', () => {
  test('compares the mean popularity of lists with that of histories', () => {
    // User 1 rated movies of mean popularity 3.75 and is shown movies of 6; user 8 rated 8 and is shown 4.
    const lists = [list(1, 1, 2), list(8, 2)];
    expect(popularityLift(lists, popularity)).toBeCloseTo((6 + 4 - (3.75 + 8)) / (3.75 + 8), 12);
  });

  test('is 0 when recommended movies are as popular as rated ones', () => {
    expect(popularityLift([list(8, 1)], popularity)).toBe(0);
  });

  test('omits users without a history or with an empty list', () => {
    expect(popularityLift([list(77, 4), list(1), list(8, 2)], popularity)).toBe(-0.5);
    expect(popularityLift([list(77, 4)], popularity)).toBeNull();
    expect(popularityLift([], popularity)).toBeNull();
  });
});

describe('calibration', () => {
  test('counts errors inside 1.2816 deviations, over predictions with a deviation', () => {
    // Half-widths 1.2816, 1.2816, 0.6408 and none.
    const deviations = Float64Array.of(1, 1, 0.5, Number.NaN);
    expect(calibration(Float64Array.of(1.28, -1.29, -0.64, 0), deviations)).toBe(2 / 3);
    expect(meanDeviation(deviations)).toBe(2.5 / 3);
  });

  test('is 0.8 for normal errors with the predicted deviation', () => {
    const draw = normal(seededRandom(4));
    const deviations = Float64Array.from({ length: 50_000 }, (_, row) => 0.5 + (row % 7) / 10);
    const errors = deviations.map((deviation) => deviation * draw());
    // The standard error of the share is √(0.8 · 0.2 / 50,000) = 0.0018.
    expect(calibration(errors, deviations)).toBeCloseTo(0.8, 2);
    expect(
      calibration(
        errors,
        deviations.map((deviation) => deviation / 2),
      ),
    ).toBeLessThan(0.5);
  });

  test('is not defined without deviations', () => {
    expect(calibration(Float64Array.of(1), Float64Array.of(Number.NaN))).toBeNull();
    expect(meanDeviation(Float64Array.of(Number.NaN))).toBeNull();
    expect(calibration(new Float64Array(0), new Float64Array(0))).toBeNull();
  });
});
