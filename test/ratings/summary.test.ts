import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergePerformance } from '../../pipeline/ratings/performance.ts';
import { mergeSummaries, subtractSummary, summariseRatings } from '../../pipeline/ratings/summary.ts';
import { ratingsOf, someRows } from './some-ratings.ts';

const summaryOf = (rows: Parameters<typeof ratingsOf>[0]) => summariseRatings(ratingsOf(rows));

test('a summary counts levels by user and ratings by movie', () => {
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

test('performances add up by user', () => {
  const part = (userIds: number[], counts: number[], squared: number[], absolute: number[]) => ({
    userIds: Int32Array.from(userIds),
    counts: Int32Array.from(counts),
    squaredErrors: Float64Array.from(squared),
    absoluteErrors: Float64Array.from(absolute),
  });
  expect(
    mergePerformance([part([5, 7], [2, 1], [0.5, 4], [1, 2]), part([3, 5], [1, 3], [1, 0.25], [1, 0.5])]),
  ).toEqual(part([3, 5, 7], [1, 5, 1], [1, 0.75, 4], [1, 1.5, 2]));
});
