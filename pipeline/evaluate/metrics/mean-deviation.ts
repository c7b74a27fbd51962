/**
 * Sharpness: the mean standard deviation of predictions, stars, over predictions that have one. Of two equally
 * calibrated models, the one with the smaller deviation is more informative. Null when no prediction has a deviation.
 *
 * Gneiting, Balabdaoui & Raftery, Probabilistic forecasts, calibration and sharpness, JRSS B 69 (2007).
 *
 * @param deviations stars; NaN where the model gives none.
 */
export function meanDeviation(deviations: Float64Array): number | null {
  let sum = 0;
  let counted = 0;
  for (const deviation of deviations) {
    if (Number.isNaN(deviation)) continue;
    sum += deviation;
    counted++;
  }
  return counted === 0 ? null : sum / counted;
}
