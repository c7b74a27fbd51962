import type { OnProgress } from '../lib/progress.ts';
import type { Model } from '../model/model.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { predictionErrors } from './errors.ts';
import type { Evaluation, Metrics, SegmentMetrics } from './evaluation.ts';
import { calibration } from './metrics/calibration.ts';
import { coverage } from './metrics/coverage.ts';
import { mae } from './metrics/mae.ts';
import { meanDeviation } from './metrics/mean-deviation.ts';
import { ndcgAt } from './metrics/ndcg.ts';
import { novelty } from './metrics/novelty.ts';
import { popularityLift } from './metrics/popularity-lift.ts';
import { precisionAt } from './metrics/precision.ts';
import { recall } from './metrics/recall.ts';
import { rmse } from './metrics/rmse.ts';
import type { RankedList } from './ranked-list.ts';
import { type RankingTask, rankingTask, rankUsers, rankUsersAlike } from './ranking.ts';

/** Places of a list. The metrics carry it in their names. */
const PLACES = 10;

/** An evaluation with what it was computed from, so that two models can be compared user by user. */
export interface DetailedEvaluation {
  readonly evaluation: Evaluation;
  /** Predicted minus given for every held-out rating, stars. */
  readonly errors: Float64Array;
  /** One list for each ranked user, users ascending. */
  readonly lists: readonly RankedList[];
}

/** What a model is measured on. */
export interface Trial {
  /** What the users had rated before: no candidate of their ranking. */
  readonly train: Ratings;
  /** Ratings the model has not seen. */
  readonly test: Ratings;
  /** `rankingTask(train, test)`, for those who measure several models on the same ratings. */
  readonly task?: RankingTask;
}

interface Options {
  /**
   * The model ranks movies alike for everyone, so that ordering them once will do.
   *
   * @default false
   */
  readonly ranksAlike?: boolean;
  readonly onProgress?: OnProgress;
}

/**
 * Measures a model on held-out ratings: errors and certainty of all predictions, fallbacks included, and top-10
 * lists over all movies a user had not rated before, relevant being a held-out rating of 4★ or more. For all
 * users, and apart for those the model knows (warm) and those it does not (cold).
 *
 * @throws OperatorError `performance-check-failed` when a prediction is not a number.
 */
export function evaluateModel(model: Model, trial: Trial, options: Options = {}): Evaluation {
  return evaluateInDetail(model, trial, options).evaluation;
}

/** As `evaluateModel`, with the errors and lists behind the figures. */
export function evaluateInDetail(
  model: Model,
  { train, test, task = rankingTask(train, test) }: Trial,
  { ranksAlike = false, onProgress }: Options = {},
): DetailedEvaluation {
  onProgress?.({ stage: 'predicting', done: 0, total: test.length, unit: 'ratings' });
  const { errors, deviations, strategies } = predictionErrors(model, test);
  const lists = ranksAlike ? rankUsersAlike(model, task, PLACES) : rankUsers(model, task, PLACES, onProgress);
  const isWarm = (userId: number): boolean => model.users.rowOf(userId) >= 0;
  const segment = (warm: boolean): SegmentMetrics => {
    const isIn = (_: number, row: number): boolean => isWarm(test.userIds[row] as number) === warm;
    return segmentMetrics(
      {
        errors: errors.filter(isIn),
        deviations: deviations.filter(isIn),
        lists: lists.filter(({ userId }) => isWarm(userId) === warm),
      },
      task,
    );
  };
  const evaluation: Evaluation = {
    ...segmentMetrics({ errors, deviations, lists }, task),
    warm: segment(true),
    cold: segment(false),
    strategies,
  };
  return { evaluation, errors, lists };
}

function segmentMetrics(
  {
    errors,
    deviations,
    lists,
  }: {
    readonly errors: Float64Array;
    readonly deviations: Float64Array;
    readonly lists: readonly RankedList[];
  },
  { catalogue, popularity }: RankingTask,
): SegmentMetrics {
  return {
    ...metricsOf(errors, lists, catalogue.size),
    novelty: novelty(lists, popularity),
    popularityLift: popularityLift(lists, popularity),
    calibration: calibration(errors, deviations),
    meanDeviation: meanDeviation(deviations),
    intervals: deviations.reduce((count, deviation) => count + (Number.isNaN(deviation) ? 0 : 1), 0),
  };
}

/** What errors and lists come to, those of all users or of some. `candidates` is the size of the catalogue. */
export function metricsOf(errors: Float64Array, lists: readonly RankedList[], candidates: number): Metrics {
  return {
    rmse: rmse(errors),
    mae: mae(errors),
    precisionAt10: meanOver(lists, (list) => precisionAt(PLACES, list)),
    recallAt10: meanOver(lists, recall),
    ndcgAt10: meanOver(lists, (list) => ndcgAt(PLACES, list)),
    coverage: coverage(candidates, lists),
    ratings: errors.length,
    rankedUsers: lists.length,
  };
}

/** The mean over users, null when there are none. */
function meanOver(lists: readonly RankedList[], metric: (list: RankedList) => number): number | null {
  if (lists.length === 0) return null;
  return lists.reduce((sum, list) => sum + metric(list), 0) / lists.length;
}
