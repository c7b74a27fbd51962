import { studentCritical, studentTwoSided } from '../math/student-t.ts';
import type { Spread } from './measurement.ts';
import type { DriftEvidence } from './signal.ts';

/**
 * Probability that the evidence of any signal ever reaches its bar without a change while one champion serves: at most one
 * false alarm in a year of weekly checks, even when every week has a new champion.
 */
const ERROR_RATE = 1 / 52;

/** More evidence is not told apart, so that it can be stored and drawn. */
const LARGEST = 1e9;

/** The smallest p-value that is told from 0. */
const SMALLEST_P = 1e-300;

/** The evidence at which a signal is drift, for so many signals together (Bonferroni). */
export const evidenceBar = (signals: number): number => signals / ERROR_RATE;

/** Whether evidence has reached its bar over several batches. One batch alone is judged by its threshold. */
export const hasAddedUp = ({ value, bar, batches }: DriftEvidence): boolean => batches > 1 && value >= bar;

/**
 * How much more likely the effect in all batches since the training is under a change than under none: the likelihood of
 * the effect when it varies about 0 by `scale` and by its own uncertainty, divided by its likelihood when it varies by its
 * own uncertainty alone,
 *
 *   √(V / (V + s²)) · exp(z²/2 · s² / (V + s²)),
 *
 * and twice the part of it for a rise when only a rise counts. Without a change it is a martingale in the batches with
 * mean 1, so that the probability that it ever reaches a bar b is at most 1/b (Ville's inequality), whenever and however
 * often one looks.
 *
 * V is the variance of the effect of the whole buffer: what the window, the reference, and the variation between batches
 * add. The reference is the same for every batch and does not average out. Effects of growing buffers have the covariance
 * of the larger buffer's variance (C. Jennison and B. W. Turnbull (2000), Group Sequential Methods, chapter 11), so the
 * ratio for the whole buffer is that of all batches together, and no state is kept. z is the normal score of the effect's
 * p-value, because V is estimated from few users.
 *
 * Formula: H. Robbins (1970), Statistical methods related to the law of the iterated logarithm, Annals of Mathematical
 * Statistics 41, 1397–1409; S. R. Howard, A. Ramdas, J. McAuliffe and J. Sekhon (2021), Time-uniform, nonparametric,
 * nonasymptotic confidence sequences, Annals of Statistics 49, 1055–1080, section 3.2 (normal mixture). The evidence of
 * the most extreme of m candidates is divided by m, because the mean of e-values is an e-value.
 *
 * @param scale the size of a change that matters: the threshold.
 */
export function evidenceOf(
  input: {
    readonly effect: number;
    readonly spread: Spread;
    readonly scale: number;
    readonly onlyGrowth: boolean;
  },
  batches: number,
  signals: number,
): DriftEvidence {
  const { effect, spread, scale, onlyGrowth } = input;
  const bar = evidenceBar(signals);
  const { variance, df, comparisons } = spread;
  if (variance === 0)
    return { value: effect === 0 || (onlyGrowth && effect < 0) ? 0 : LARGEST, bar, batches };
  const p = studentTwoSided(effect / Math.sqrt(variance), df);
  const z = p >= 1 ? 0 : studentCritical(Math.max(p, SMALLEST_P), Number.POSITIVE_INFINITY);
  const explained = scale ** 2 / (variance + scale ** 2);
  const side = onlyGrowth ? 2 * normalBelow(Math.sign(effect) * z * Math.sqrt(explained)) : 1;
  const logarithm = 0.5 * Math.log1p(-explained) + 0.5 * z ** 2 * explained - Math.log(comparisons);
  return { value: Math.min(LARGEST, side * Math.exp(logarithm)), bar, batches };
}

/** The probability that a standard normal variable is below z. */
function normalBelow(z: number): number {
  const beyond = studentTwoSided(z, Number.POSITIVE_INFINITY) / 2;
  return z > 0 ? 1 - beyond : beyond;
}
