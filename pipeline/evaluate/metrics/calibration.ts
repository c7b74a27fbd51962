/** The standard normal quantile at 0.9: 80% of the distribution lies within this many deviations of its mean. */
const CENTRAL_80 = 1.2815515655446004;

/**
 * Calibration of predictive distributions: the share of held-out ratings inside the central 80% interval of their
 * prediction, rating ± 1.2816 · deviation, ends included. Only predictions with a deviation count. 0.8 is calibrated,
 * less is overconfident, more is underconfident. Ratings have half-star steps, so a good model may differ from 0.8 a
 * little. Null when no prediction has a deviation.
 *
 * Gneiting, Balabdaoui & Raftery, Probabilistic forecasts, calibration and sharpness, JRSS B 69 (2007).
 *
 * @param errors predicted minus actual rating, stars.
 * @param deviations of the same predictions, stars; NaN where the model gives none.
 */
export function calibration(errors: Float64Array, deviations: Float64Array): number | null {
  let inside = 0;
  let counted = 0;
  for (let row = 0; row < errors.length; row++) {
    const deviation = deviations[row] as number;
    if (Number.isNaN(deviation)) continue;
    counted++;
    if (Math.abs(errors[row] as number) <= CENTRAL_80 * deviation) inside++;
  }
  return counted === 0 ? null : inside / counted;
}
