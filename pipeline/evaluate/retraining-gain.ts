import { ratioOverUsers } from '../drift/estimate.ts';
import { studentCritical } from '../math/student-t.ts';
import type { Model } from '../model/model.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { vocabularyOf } from '../ratings/vocabulary.ts';
import { evaluateInDetail } from './evaluate.ts';
import { METRICS } from './metric-catalogue.ts';
import type { RankedList } from './ranked-list.ts';
import { rankingTask } from './ranking.ts';

/** The metrics in which a gain is measured. */
export const GAIN_METRICS = ['rmse', 'ndcgAt10'] as const;
export type GainMetric = (typeof GAIN_METRICS)[number];

/** How much better one model is than another on the same ratings, in one metric. */
export interface MetricGain {
  /** The metric of the older model: stars, or 0 to 1. */
  readonly before: number;
  /** The metric of the newer model. */
  readonly after: number;
  /** Relative to `before`, positive when the newer model is better. */
  readonly gain: number;
  /** Confidence interval of the gain over users; null with fewer than two users. */
  readonly interval: readonly [number, number] | null;
}

/** A gain on a set of ratings. A metric is null where the ratings do not define it. */
export interface Gain extends Readonly<Record<GainMetric, MetricGain | null>> {
  readonly ratings: number;
  readonly users: number;
}

/**
 * The paired gain of a newer model over an older one on ratings that neither was trained on. Users are the observations:
 * with the sums x_u of the newer and n_u of the older model, r = Σx/Σn has the variance of a ratio over users.
 *
 * - RMSE: x and n are squared errors, the gain is 1 − √r, its variance var(r)/(4r) by the delta method;
 * - NDCG@10: x and n are the user's NDCG, the gain is r − 1.
 *
 * @param data.seen all ratings before `batch`. Users are not recommended what they had rated.
 * @param data.confidence of the intervals, 0 to 1.
 */
export function measureGain(
  { older, newer }: { readonly older: Model; readonly newer: Model },
  data: { readonly seen: Ratings; readonly batch: Ratings; readonly confidence: number },
): Gain {
  const { seen, batch, confidence } = data;
  const trial = { train: seen, test: batch, task: rankingTask(seen, batch) };
  const before = evaluateInDetail(older, trial);
  const after = evaluateInDetail(newer, trial);
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
    rmse: gainOf(
      squares(before.errors),
      squares(after.errors),
      (ratio, variance) => ({ gain: 1 - Math.sqrt(ratio), variance: variance / (4 * ratio) }),
      { before: before.evaluation.rmse, after: after.evaluation.rmse, confidence },
    ),
    ndcgAt10: gainOf(
      ndcg(before.lists),
      ndcg(after.lists),
      (ratio, variance) => ({ gain: ratio - 1, variance }),
      { before: before.evaluation.ndcgAt10, after: after.evaluation.ndcgAt10, confidence },
    ),
  };
}

function gainOf(
  older: Float64Array,
  newer: Float64Array,
  finish: (ratio: number, variance: number) => { readonly gain: number; readonly variance: number },
  metric: { readonly before: number | null; readonly after: number | null; readonly confidence: number },
): MetricGain | null {
  let [x, n, xx, xn, nn] = [0, 0, 0, 0, 0];
  newer.forEach((value, user) => {
    const base = older[user] as number;
    x += value;
    n += base;
    xx += value * value;
    xn += value * base;
    nn += base * base;
  });
  const { before, after, confidence } = metric;
  if (before === null || after === null || n === 0 || x === 0) return null;
  const ratio = ratioOverUsers(newer.length, { x, n, xx, xn, nn });
  const { gain, variance } = finish(ratio.value, ratio.variance);
  if (!Number.isFinite(variance)) return { before, after, gain, interval: null };
  const margin = studentCritical(1 - confidence, ratio.df) * Math.sqrt(variance);
  return { before, after, gain, interval: [gain - margin, gain + margin] };
}
