import { expect, test } from 'vitest';
import { normal, seededRandom, shuffle } from '../../pipeline/lib/random.ts';

const draws = (count: number, draw: () => number): number[] => Array.from({ length: count }, () => draw());
const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

test('a seed gives the same numbers every time', () => {
  expect(draws(100, seededRandom(42))).toEqual(draws(100, seededRandom(42)));
});

test('a different seed or stream gives different numbers', () => {
  const first = draws(100, seededRandom(1, 0));
  for (const other of [seededRandom(2, 0), seededRandom(1, 1), seededRandom(0, 1)]) {
    const second = new Set(draws(100, other));
    expect(first.filter((value) => second.has(value))).toEqual([]);
  }
});

test('the numbers are uniform in [0, 1)', () => {
  const values = draws(20_000, seededRandom(3));
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThan(1);
  const tenths = new Int32Array(10);
  for (const value of values) tenths[Math.floor(value * 10)] = (tenths[Math.floor(value * 10)] as number) + 1;
  const chiSquare = tenths.reduce((sum, count) => sum + (count - 2_000) ** 2 / 2_000, 0);
  // The 99.9% point of χ² with 9 degrees of freedom: scipy.stats.chi2.ppf(0.999, 9) = 27.877.
  expect(chiSquare).toBeLessThan(27.877);
});

test('normal draws have mean 0 and variance 1', () => {
  const values = draws(20_000, normal(seededRandom(5)));
  // Four standard errors: 4/√20000 of the mean, 4·√(2/20000) of the variance.
  expect(Math.abs(mean(values))).toBeLessThan(0.029);
  expect(Math.abs(mean(values.map((value) => value ** 2)) - 1)).toBeLessThan(0.04);
});

test('a shuffle keeps every element, and every order is equally likely', () => {
  const random = seededRandom(9);
  const seen = new Map<string, number>();
  for (let i = 0; i < 6_000; i++) {
    const order = shuffle(random, Int32Array.of(1, 2, 3)).join('');
    seen.set(order, (seen.get(order) ?? 0) + 1);
  }
  expect([...seen.keys()].sort()).toEqual(['123', '132', '213', '231', '312', '321']);
  // Each order is expected 1,000 times; five standard deviations are 5·√(6000·1/6·5/6) = 144.
  for (const count of seen.values()) expect(Math.abs(count - 1_000)).toBeLessThan(144);
});
