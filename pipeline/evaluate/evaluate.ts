import type { OnProgress } from '../lib/progress.ts';
import type { Model } from '../model/model.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { predictionErrors } from './errors.ts';
import type { Evaluation, Metrics } from './evaluation.ts';
import { coverage } from './metrics/coverage.ts';
import { mae } from './metrics/mae.ts';
import { ndcgAt } from './metrics/ndcg.ts';
import { precisionAt } from './metrics/precision.ts';
import { recall } from './metrics/recall.ts';
import { rmse } from './metrics/rmse.ts';
import type { RankedList } from './ranked-list.ts';
import { rankingTask, rankUsers } from './ranking.ts';

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

interface Data {
  /** What the users had rated before: no candidate of their ranking. */
  readonly train: Ratings;
  /** Ratings the model has not seen. */
  readonly test: Ratings;
}

interface Options {
  readonly onProgress?: OnProgress;
}

/**
 * Measures a model on held-out ratings: errors of all predictions, fallbacks included, and top-10 lists over
 * all movies a user had not rated before, relevant being a held-out rating of 4★ or more. For all users, and
 * apart for those the model knows (warm) and those it does not (cold).
 *
 * @throws OperatorError `performance-check-failed` when a prediction is not a number.
 */
export function evaluateModel(model: Model, data: Data, options: Options = {}): Evaluation {
  return evaluateInDetail(model, data, options).evaluation;
}

/** As `evaluateModel`, with the errors and lists behind the figures. */
export function evaluateInDetail(
  model: Model,
  { train, test }: Data,
  { onProgress }: Options = {},
): DetailedEvaluation {
  onProgress?.({ stage: 'predicting', done: 0, total: test.length, unit: 'ratings' });
  const { errors, strategies } = predictionErrors(model, test);
  const task = rankingTask(train, test);
  const lists = rankUsers(model, task, PLACES, onProgress);
  const isWarm = (userId: number): boolean => model.users.rowOf(userId) >= 0;
  const segment = (warm: boolean): Metrics =>
    metricsOf(
      errors.filter((_, row) => isWarm(test.userIds[row] as number) === warm),
      lists.filter(({ userId }) => isWarm(userId) === warm),
      task.catalogue.size,
    );
  const evaluation: Evaluation = {
    ...metricsOf(errors, lists, task.catalogue.size),
    warm: segment(true),
    cold: segment(false),
    strategies,
  };
  return { evaluation, errors, lists };
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
