import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evidenceBar, evidenceOf, hasAddedUp } from '../../pipeline/drift/evidence.ts';
import { normal, seededRandom } from '../../pipeline/lib/random.ts';

const spreadOf = (variance: number, df = Number.POSITIVE_INFINITY, comparisons = 1) => ({
  variance,
  df,
  comparisons,
  range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const,
});

const evidenceFor = (effect: number, variance: number, scale: number, onlyGrowth = false): number =>
  evidenceOf({ effect, spread: spreadOf(variance), scale, onlyGrowth }, 3, 9).value;

// SciPy 1.17: norm.pdf(d, 0, √(V + s²)) / norm.pdf(d, 0, √V), and for a rise the integral over x > 0 of
// 2 · norm.pdf(x, 0, s) · norm.pdf(d, x, √V) by scipy.integrate.quad, divided by the same.
test.each([
  [0.12, 0.0016, 0.1, 17.971903296277812, 35.84773460474714],
  [0.03, 0.0016, 0.1, 0.4732914826589926, 0.7164662987094329],
  [-0.05, 0.0004, 0.05, 5.492946325124936, 0.111377717804838],
  [0.2, 0.01, 0.1, 1.9221155140795585, 3.5418837819353515],
])(
  'the evidence of an effect of %d with variance %d equals that of SciPy',
  (effect, variance, scale, two, one) => {
    expect(evidenceFor(effect, variance, scale) / two).toBeCloseTo(1, 5);
    expect(evidenceFor(effect, variance, scale, true) / one).toBeCloseTo(1, 5);
  },
);

test('a variance from few users counts less: the effect is taken as its normal score', () => {
  // SciPy 1.17: t.sf(3, 12)·2 = 0.011067, norm.isf of half of it = 2.5406; √(1 − r)·exp(z²r/2) with r = 0.01 / 0.0116.
  const { value } = evidenceOf(
    { effect: 0.12, spread: spreadOf(0.0016, 12), scale: 0.1, onlyGrowth: false },
    1,
    9,
  );
  expect(value).toBeCloseTo(5.999307, 4);
});

test('the evidence of the largest of nine candidates is divided by nine', () => {
  const input = { effect: 0.12, scale: 0.1, onlyGrowth: false };
  const nine = evidenceOf({ ...input, spread: spreadOf(0.0016, Number.POSITIVE_INFINITY, 9) }, 1, 9).value;
  expect(nine).toBeCloseTo(evidenceFor(0.12, 0.0016, 0.1) / 9, 12);
});

test('evidence grows with the effect, and is at most 10⁹', () => {
  const size = fc.double({ min: 0, max: 3, noNaN: true });
  fc.assert(
    fc.property(size, size, fc.boolean(), (a, b, onlyGrowth) => {
      const [small, large] = [Math.min(a, b), Math.max(a, b)].map((one) =>
        evidenceFor(one, 0.002, 0.1, onlyGrowth),
      );
      expect(small).toBeLessThanOrEqual((large as number) * (1 + 1e-9));
      expect(large).toBeLessThanOrEqual(1e9);
    }),
  );
});

test('a fall is no evidence where only a rise counts', () => {
  expect(evidenceFor(-0.3, 0.0016, 0.1, true)).toBeLessThan(0.05);
  expect(evidenceFor(-0.3, 0.0016, 0.1)).toBeGreaterThan(1e6);
});

/**
 * The evidence after each of so many batches, when every batch is the same shift plus noise, and all are compared with one
 * reference that was measured once.
 */
function sequence(gaussian: () => number, shift: number, batches: number, scale = 0.1): number[] {
  const [batchVariance, referenceVariance] = [0.002, 0.0005];
  const reference = Math.sqrt(referenceVariance) * gaussian();
  let sum = 0;
  return Array.from({ length: batches }, (_, index) => {
    sum += shift + Math.sqrt(batchVariance) * gaussian();
    const count = index + 1;
    return evidenceFor(sum / count - reference, batchVariance / count + referenceVariance, scale);
  });
}

test('without a change the evidence is 1 on average after any number of batches, and hardly ever reaches a bar', () => {
  const gaussian = normal(seededRandom(17));
  const runs = Array.from({ length: 1_000 }, () => sequence(gaussian, 0, 12, 0.03));
  for (const batch of [0, 5, 11]) {
    const mean = runs.reduce((sum, run) => sum + (run[batch] as number), 0) / runs.length;
    expect(mean).toBeGreaterThan(0.85);
    expect(mean).toBeLessThan(1.15);
  }
  // Ville's inequality: at most 1 in 20 ever reaches 20, whenever one looks.
  const reached = runs.filter((run) => run.some((value) => value >= 20)).length;
  expect(reached / runs.length).toBeLessThanOrEqual(0.05);
});

test('a persistent shift as large as the threshold reaches the bar, the sooner the larger it is', () => {
  const gaussian = normal(seededRandom(23));
  const bar = evidenceBar(9);
  const delay = (shift: number): number => {
    const delays = Array.from({ length: 60 }, () => {
      const found = sequence(gaussian, shift, 26).findIndex((value) => value >= bar);
      return found === -1 ? 27 : found + 1;
    });
    return delays.sort((a, b) => a - b)[30] as number;
  };
  const [small, middle, large] = [delay(0.1), delay(0.15), delay(0.25)];
  expect(large).toBeLessThanOrEqual(2);
  expect(middle).toBeLessThanOrEqual(8);
  expect(small).toBeGreaterThan(middle);
  expect(middle).toBeGreaterThan(large);
});

test('the bar bounds the false alarms of all signals together to one in 52 champions', () => {
  expect(evidenceBar(9)).toBe(468);
  const { bar, batches } = evidenceOf(
    { effect: 0.1, spread: spreadOf(0.01), scale: 0.1, onlyGrowth: false },
    4,
    10,
  );
  expect({ bar, batches }).toEqual({ bar: 520, batches: 4 });
});

test('one batch has not added up, however strong its evidence', () => {
  expect(hasAddedUp({ value: 1e6, bar: 468, batches: 1 })).toBe(false);
  expect(hasAddedUp({ value: 468, bar: 468, batches: 2 })).toBe(true);
  expect(hasAddedUp({ value: 467, bar: 468, batches: 9 })).toBe(false);
});
