import { chiSquareUpper, fisherUpper } from '../math/fisher-f.ts';
import { studentCritical, studentTwoSided } from '../math/student-t.ts';
import { type Estimate, sumOfUncertainties, type Uncertainty } from './estimate.ts';
import { MIN_PAST_WINDOWS } from './past-windows.ts';

/** The effect in a past window, and the part of its sampling variance that comes from the window's own users. */
export interface PastEffect {
  readonly effect: number;
  readonly variance: number;
}

/** Probability that a jump between two ordinary windows is taken for a break. */
const BREAK_ERROR_RATE = 0.05;
/** Probability that ordinary past windows are taken for windows that had left the rest of the training data. */
const LEVEL_ERROR_RATE = 0.01;

/** Probability that windows which differ only by the sampling of users seem to differ by more. */
const BETWEEN_ERROR_RATE = 0.01;

/** Probability that ordinary windows seem to have a trend. A trend that is missed only widens intervals. */
const TREND_ERROR_RATE = 0.1;

/** How much consecutive windows vary about their level, and which of them show the present level. */
interface Variation extends Uncertainty {
  /** Number of the newest windows that are at the present level: all of them, unless the level moves or jumped. */
  readonly atLevel: number;
}

/**
 * The variance of consecutive numbers about their level.
 *
 * When they have no trend, it is the variance about their mean. When they do, it is half the mean square of the
 * differences of neighbours, to which a trend adds only the square of one step. The degrees of freedom are those of as
 * many independent squares with the same variance: 2n² / (3n − 1) for n differences. Then the newest third are the present
 * level. A single jump, as when a site introduces half stars, is left out (`breakAmong`), and the level begins after it.
 *
 * @param values at least four, oldest first.
 * Formula: J. von Neumann, R. H. Kent, H. R. Bellinson and B. I. Hart (1941), The mean square successive difference,
 * Annals of Mathematical Statistics 12, 153–162.
 */
export function variationOf(values: readonly number[]): Variation {
  const count = values.length;
  const differences = values.slice(1).map((value, index) => value - (values[index] as number));
  const jump = breakAmong(differences);
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  if (jump === null && !hasTrend(count, variance, differences)) {
    return { variance, df: count - 1, atLevel: count };
  }
  const kept = differences.filter((_, index) => jump === null || index < jump.from || index >= jump.to);
  const n = kept.length;
  return {
    variance: meanSquare(kept) / 2,
    df: (2 * n ** 2) / (3 * n - 1),
    atLevel: Math.min(Math.ceil(count / 3), count - (jump?.to ?? 0)),
  };
}

/**
 * Whether neighbours differ less than their variance about a common mean lets expect. Without a trend, half the ratio of
 * the mean square difference to the variance is about 1 with variance (m − 2) / (m² − 1) for m numbers.
 *
 * Formula: L. C. Young (1941), On randomness in ordered sequences, Annals of Mathematical Statistics 12, 293–300.
 */
function hasTrend(count: number, variance: number, differences: readonly number[]): boolean {
  if (variance === 0) return false;
  const ratio = (meanSquare(differences) * differences.length) / (2 * variance * (count - 1));
  const score = (1 - ratio) / Math.sqrt((count - 2) / (count ** 2 - 1));
  return score > studentCritical(2 * TREND_ERROR_RATE, Number.POSITIVE_INFINITY);
}

/**
 * The one or two differences that a break of the level explains: one when it lies between two windows, two of the same
 * sign when it lies inside a window. It is a break when their mean square is too large, compared with that of the others,
 * for the most extreme of all such places.
 *
 * Formula: W. G. Cochran (1941), The distribution of the largest of a set of estimated variances as a fraction of their
 * total, Annals of Eugenics 11, 47–52, as an F test with Bonferroni's correction.
 *
 * @returns the positions of the differences, or null without a break.
 */
