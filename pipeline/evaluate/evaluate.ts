import type { Config } from '../config.ts';
import type { OnProgress } from '../lib/progress.ts';
import { selectWhere } from '../math/select-where.ts';
import type { Model } from '../model/model.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { predictionErrors } from './errors.ts';
import { type ComparedMetrics, type Evaluation, marginOf, type SegmentMetrics } from './evaluation.ts';
import { type DetailedResults, type ModelResults, measure } from './metric.ts';
import { LIST_LENGTH, METRICS } from './metric-catalogue.ts';
import { COMPARED_METRICS, LIST_METRICS, metricsBy, REPORTED_METRICS } from './metric-names.ts';
import { evaluateInOrder } from './prequential.ts';
import type { RankedList } from './ranked-list.ts';
import { type RankingTask, rankingTask, rankUsers, rankUsersNonPersonalised } from './ranking.ts';
import { sampleMargin } from './sample-margin.ts';

/** An evaluation with its errors and lists, so that two models can be compared user by user. */
export interface DetailedEvaluation extends Pick<ModelResults, 'errors' | 'lists'> {
  readonly evaluation: Evaluation;
}

/** The ratings for an evaluation. */
export interface EvaluationData {
  /** Earlier ratings. They are excluded from the ranking candidates of their users. */
  readonly train: Ratings;
  /** Ratings that the model was not trained on. */
  readonly test: Ratings;
  /** `rankingTask(train, test)`, to compute it once for several models, or to rank a sample. @default ranks everyone */
  readonly task?: RankingTask;
}

export interface EvaluationOptions {
  /**
   * The model ranks movies in the same order for all users, so the movies are sorted only once.
   *
   * @default false
   */
  readonly isNonPersonalised?: boolean;
  /** Also evaluates in the order of time, as `evaluateInOrder` describes. @default not */
  readonly inOrder?: (Config['evaluate'] & { readonly seed: number }) | undefined;
  readonly onProgress?: OnProgress;
}

/**
 * Evaluates a model on held-out ratings: errors and uncertainty of all predictions, including fallbacks, and top-10
 * lists over all movies that a user had not rated before. A movie is relevant with a held-out rating of 4★ or more. The
 * metrics are computed for all users, for users the model knows (warm) and for unknown users (cold). When the task has a
 * sample of the users, the ranking metrics come with their margins.
 *
 * @throws OperatorError `performance-check-failed` when a prediction is not a number.
 */
export function evaluateModel(
  model: Model,
  data: EvaluationData,
  options: EvaluationOptions = {},
): Evaluation {
  return evaluateInDetail(model, data, options).evaluation;
}

/** Like `evaluateModel`, with the errors and lists. */
export function evaluateInDetail(
  model: Model,
  { train, test, task = rankingTask(train, test) }: EvaluationData,
  { isNonPersonalised = false, inOrder, onProgress }: EvaluationOptions = {},
): DetailedEvaluation {
  onProgress?.({ stage: 'predicting', done: 0, total: test.length, unit: 'ratings' });
  const { errors, deviations, strategies } = predictionErrors(model, test);
  const lists = isNonPersonalised
    ? rankUsersNonPersonalised(model, task, LIST_LENGTH)
    : rankUsers(model, task, LIST_LENGTH, onProgress);
  const { everyone } = task;
  const isSample = task.users.size < everyone.size;
  const shared = { candidates: task.catalogue.size, popularity: task.popularity };
  const isWarm = (userId: number): boolean => model.users.rowOf(userId) >= 0;
  const segment = (warm: boolean): SegmentMetrics => {
    const isIn = (userId: number): boolean => isWarm(userId) === warm;
    const isOfUser = (row: number): boolean => isIn(test.userIds[row] as number);
    return segmentMetrics(
      {
        errors: selectWhere(errors, isOfUser),
        deviations: selectWhere(deviations, isOfUser),
        lists: lists.filter(({ userId }) => isIn(userId)),
        ...shared,
      },
      isSample ? everyone.ids.reduce((count, userId) => count + Number(isIn(userId)), 0) : null,
    );
  };
  const evaluation: Evaluation = {
    ...segmentMetrics({ errors, deviations, lists, ...shared }, isSample ? everyone.size : null),
    warm: segment(true),
    cold: segment(false),
    strategies,
    ...(inOrder && { prequential: evaluateInOrder(model, { train, test }, { ...inOrder, onProgress }) }),
  };
  return { evaluation, errors, lists };
}

/** @param rankable number of users with a relevant movie when the lists are of a sample of them; null otherwise. */
function segmentMetrics(results: DetailedResults, rankable: number | null): SegmentMetrics {
  return {
    ...comparedMetrics(results),
    ...metricsBy(REPORTED_METRICS, (name) => measure(METRICS[name].formula, results)),
    intervals: results.deviations.reduce((count, deviation) => count + (Number.isNaN(deviation) ? 0 : 1), 0),
    rankable,
    ...metricsBy(LIST_METRICS.map(marginOf), () => null),
    ...(rankable === null ? {} : margins(results.lists, rankable)),
  };
}

function margins(lists: readonly RankedList[], rankable: number): Partial<SegmentMetrics> {
  return Object.fromEntries(
    LIST_METRICS.map((name) => [
      marginOf(name),
      sampleMargin(Float64Array.from(lists, METRICS[name].formula.each), rankable),
    ]),
  );
}

/** The metrics that models are compared by, for all users or some. */
export function comparedMetrics(results: ModelResults): ComparedMetrics {
  return {
    ...metricsBy(COMPARED_METRICS, (name) => measure<ModelResults>(METRICS[name].formula, results)),
    ratings: results.errors.length,
    rankedUsers: results.lists.length,
  };
}
