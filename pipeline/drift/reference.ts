import { OperatorError } from '../lib/errors.ts';
import { decodeTensors, encodeTensors, type Tensor } from '../lib/safetensors.ts';
import { sortByTime } from '../ratings/order.ts';
import type { PerformanceSummary } from '../ratings/performance.ts';
import { concatRatings, emptyRatings, RATING_LEVELS, type Ratings } from '../ratings/ratings.ts';
import { type RatingSummary, summariseRatings } from '../ratings/summary.ts';
import { vocabularyOf } from '../ratings/vocabulary.ts';
import type { GenresOf } from './genre-counts.ts';
import { measurePast } from './measure-past.ts';
import { decodePast, encodePast, withNamedPast } from './past-tensors.ts';
import type { PastWindows } from './past-windows.ts';
import { historyOf } from './training-history.ts';

/** New ratings are compared with this: the training ratings of a champion, and its errors. */
export interface DriftReference {
  readonly summary: RatingSummary;
  /** Number of ratings between the training data and the first new one: the champion's holdout. */
  readonly heldOut: number;
  /** Windows of the training ratings, compared with the ratings before them. */
  readonly past: readonly PastWindows[];
  /** The champion's errors on its holdout, or null when there is no champion. */
  readonly performance: PerformanceSummary | null;
  /**
   * Whether the errors are those of predictions from all that users had told before, as today; references of earlier
   * releases have those of the model alone. New ratings are scored in the same way.
   */
  readonly isAsTold: boolean;
}

/**
 * Builds the reference from the training ratings of a model. It takes well under a second for a million ratings.
 *
 * @param training in any order; not empty.
 * @param performance of the champion on `heldOut`, or null.
 * @param heldOut ratings that are newer than the training ratings and older than all ratings to check. Past windows have
 * at least this distance from their reference, as new ratings do.
 */
export function driftReference(
  training: Ratings,
  genresOf: GenresOf,
  performance: PerformanceSummary | null,
  heldOut: Ratings = emptyRatings(0),
): DriftReference {
  const known = sortByTime(heldOut.length === 0 ? training : concatRatings([training, heldOut]));
  const history = historyOf(known, vocabularyOf(known.userIds), vocabularyOf(known.movieIds), genresOf);
  return {
    summary: summariseRatings(training),
    heldOut: heldOut.length,
    past: measurePast(history, heldOut.length),
    performance,
    isAsTold: true,
  };
}

/** The reference as one safetensors file. Equal references give equal bytes. */
export function encodeReference({
  summary,
  heldOut,
  past,
  performance,
  isAsTold,
}: DriftReference): Uint8Array {
  const column = (data: Tensor['data']): Tensor => ({ shape: [data.length], data });
  return encodeTensors({
    user_ids: column(summary.userIds),
    user_levels: { shape: [summary.userIds.length, RATING_LEVELS], data: summary.userLevels },
    movie_ids: column(summary.movieIds),
    movie_counts: column(summary.movieCounts),
    ...(summary.movieLevels && {
      movie_levels: { shape: [summary.movieIds.length, RATING_LEVELS], data: summary.movieLevels },
    }),
    held_out: column(Int32Array.of(heldOut)),
    ...encodePast(past),
    ...(isAsTold && { performance_as_told: column(Uint8Array.of(1)) }),
    ...(performance && {
      performance_user_ids: column(performance.userIds),
      performance_counts: column(performance.counts),
      performance_squared_errors: column(performance.squaredErrors),
      performance_absolute_errors: column(performance.absoluteErrors),
      ...(performance.baseline && {
        performance_bias_squared_errors: column(performance.baseline.bias),
        performance_mean_squared_errors: column(performance.baseline.mean),
        ...(performance.baseline.biasAbsolute && {
          performance_bias_absolute_errors: column(performance.baseline.biasAbsolute),
        }),
      }),
      ...(performance.ranking && {
        performance_lists: column(performance.ranking.lists),
        performance_ndcg: column(performance.ranking.ndcg),
        performance_popularity_ndcg: column(performance.ranking.popularityNdcg),
      }),
    }),
  });
}

/**
 * Reads the bytes of `encodeReference` of this or an earlier version. Arrays are views on `bytes` where possible.
 *
 * @throws OperatorError `model-invalid` when a tensor is missing or has another type or shape.
 */
export function decodeReference(bytes: Uint8Array): DriftReference {
  const tensors = withNamedPast(decodeTensors(bytes, 'the drift reference').tensors);
  const read = <T extends Tensor['data']>(
    name: string,
    type: abstract new (...values: never[]) => T,
    shape: readonly (number | null)[],
  ): T => {
    const tensor = tensors.get(name);
    const fits =
      tensor?.shape.length === shape.length &&
      shape.every((length, axis) => length === null || length === tensor.shape[axis]);
    if (tensor?.data instanceof type && fits) return tensor.data;
    throw new OperatorError(
      'model-invalid',
      `The drift reference has ${tensor ? `a tensor ${name} of shape [${tensor.shape.join(', ')}] and type ${tensor.data.constructor.name}` : `no tensor ${name}`}; expected: ${type.name} of shape [${shape.map((length) => length ?? 'any').join(', ')}].`,
      'Train a model again. The training also writes the reference.',
    );
  };
  const userIds = read('user_ids', Int32Array, [null]);
  const userLevels = read('user_levels', Int32Array, [userIds.length, RATING_LEVELS]);
  const movieIds = read('movie_ids', Int32Array, [null]);
  const movieCounts = read('movie_counts', Int32Array, [movieIds.length]);
  let count = 0;
  for (let row = 0; row < movieCounts.length; row++) count += movieCounts[row] as number;
  return {
    summary: {
      count,
      userIds,
      userLevels,
      movieIds,
      movieCounts,
      // References of earlier releases have only the counts.
      movieLevels: tensors.has('movie_levels')
        ? read('movie_levels', Int32Array, [movieIds.length, RATING_LEVELS])
        : null,
    },
    heldOut: read('held_out', Int32Array, [1])[0] as number,
    past: decodePast(tensors, (name, rows, columns) => read(name, Float64Array, [rows, columns])),
    performance: tensors.has('performance_user_ids') ? readPerformance() : null,
    isAsTold: tensors.has('performance_as_told'),
  };

  function readPerformance(): PerformanceSummary {
    const scored = read('performance_user_ids', Int32Array, [null]);
    const sums = (name: string): Float64Array => read(name, Float64Array, [scored.length]);
    return {
      userIds: scored,
      counts: read('performance_counts', Int32Array, [scored.length]),
      squaredErrors: sums('performance_squared_errors'),
      absoluteErrors: sums('performance_absolute_errors'),
      baseline: tensors.has('performance_bias_squared_errors')
        ? {
            bias: sums('performance_bias_squared_errors'),
            mean: sums('performance_mean_squared_errors'),
            biasAbsolute: tensors.has('performance_bias_absolute_errors')
              ? sums('performance_bias_absolute_errors')
              : null,
          }
        : null,
      ranking: tensors.has('performance_lists')
        ? {
            lists: read('performance_lists', Int32Array, [scored.length]),
            ndcg: sums('performance_ndcg'),
            popularityNdcg: sums('performance_popularity_ndcg'),
          }
        : null,
    };
  }
}
