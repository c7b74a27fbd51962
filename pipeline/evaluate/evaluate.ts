import type { OnProgress } from '../lib/progress.ts';
import type { Model } from '../model/model.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { predictionErrors } from './errors.ts';
import type { ComparedMetrics, Evaluation, SegmentMetrics } from './evaluation.ts';
import { type Answers, type DetailedAnswers, measure } from './metric.ts';
import { METRICS, PLACES } from './metric-catalogue.ts';
import { COMPARED_METRICS, metricsBy, REPORTED_METRICS } from './metric-names.ts';
import { type RankingTask, rankingTask, rankUsers, rankUsersAlike } from './ranking.ts';

/** An evaluation with what it was computed from, so that two models can be compared user by user. */
export interface DetailedEvaluation extends Pick<Answers, 'errors' | 'lists'> {
  readonly evaluation: Evaluation;
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
  const shared = { candidates: task.catalogue.size, popularity: task.popularity };
  const isWarm = (userId: number): boolean => model.users.rowOf(userId) >= 0;
  const segment = (warm: boolean): SegmentMetrics => {
    const isIn = (_: number, row: number): boolean => isWarm(test.userIds[row] as number) === warm;
    return segmentMetrics({
      errors: errors.filter(isIn),
      deviations: deviations.filter(isIn),
      lists: lists.filter(({ userId }) => isWarm(userId) === warm),
      ...shared,
    });
  };
  const evaluation: Evaluation = {
    ...segmentMetrics({ errors, deviations, lists, ...shared }),
    warm: segment(true),
    cold: segment(false),
    strategies,
  };
  return { evaluation, errors, lists };
}

function segmentMetrics(answers: DetailedAnswers): SegmentMetrics {
  return {
    ...comparedMetrics(answers),
    ...metricsBy(REPORTED_METRICS, (name) => measure(METRICS[name].formula, answers)),
    intervals: answers.deviations.reduce((count, deviation) => count + (Number.isNaN(deviation) ? 0 : 1), 0),
  };
}

/** The metrics that models are compared by, of all users or of some. */
export function comparedMetrics(answers: Answers): ComparedMetrics {
  return {
    ...metricsBy(COMPARED_METRICS, (name) => measure<Answers>(METRICS[name].formula, answers)),
    ratings: answers.errors.length,
    rankedUsers: answers.lists.length,
  };
}
