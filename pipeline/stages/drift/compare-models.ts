import type { Config } from '../../config.ts';
import { type Gain, gainOf } from '../../drift/gain.ts';
import { type DetailedEvaluation, evaluateInDetail } from '../../evaluate/evaluate.ts';
import type { Evaluation } from '../../evaluate/evaluation.ts';
import { METRICS } from '../../evaluate/metric-catalogue.ts';
import type { RankedList } from '../../evaluate/ranked-list.ts';
import { rankingTask } from '../../evaluate/ranking.ts';
import type { Model } from '../../model/model.ts';
import type { Ratings } from '../../ratings/ratings.ts';
import { vocabularyOf } from '../../ratings/vocabulary.ts';

/** What a gain is computed from. */
export interface ScoredRatings extends Pick<DetailedEvaluation, 'errors' | 'lists'> {
  readonly evaluation: Pick<Evaluation, 'rmse' | 'ndcgAt10'>;
}

interface Comparing {
  readonly evaluate: Config['evaluate'];
  /** Of the intervals, 0 to 1. */
  readonly confidence: number;
}

/**
 * The paired gain of a newer model over an older one on ratings that neither was trained on.
 *
 * @param data.seen all ratings before `batch`. Users are not recommended what they had rated.
 */
export function measureGain(
  { older, newer }: { readonly older: Model; readonly newer: Model },
  data: { readonly seen: Ratings; readonly batch: Ratings } & Comparing,
): Gain {
  const { seen, batch, evaluate, confidence } = data;
  const score = scorerOf(seen, batch, evaluate);
  return gainBetween(score(older), score(newer), batch, confidence);
}

/** Scores models on ratings that none of them was trained on. The ranking task is built once for all. */
export function scorerOf(
  seen: Ratings,
  batch: Ratings,
  evaluate: Config['evaluate'],
): (model: Model) => DetailedEvaluation {
  const trial = { train: seen, test: batch, task: rankingTask(seen, batch, evaluate) };
  return (model) => evaluateInDetail(model, trial);
}

/**
 * The paired gain between two evaluations of the same ratings.
 *
 * @param batch the ratings, in the order of the errors.
 */
export function gainBetween(
  before: ScoredRatings,
  after: ScoredRatings,
  batch: Ratings,
  confidence: number,
): Gain {
  const users = vocabularyOf(batch.userIds);
  const squares = (errors: Float64Array): Float64Array => {
    const sums = new Float64Array(users.size);
    errors.forEach((error, row) => {
      const user = users.rowOf(batch.userIds[row] as number);
      sums[user] = (sums[user] as number) + error * error;
    });
    return sums;
  };
  const ndcg = (lists: readonly RankedList[]): Float64Array =>
    Float64Array.from(lists, METRICS.ndcgAt10.formula.each);
  return {
    ratings: batch.length,
    users: users.size,
    rmse: gainOf('rmse', squares(before.errors), squares(after.errors), {
      before: before.evaluation.rmse,
      after: after.evaluation.rmse,
      confidence,
    }),
    ndcgAt10: gainOf('ndcgAt10', ndcg(before.lists), ndcg(after.lists), {
      before: before.evaluation.ndcgAt10,
      after: after.evaluation.ndcgAt10,
      confidence,
    }),
  };
}
