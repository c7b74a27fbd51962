import { expect, test } from 'vitest';
import { performanceOf } from '../../pipeline/evaluate/errors.ts';
import { fixedModel } from './fixed-model.ts';
import { rated } from './rated.ts';

test('errors are summed by user, users ascending', () => {
  const model = fixedModel({ users: [1, 2], movies: [10, 20], predicts: () => 3 });
  const performance = performanceOf(model, rated([2, 10, 5], [1, 10, 2.5], [2, 20, 1.5]));
  expect(performance).toEqual({
    userIds: Int32Array.of(1, 2),
    counts: Int32Array.of(1, 2),
    squaredErrors: Float64Array.of(0.25, 4 + 2.25),
    absoluteErrors: Float64Array.of(0.5, 2 + 1.5),
    baseline: null,
    ranking: null,
  });
});

test('the errors of a baseline on the same ratings are summed beside those of the model', () => {
  const model = fixedModel({ users: [1, 2], movies: [10, 20], predicts: () => 3 });
  const baseline = {
    mean: 3.5,
    predict: (user: number, movie: number) => (user === 2 && movie === 20 ? 1 : 4),
  };
  const performance = performanceOf(model, rated([2, 10, 5], [1, 10, 2.5], [2, 20, 1.5]), baseline);
  expect(performance.squaredErrors).toEqual(Float64Array.of(0.25, 4 + 2.25));
  expect(performance.baseline).toEqual({
    bias: Float64Array.of(2.25, 1 + 0.25),
    mean: Float64Array.of(1, 2.25 + 4),
    biasAbsolute: Float64Array.of(1.5, 1 + 0.5),
  });
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('a prediction of %d is an error that names it', (value) => {
  const model = fixedModel({
    users: [1],
    movies: [10, 20],
    predicts: (_user, movie) => (movie === 20 ? value : 3),
  });
  expect(() => performanceOf(model, rated([1, 10, 4], [1, 20, 4]))).toThrow(
    expect.objectContaining({
      code: 'performance-check-failed',
      message: `The fixed model predicts ${value} for user 1 and movie 20.`,
    }),
  );
});
