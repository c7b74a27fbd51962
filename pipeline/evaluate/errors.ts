import { OperatorError } from '../lib/errors.ts';
import type { Model, Strategy } from '../model/model.ts';
import type { PerformanceSummary } from '../ratings/performance.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { type SkillBaseline, skillBaseline } from '../ratings/skill-baseline.ts';
import type { RatingSummary } from '../ratings/summary.ts';
import { rowsOf, vocabularyOf } from '../ratings/vocabulary.ts';
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
 * Computes the errors of a model on a set of ratings and how good its lists are, for each user, beside those of plain
 * predictions and of the most rated movies.
 *
 * @param learned the summary of the training data of the model.
 * @param seen ratings before these, of all their users or of `usersToRank`.
 * @throws OperatorError `performance-check-failed` as in `predictionErrors`.
 */
export function performanceBeside(
  model: Model,
  ratings: Ratings,
  learned: RatingSummary,
  seen: Ratings,
): PerformanceSummary {
  return performanceOf(model, ratings, skillBaseline(learned), { seen, popularity: learned });
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
  baseline: SkillBaseline | null = null,
  trial: RankingTrial | null = null,
): PerformanceSummary {
  const { errors } = predictionErrors(model, ratings);
  const users = vocabularyOf(ratings.userIds);
  const rows = rowsOf(users, ratings.userIds);
  const counts = new Int32Array(users.size);
  const squaredErrors = new Float64Array(users.size);
  const absoluteErrors = new Float64Array(users.size);
  const bias = new Float64Array(users.size);
  const mean = new Float64Array(users.size);
  const biasAbsolute = new Float64Array(users.size);
  for (let i = 0; i < ratings.length; i++) {
    const row = rows[i] as number;
    const error = errors[i] as number;
    counts[row] = (counts[row] as number) + 1;
    squaredErrors[row] = (squaredErrors[row] as number) + error * error;
    absoluteErrors[row] = (absoluteErrors[row] as number) + Math.abs(error);
    if (baseline === null) continue;
    const stars = (ratings.halves[i] as number) / 2;
    const predicted = baseline.predict(ratings.userIds[i] as number, ratings.movieIds[i] as number);
    bias[row] = (bias[row] as number) + (predicted - stars) ** 2;
    biasAbsolute[row] = (biasAbsolute[row] as number) + Math.abs(predicted - stars);
    mean[row] = (mean[row] as number) + (baseline.mean - stars) ** 2;
  }
  return {
    userIds: users.ids,
    counts,
    squaredErrors,
    absoluteErrors,
    baseline: baseline && { bias, mean, biasAbsolute },
    ranking: trial && listScoresOf(model, ratings, users, trial),
  };
}
