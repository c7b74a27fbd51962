/**
 * Sharpness: the mean predictive standard deviation, stars, over the predictions that say how sure they are.
 * Of two models that are equally well calibrated, the one with the smaller deviation says more. Null when no
 * prediction has one.
 *
 * Gneiting, Balabdaoui & Raftery, Probabilistic forecasts, calibration and sharpness, JRSS B 69 (2007).
 *
 * @param deviations stars; NaN where the model cannot say.
 */
export function meanDeviation(deviations: Float64Array): number | null {
  let sum = 0;
  let said = 0;
  for (const deviation of deviations) {
    if (Number.isNaN(deviation)) continue;
    sum += deviation;
    said++;
  }
  return said === 0 ? null : sum / said;
}
