import { expect, test } from 'vitest';
import { poissonBinomialCdf } from '../../pipeline/math/poisson-binomial.ts';

/** The sum over all outcomes with at most `most` events. */
function byEnumeration(probabilities: readonly number[], most: number): number {
  let sum = 0;
  for (let outcome = 0; outcome < 2 ** probabilities.length; outcome++) {
    const happens = probabilities.map((_, event) => (outcome >> event) % 2 === 1);
    if (happens.filter(Boolean).length > most) continue;
    sum += probabilities.reduce((product, p, event) => product * (happens[event] === true ? p : 1 - p), 1);
  }
  return sum;
}

test('the probability is the sum over all outcomes', () => {
  const probabilities = [0.1, 0.9, 0.35, 0.5, 0.02, 1, 0, 0.77];
  for (let most = 0; most <= probabilities.length; most++) {
    expect(poissonBinomialCdf(probabilities, most)).toBeCloseTo(byEnumeration(probabilities, most), 14);
  }
});

// (1 − p)^n for none, and C(5, 0) / 2^5 + C(5, 1) / 2^5 = 6/32 for at most one of five coins.
test('equal probabilities give the binomial distribution', () => {
  expect(
    poissonBinomialCdf(
      Array.from({ length: 120 }, () => 0.38),
      0,
    ),
  ).toBeCloseTo(0.62 ** 120, 35);
  expect(poissonBinomialCdf([0.5, 0.5, 0.5, 0.5, 0.5], 1)).toBe(6 / 32);
});

test('nothing can happen without events', () => {
  expect(poissonBinomialCdf([], 0)).toBe(1);
});
