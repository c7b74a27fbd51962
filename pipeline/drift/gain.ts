import { studentCritical } from '../math/student-t.ts';
import { ratioOverUsers, ratioSums } from './estimate.ts';

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

/** The gain and its variance from the ratio of sums and its variance. */
const FINISH: Readonly<
  Record<GainMetric, (ratio: number, variance: number) => readonly [gain: number, variance: number]>
> = {
  rmse: (ratio, variance) => [1 - Math.sqrt(ratio), variance / (4 * ratio)],
  ndcgAt10: (ratio, variance) => [ratio - 1, variance],
};

/**
 * The gain in a metric from its part of each user, the users being the observations. With the parts x_u of the newer and
 * n_u of the older model, r = Σx/Σn has the variance of a ratio over users, and the gain is 1 − √r for RMSE, whose parts
 * are sums of squared errors (variance by the delta method: var(r)/(4r)), and r − 1 for NDCG@10.
 *
 * @param metric the metric of both models, and the confidence of the interval, 0 to 1.
 */
export function gainOf(
  name: GainMetric,
  older: Float64Array,
  newer: Float64Array,
  metric: { readonly before: number | null; readonly after: number | null; readonly confidence: number },
): MetricGain | null {
  const sums = ratioSums(newer, older);
  const { before, after, confidence } = metric;
  if (before === null || after === null || sums.n === 0 || sums.x === 0) return null;
  const ratio = ratioOverUsers(newer.length, sums, 'alike');
  const [gain, variance] = FINISH[name](ratio.value, ratio.variance);
  if (!Number.isFinite(variance)) return { before, after, gain, interval: null };
  const margin = studentCritical(1 - confidence, ratio.df) * Math.sqrt(variance);
  return { before, after, gain, interval: [gain - margin, gain + margin] };
}
