import { studentCritical } from '../math/student-t.ts';

/** What ratings brought that a model had learned in addition: the gain on ratings that came after them. */
export interface CurvePoint {
  /** The additional ratings as a share of those the older model was trained on. */
  readonly newShare: number;
  /** Relative gain. */
  readonly gain: number;
}

export interface ExpectedGain {
  readonly gain: number;
  readonly interval: readonly [number, number];
}

/** With fewer points the uncertainty of the expectation is unknown. */
export const MIN_CURVE_POINTS = 4;
/** Older points are not used. */
export const MAX_CURVE_POINTS = 8;
/** Confidence of the interval of an expected gain. Its lower end has a tenth of the probability below it. */
export const EXPECTATION_CONFIDENCE = 0.8;

/**
 * The gain to expect of learning `newShare` more ratings, by a line through the origin over the points: gain = b · share,
 * b = Σ share·gain / Σ share², with the residual variance of least squares and a Student interval with m − 1 degrees of
 * freedom. The share is limited to the largest of the points, because the curve is concave: a line would promise too
 * much beyond them.
 *
 * @param points the newest first.
 * @returns null with too few points.
 */
export function expectedGain(points: readonly CurvePoint[], newShare: number): ExpectedGain | null {
  const used = points.slice(0, MAX_CURVE_POINTS).filter((point) => point.newShare > 0);
  const count = used.length;
  if (count < MIN_CURVE_POINTS) return null;
  const squares = used.reduce((sum, point) => sum + point.newShare ** 2, 0);
  const slope = used.reduce((sum, point) => sum + point.newShare * point.gain, 0) / squares;
  const residuals = used.reduce((sum, point) => sum + (point.gain - slope * point.newShare) ** 2, 0);
  const share = Math.min(newShare, Math.max(...used.map((point) => point.newShare)));
  const deviation = share * Math.sqrt(residuals / (count - 1) / squares);
  const margin = studentCritical(1 - EXPECTATION_CONFIDENCE, count - 1) * deviation;
  return { gain: slope * share, interval: [slope * share - margin, slope * share + margin] };
}
