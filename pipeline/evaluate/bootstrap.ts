import { quantileSorted } from 'simple-statistics';
import { seededRandom } from '../lib/random.ts';

/**
 * Computes the percentile bootstrap interval of a statistic, with users as the resampling unit. Ratings of one user are
 * correlated, so resampling single ratings would make intervals too narrow. Differences stay paired: a resample
 * contains a user's values for both models.
 *
 * Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapter 13; Field & Welsh, Bootstrapping
 * Clustered Data, JRSS B 69 (2007), for clusters.
 *
 * @param users number of users; at least 1.
 * @param statistic of a sample, given as user positions with repeats.
 * @returns the ends of the central interval.
 */
export function bootstrapInterval(
  users: number,
  statistic: (sample: Int32Array) => number,
  {
    confidence,
    resamples,
    seed,
  }: { readonly confidence: number; readonly resamples: number; readonly seed: number },
): readonly [number, number] {
  const random = seededRandom(seed);
  const sample = new Int32Array(users);
  const values = Float64Array.from({ length: resamples }, () => {
    for (let i = 0; i < users; i++) sample[i] = Math.floor(random() * users);
    return statistic(sample);
  }).sort();
  const tail = (1 - confidence) / 2;
  const sorted = Array.from(values);
  return [quantileSorted(sorted, tail), quantileSorted(sorted, 1 - tail)];
}
