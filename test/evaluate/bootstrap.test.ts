import { mean, sampleStandardDeviation } from 'simple-statistics';
import { expect, test } from 'vitest';
import { bootstrapInterval } from '../../pipeline/evaluate/bootstrap.ts';
import { normal, seededRandom } from '../../pipeline/lib/random.ts';

const SETTINGS = { confidence: 0.95, resamples: 2000, seed: 7 };
const draw = normal(seededRandom(1));
const values = Array.from({ length: 400 }, () => 2 + draw());
const meanOf = (sample: Int32Array): number => mean(Array.from(sample, (user) => values[user] as number));

test('the interval of a mean is that of normal theory', () => {
  const [low, high] = bootstrapInterval(values.length, meanOf, SETTINGS);
  // mean ± 1.96 s/√n; with 2,000 resamples the ends vary by some 3% of the width.
  const half = (1.959964 * sampleStandardDeviation(values)) / Math.sqrt(values.length);
  expect(Math.abs(low - (mean(values) - half))).toBeLessThan(0.2 * half);
  expect(Math.abs(high - (mean(values) + half))).toBeLessThan(0.2 * half);
});

test('the same seed gives the same interval and another seed another', () => {
  const interval = (seed: number) => bootstrapInterval(values.length, meanOf, { ...SETTINGS, seed });
  expect(interval(3)).toEqual(interval(3));
  expect(interval(3)).not.toEqual(interval(4));
});

test('higher confidence gives a wider interval', () => {
  const width = (confidence: number): number => {
    const [low, high] = bootstrapInterval(values.length, meanOf, { ...SETTINGS, confidence });
    return high - low;
  };
  expect(width(0.99)).toBeGreaterThan(width(0.8));
});
