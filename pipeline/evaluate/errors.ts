import { OperatorError } from '../lib/errors.ts';
import type { Model, Strategy } from '../model/model.ts';
import type { PerformanceSummary } from '../ratings/performance.ts';
import type { Ratings } from '../ratings/ratings.ts';
import type { SkillBaseline } from '../ratings/skill-baseline.ts';
import { rowsOf, type Vocabulary, vocabularyOf } from '../ratings/vocabulary.ts';
import { countByStrategy } from './evaluation.ts';
import { listScoresOf, type RankingTrial } from './ranking-trial.ts';

/** A model's errors on a set of ratings, row by row. */
export interface PredictionErrors {
  /** Predicted minus actual rating, stars. */
  readonly errors: Float64Array;
  /** Standard deviation of every prediction, stars; NaN where the model gives none. */
  readonly deviations: Float64Array;
  /** Number of ratings that each strategy predicted. */
  readonly strategies: Readonly<Record<Strategy, number>>;
}

/**
 * Predicts every rating, also for unknown users and movies.
 *
 * @throws OperatorError `performance-check-failed` when a prediction is not a number.
 */
export function predictionErrors(model: Model, ratings: Ratings): PredictionErrors {
  const errors = new Float64Array(ratings.length);
  const deviations = new Float64Array(ratings.length);
  const strategies: Record<Strategy, number> = { ...countByStrategy({}) };
  for (let row = 0; row < ratings.length; row++) {
    const userId = ratings.userIds[row] as number;
    const movieId = ratings.movieIds[row] as number;
    const { rating, deviation, strategy } = model.predict(userId, movieId);
    errors[row] = errorOf(model, rating, ratings, row);
    deviations[row] = deviation ?? Number.NaN;
    strategies[strategy]++;
  }
  return { errors, deviations, strategies };
}

/**
 * Predicted minus actual rating, stars.
 *
 * @throws OperatorError `performance-check-failed` when the prediction is not a number.
 */
export function errorOf(
  { algorithm }: Pick<Model, 'algorithm'>,
  predicted: number,
  { userIds, movieIds, halves }: Ratings,
  row: number,
): number {
  if (!Number.isFinite(predicted)) {
    throw new OperatorError(
      'performance-check-failed',
      `The ${algorithm} model predicts ${predicted} for user ${userIds[row]} and movie ${movieIds[row]}.`,
      'The model is damaged: roll back to the previous model (cinematch models rollback) and train again.',
    );
  }
  return predicted - (halves[row] as number) / 2;
}

/**
 * Computes the prediction errors of a model on a set of ratings, for each user, and those of plain predictions beside
 * them; with a trial also how good its lists are.
 *
 * @param baseline of the training data of the model; null measures the model only.
 * @param trial what the lists are compared with; null ranks nobody.
 * @throws OperatorError `performance-check-failed` as in `predictionErrors`.
 */
export function performanceOf(
  model: Model,
  ratings: Ratings,
  baseline: Pick<SkillBaseline, 'mean' | 'predict'> | null = null,
  trial: RankingTrial | null = null,
): PerformanceSummary {
  const users = vocabularyOf(ratings.userIds);
  const plain = baseline === null ? null : new Float64Array(ratings.length);
  for (let row = 0; plain !== null && baseline !== null && row < ratings.length; row++) {
    plain[row] = baseline.predict(ratings.userIds[row] as number, ratings.movieIds[row] as number);
  }
  return {
    ...errorSums(users, ratings, predictionErrors(model, ratings).errors, plain, baseline?.mean ?? 0),
    ranking: trial && listScoresOf(model, ratings, users, trial),
  };
}

/**
 * Sums errors by user.
 *
 * @param errors predicted minus actual rating, stars, in the rows of the ratings.
 * @param plain plain predictions, stars, in the same rows; null without a baseline.
 * @param mean the prediction for everything, stars.
 */
export function errorSums(
  users: Vocabulary,
  ratings: Ratings,
  errors: Float64Array,
  plain: Float64Array | null,
  mean: number,
): Omit<PerformanceSummary, 'ranking'> {
  const rows = rowsOf(users, ratings.userIds);
  const counts = new Int32Array(users.size);
  const column = (): Float64Array => new Float64Array(users.size);
  const [squaredErrors, absoluteErrors] = [column(), column()];
  const baseline = { bias: column(), mean: column(), biasAbsolute: column() };
  const add = (to: Float64Array, row: number, value: number): void => {
    to[row] = (to[row] as number) + value;
  };
  for (let i = 0; i < ratings.length; i++) {
    const row = rows[i] as number;
    const error = errors[i] as number;
    counts[row] = (counts[row] as number) + 1;
    add(squaredErrors, row, error * error);
    add(absoluteErrors, row, Math.abs(error));
    if (plain === null) continue;
    const stars = (ratings.halves[i] as number) / 2;
    const ofPlain = (plain[i] as number) - stars;
    add(baseline.bias, row, ofPlain ** 2);
    add(baseline.biasAbsolute, row, Math.abs(ofPlain));
    add(baseline.mean, row, (mean - stars) ** 2);
  }
  return {
    userIds: users.ids,
    counts,
    squaredErrors,
    absoluteErrors,
    baseline: plain && baseline,
  };
}
