/**
 * The probability that at most `most` of several independent events happen, each with its own probability: the
 * cumulative distribution function of the Poisson-binomial distribution, exact up to rounding.
 *
 * @param probabilities each 0 to 1.
 * @param most 0 or more. The time is proportional to the number of events times this.
 * Formula: the recursion of R. E. Barlow and K. D. Heidtmann (1984), Computing k-out-of-n system reliability, IEEE
 * Transactions on Reliability 33, 322–323.
 */
export function poissonBinomialCdf(probabilities: readonly number[], most: number): number {
  // chance[k]: exactly k of the events so far have happened.
  const chance = new Float64Array(most + 1);
  chance[0] = 1;
  for (const p of probabilities) {
    for (let k = most; k > 0; k--) {
      chance[k] = (1 - p) * (chance[k] as number) + p * (chance[k - 1] as number);
    }
    chance[0] = (1 - p) * (chance[0] as number);
  }
  return Math.min(
    1,
    chance.reduce((sum, value) => sum + value, 0),
  );
}
