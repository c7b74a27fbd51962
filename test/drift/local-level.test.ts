import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  betweenWindows,
  breakAmong,
  forecast,
  isDeparted,
  recentLevel,
  variationOf,
} from '../../pipeline/drift/local-level.ts';
import { normal, seededRandom } from '../../pipeline/lib/random.ts';

const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 4, maxLength: 24 });

test('the variance of windows without a trend is that about their mean', () => {
  // Mean 2, squares 1, 1, 1, 1: 4 / 3. Neighbours differ by 2: half of 4 is more than the variance.
  expect(variationOf([1, 3, 1, 3])).toEqual({ variance: 4 / 3, df: 3, atLevel: 4 });
});

test('the variance of windows with a trend is half the mean square of the differences of neighbours', () => {
  // Differences 1, 0.8, 1.2, 1, 0.9, 1.1: Σd² = 6.1, over 6 and 2. 2·36 / 17 degrees of freedom; the newest 3 of 7.
  const { variance, df, atLevel } = variationOf([0, 1, 1.8, 3, 4, 4.9, 6]);
  expect(variance).toBeCloseTo(6.1 / 12, 12);
  expect(df).toBeCloseTo(72 / 17, 12);
  expect(atLevel).toBe(3);
});

test('a trend as high as ten times the noise hardly changes the variance, but that about the mean', () => {
  const gaussian = normal(seededRandom(9));
  const rising = Array.from({ length: 24 }, (_, window) => 0.1 * gaussian() + (1 * window) / 23);
  // Noise 0.01 and half the square of a step, 0.001; the variance about the mean would be above 0.09.
  expect(variationOf(rising).variance).toBeLessThan(0.02);
});

test('the variance does not depend on the level', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: -3, max: 3 }), (numbers, level) => {
      const moved = variationOf(numbers.map((one) => one + level));
      expect(moved.variance).toBeCloseTo(variationOf(numbers).variance, 8);
    }),
  );
});

test('a jump between two windows is a break, and one inside a window takes two differences', () => {
  // SciPy 1.17: f.sf(100 / 2.125, 1, 128 / 23) = 6.5e-4, below 0.05 over 12 candidates.
  expect(breakAmong([1, -1, 2, -2, 1, 10, -1, 1, -2])).toEqual({ from: 5, to: 6 });
  expect(breakAmong([1, -1, 2, -2, 8, 8, -1, 1, -2])).toEqual({ from: 4, to: 6 });
  expect(breakAmong([1, -1, 2, -2, 3, 2, -1, 1, -2])).toBeNull();
  // Three differences cannot show what is ordinary.
  expect(breakAmong([1, 10, -1])).toBeNull();
});

test('of ordinary series about one in twenty seems to have a break', () => {
  const gaussian = normal(seededRandom(5));
  const breaks = Array.from({ length: 2_000 }, () => {
    const series = Array.from({ length: 12 }, gaussian);
    return breakAmong(series.slice(1).map((one, index) => one - (series[index] as number)));
  }).filter((one) => one !== null);
  expect(breaks.length / 2_000).toBeLessThan(0.08);
});

test('a break is left out of the variance, and the recent level begins after it', () => {
  const quiet = [0.1, -0.1, 0.05, 0.1, -0.05, 0, 0.1, -0.1];
  const jumped = quiet.map((one, window) => (window < 6 ? one : one + 3));
  const broken = variationOf(jumped);
  expect(broken.atLevel).toBe(2);
  expect(broken.variance).toBeLessThan(2 * variationOf(quiet).variance);
  const past = jumped.map((effect) => ({ effect, variance: 0.001 }));
  // The mean of the last two: 3.1 and 2.9.
  expect(recentLevel(past, betweenWindows(past)).value).toBeCloseTo(3, 12);
});

test('variation between windows is the part of their variance beyond their sampling variances', () => {
  const windows = (variance: number) => [0.3, -0.3, 0.3, -0.3].map((effect) => ({ effect, variance }));
  // 4·0.09 / 3 = 0.12 with 3 degrees of freedom. SciPy 1.17: chi2.sf(3 * 0.12 / 0.03, 3) = 0.0074, below 1%.
  expect(betweenWindows(windows(0.03)).variance).toBeCloseTo(0.09, 12);
  // chi2.sf(3 * 0.12 / 0.04, 3) = 0.0293: sampling explains it. The bar is χ² = 11.3449, a variance of 0.0317324.
  expect(betweenWindows(windows(0.04)).variance).toBe(0);
  expect(betweenWindows(windows(0.03174)).variance).toBe(0);
  expect(betweenWindows(windows(0.03172)).variance).toBeCloseTo(0.08828, 12);
  expect(betweenWindows(windows(0.2)).variance).toBe(0);
  expect(betweenWindows(windows(0)).variance).toBeCloseTo(0.12, 12);
});

test('of windows that differ only by sampling, one in a hundred seems to differ by more', () => {
  const gaussian = normal(seededRandom(3));
  const found = Array.from({ length: 2_000 }, () =>
    betweenWindows(Array.from({ length: 12 }, () => ({ effect: 0.2 * gaussian(), variance: 0.04 }))),
  ).filter(({ variance }) => variance > 0);
  expect(found.length / 2_000).toBeGreaterThan(0.004);
  expect(found.length / 2_000).toBeLessThan(0.03);
});

test('windows that all differ from the training data by the same do not vary', () => {
  const windows = [0.3, 0.31, 0.3, 0.29, 0.3].map((effect) => ({ effect, variance: 0.0001 }));
  expect(betweenWindows(windows).variance).toBe(0);
});

test('a forecast without a trend is the mean, with the variance of a mean and of one more window', () => {
  const { value, variance, df } = forecast([1, 3, 1, 3]);
  expect({ value, df }).toEqual({ value: 2, df: 3 });
  expect(variance).toBeCloseTo((4 / 3) * (5 / 4), 12);
});

test('a forecast of a trend is the mean of the newest third', () => {
  const { value, variance } = forecast([0, 1, 1.8, 3, 4, 4.9, 6]);
  expect(value).toBeCloseTo((4 + 4.9 + 6) / 3, 12);
  expect(variance).toBeCloseTo((6.1 / 12) * (4 / 3), 12);
});

test('a level is departed when its distance from zero is beyond its own and the reference’s uncertainty', () => {
  const level = (value: number) => ({ value, variance: 0.0016, df: Number.POSITIVE_INFINITY });
  const reference = { variance: 0.0009, df: Number.POSITIVE_INFINITY };
  // The standard error is 0.05; 1% two-sided is 2.5758 of it.
  expect(isDeparted(level(0.1287), reference)).toBe(false);
  expect(isDeparted(level(0.1289), reference)).toBe(true);
  expect(isDeparted(level(-0.1289), reference)).toBe(true);
  expect(isDeparted(level(0.1289), reference, 9)).toBe(false);
  expect(isDeparted(level(0), { variance: 0, df: 1 })).toBe(false);
});
