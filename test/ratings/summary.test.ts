import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergePerformance } from '../../pipeline/ratings/performance.ts';
import { mergeSummaries, subtractSummary, summariseRatings } from '../../pipeline/ratings/summary.ts';
import { ratingsOf, someRows } from './some-ratings.ts';

const summaryOf = (rows: Parameters<typeof ratingsOf>[0]) => summariseRatings(ratingsOf(rows));

test('a summary counts levels by user and by movie', () => {
  const summary = summaryOf([
    [9, 4, 10, 1],
    [2, 4, 1, 1],
    [9, 3, 10, 1],
  ]);
  expect(summary.count).toBe(3);
  expect([...summary.userIds]).toEqual([2, 9]);
  expect([...summary.userLevels]).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
  expect([...summary.movieIds]).toEqual([3, 4]);
  expect([...summary.movieCounts]).toEqual([1, 2]);
  expect([...(summary.movieLevels ?? [])]).toEqual([
    0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1,
  ]);
});

test('merged summaries equal the summary of all ratings', () => {
  fc.assert(
    fc.property(fc.array(someRows, { maxLength: 5 }), (parts) => {
      expect(mergeSummaries(parts.map(summaryOf))).toEqual(summaryOf(parts.flat()));
    }),
    { seed: 1 },
  );
});

test('a merged summary can be subtracted again completely', () => {
  fc.assert(
    fc.property(someRows, someRows, (rest, part) => {
      const all = mergeSummaries([summaryOf(rest), summaryOf(part)]);
      expect(subtractSummary(all, summaryOf(part))).toEqual(summaryOf(rest));
      expect(subtractSummary(all, all)).toEqual(summaryOf([]));
    }),
    { seed: 1 },
  );
});

test('levels by movie are unknown when a part has only counts', () => {
  const known = summaryOf([[1, 1, 5, 1]]);
  const old = { ...summaryOf([[2, 3, 6, 1]]), movieLevels: null };
  expect(mergeSummaries([known, old])).toEqual({
    ...summaryOf([
      [1, 1, 5, 1],
      [2, 3, 6, 1],
    ]),
    movieLevels: null,
  });
  expect(subtractSummary(mergeSummaries([known, old]), old)).toEqual({ ...known, movieLevels: null });
});

test('merging and subtracting do not change their inputs', () => {
  const one = summaryOf([[1, 1, 5, 1]]);
  const other = summaryOf([[1, 2, 6, 1]]);
  const before = structuredClone([one, other]);
  subtractSummary(mergeSummaries([one, other]), other);
  subtractSummary(one, one);
  expect([one, other]).toEqual(before);
});

test('levels over all users are the histogram of the ratings', () => {
  fc.assert(
    fc.property(someRows, (rows) => {
      const levels = Array.from(
        { length: 10 },
        (_, i) => rows.filter(([, , halves]) => halves === i + 1).length,
      );
      const { userLevels } = summaryOf(rows);
      const summed = levels.map((_, level) =>
        userLevels.reduce((sum, n, i) => (i % 10 === level ? sum + n : sum), 0),
      );
      expect(summed).toEqual(levels);
    }),
    { seed: 1 },
  );
});

type Sums = readonly number[];

function performanceOf(users: Sums, counts: Sums, squared: Sums, absolute: Sums, bias: Sums, mean: Sums) {
  return {
    userIds: Int32Array.from(users),
    counts: Int32Array.from(counts),
    squaredErrors: Float64Array.from(squared),
    absoluteErrors: Float64Array.from(absolute),
    baseline: {
      bias: Float64Array.from(bias),
      mean: Float64Array.from(mean),
      biasAbsolute: Float64Array.from(bias, Math.sqrt),
    },
    ranking: {
      lists: Int32Array.from(counts, (count) => Math.min(count, 2)),
      ndcg: Float64Array.from(absolute, (sum) => sum / 4),
      popularityNdcg: Float64Array.from(absolute, (sum) => sum / 8),
    },
  };
}

const ONE = performanceOf([5, 7], [2, 1], [0.5, 4], [1, 2], [1, 5], [2, 6]);
const OTHER = performanceOf([3, 5], [1, 3], [1, 0.25], [1, 0.5], [7, 8], [9, 10]);
const BOTH = {
  ...performanceOf([3, 5, 7], [1, 5, 1], [1, 0.75, 4], [1, 1.5, 2], [7, 9, 5], [9, 12, 6]),
  baseline: {
    bias: Float64Array.of(7, 9, 5),
    mean: Float64Array.of(9, 12, 6),
    biasAbsolute: Float64Array.of(Math.sqrt(7), 1 + Math.sqrt(8), Math.sqrt(5)),
  },
  ranking: {
    lists: Int32Array.of(1, 4, 1),
    ndcg: Float64Array.of(0.25, 0.375, 0.5),
    popularityNdcg: Float64Array.of(0.125, 0.1875, 0.25),
  },
};

test('performances add up by user', () => {
  expect(mergePerformance([ONE, OTHER])).toEqual(BOTH);
});

test('performances have no baseline together when one of them has none', () => {
  expect(mergePerformance([ONE, { ...OTHER, baseline: null }])).toEqual({ ...BOTH, baseline: null });
});

test('performances have no lists and no absolute errors together when one of them has none', () => {
  expect(mergePerformance([{ ...ONE, ranking: null }, OTHER])).toEqual({ ...BOTH, ranking: null });
  const old = { ...ONE, baseline: { ...ONE.baseline, biasAbsolute: null } };
  expect(mergePerformance([old, OTHER])).toEqual({
    ...BOTH,
    baseline: { ...BOTH.baseline, biasAbsolute: null },
  });
});