export function breakAmong(differences: readonly number[]): { from: number; to: number } | null {
  const candidates = differences.flatMap((difference, from) => {
    const next = differences[from + 1];
    const one = { from, to: from + 1 };
    return next !== undefined && difference * next > 0 ? [one, { from, to: from + 2 }] : [one];
  });
  let smallest = BREAK_ERROR_RATE / candidates.length;
  let found: { from: number; to: number } | null = null;
  for (const { from, to } of candidates) {
    const inside = differences.slice(from, to);
    const others = [...differences.slice(0, from), ...differences.slice(to)];
    const n = others.length;
    if (n < 2 || meanSquare(inside) === 0) continue;
    const p = fisherUpper(meanSquare(inside) / meanSquare(others), inside.length, (2 * n ** 2) / (3 * n - 1));
    if (p >= smallest) continue;
    smallest = p;
    found = { from, to };
  }
  return found;
}

const meanSquare = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value ** 2, 0) / values.length;

/**
 * The variance of effects between past windows that the sampling of users does not explain: their variance about their
 * level, minus the mean of their sampling variances. It is 0 unless the windows differ by more than sampling explains, by
 * a test of homogeneity: df times the ratio of the two variances is about χ² with df degrees of freedom.
 *
 * A few windows measure this variance badly. Without the test, one that is 0 is taken for half the sampling variance at
 * many a site, and doubles the smallest shift that is found there.
 *
 * Formula: the moment estimate of R. DerSimonian and N. Laird (1986), Controlled Clinical Trials 7, 177–188, with equal
 * weights; the test by W. G. Cochran (1954), The combination of estimates from different experiments, Biometrics 10,
 * 101–129. Estimates after such a test: T. A. Bancroft (1944), Annals of Mathematical Statistics 15, 190–204.
 */
export function betweenWindows(past: readonly PastEffect[]): Variation {
  if (past.length < MIN_PAST_WINDOWS) return { variance: 0, df: 1, atLevel: past.length };
  const { variance, df, atLevel } = variationOf(past.map(({ effect }) => effect));
  const sampling = past.reduce((sum, one) => sum + one.variance, 0) / past.length;
  const isSampling =
    variance <= sampling || chiSquareUpper((df * variance) / sampling, df) > BETWEEN_ERROR_RATE;
  return { variance: isSampling ? 0 : variance - sampling, df, atLevel };
}

/** The present level of these numbers, which are in order of time, and its uncertainty as a forecast of one more. */
export function forecast(values: readonly number[]): Estimate {
  const { variance, df, atLevel } = variationOf(values);
  const mean = values.slice(-atLevel).reduce((sum, one) => sum + one, 0) / atLevel;
  return { value: mean, variance: variance * (1 + 1 / atLevel), df };
}

/**
 * The present level of the effects of past windows.
 *
 * @param between the variation of these windows, by `betweenWindows`.
 */
export function recentLevel(past: readonly PastEffect[], between: Variation): Estimate {
  const count = between.atLevel;
  const newest = past.slice(-count);
  const mean = newest.reduce((sum, { effect }) => sum + effect, 0) / count;
  const sampling = newest.reduce((sum, { variance }) => sum + variance, 0) / count ** 2;
  const uncertainty = sumOfUncertainties([
    { variance: sampling, df: Number.POSITIVE_INFINITY },
    { variance: between.variance / count, df: between.df },
  ]);
  return { value: mean, ...(uncertainty as Uncertainty) };
}

/**
 * Whether a level is known to differ from the mean of the training data.
 *
 * @param reference the uncertainty of the mean of the training data.
 * @param comparisons number of levels of which this may be the most extreme.
 */
export function isDeparted(level: Estimate, reference: Uncertainty, comparisons = 1): boolean {
  const spread = sumOfUncertainties([level, reference]);
  if (spread === null || level.value === 0) return false;
  return (
    comparisons * studentTwoSided(level.value / Math.sqrt(spread.variance), spread.df) < LEVEL_ERROR_RATE
  );
}
