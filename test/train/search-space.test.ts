import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Specification } from '../../pipeline/train/hyper-parameters.ts';
import {
  drawTrial,
  type SearchRange,
  type SearchSpace,
  searchSpace,
} from '../../pipeline/train/search-space.ts';

const SPECIFICATION = {
  'head.factors': {
    meaning: 'x',
    default: 16,
    min: 4,
    max: 128,
    step: 4,
    search: { from: 8, to: 64, scale: 'log' },
  },
  'head.rate': {
    meaning: 'x',
    default: 0.01,
    min: 1e-6,
    max: 1,
    search: { from: 1e-4, to: 0.1, scale: 'log' },
  },
  weight: { meaning: 'x', default: 0.5, min: 0, max: 10, search: { from: 0, to: 2, scale: 'linear' } },
  sweeps: { meaning: 'x', default: 20, min: 1, max: 1000, step: 1 },
} as const satisfies Specification;
const ALGORITHM = { name: 'fake', hyperParameters: SPECIFICATION };
const linear = (from: number, to: number): SearchRange => ({ from, to, scale: 'linear' });

const valuesOf = (space: SearchSpace, name: string, trials: number, seed = 1): number[] =>
  Array.from({ length: trials }, (_, i) => drawTrial(space, seed, i + 1)[name] as number);

test('without requested ranges, those of the algorithm are searched except for fixed hyper-parameters', () => {
  expect(searchSpace(ALGORITHM, {}, { weight: 1 })).toEqual({
    'head.factors': { from: 8, to: 64, scale: 'log', step: 4 },
    'head.rate': { from: 1e-4, to: 0.1, scale: 'log', step: null },
  });
});

test('requested ranges replace all ranges of the algorithm', () => {
  expect(searchSpace(ALGORITHM, { sweeps: linear(5, 50) }, {})).toEqual({
    sweeps: { from: 5, to: 50, scale: 'linear', step: 1 },
  });
});

test.each([
  [{ sweep: linear(1, 2) }, {}, 'fake has no hyper-parameter sweep to search'],
  [{ toString: linear(1, 2) }, {}, 'fake has no hyper-parameter toString to search'],
  [{ sweeps: linear(1, 2) }, { sweeps: 3 }, 'sweeps is both searched and fixed'],
  [{ weight: linear(2, 2) }, {}, 'from 2 to 2, is invalid: the first value must be below'],
  [{ weight: linear(2, 1) }, {}, 'from 2 to 1, is invalid: the first value must be below'],
  [{ weight: linear(Number.NaN, 1) }, {}, 'the first value must be below the second'],
  [{ weight: linear(-1, 1) }, {}, 'exceeds the accepted values'],
  [{ weight: linear(1, 10.5) }, {}, 'exceeds the accepted values'],
  [{ weight: { from: 0, to: 1, scale: 'log' } }, {}, 'lower end must be above 0'],
  [{ 'head.factors': linear(5, 7) }, {}, 'no multiple of 4'],
  [{}, { weight: 1, 'head.rate': 0.1, 'head.factors': 8 }, 'fake has nothing to search'],
] as const)('%o beside %o is refused', (requested, fixed, message) => {
  expect(() =>
    searchSpace(
      ALGORITHM,
      requested as Record<string, SearchRange>,
      fixed as unknown as Record<string, number>,
    ),
  ).toThrow(expect.objectContaining({ code: 'usage', message: expect.stringContaining(message) }));
});

test('trial 0 has the defaults', () => {
  expect(drawTrial(searchSpace(ALGORITHM, {}, {}), 1, 0)).toEqual({});
});

test('a trial depends only on space, seed and number, not on earlier trials or the order of ranges', () => {
  const space = searchSpace(ALGORITHM, { weight: linear(0, 2), sweeps: linear(5, 50) }, {});
  const turned = searchSpace(ALGORITHM, { sweeps: linear(5, 50), weight: linear(0, 2) }, {});
  const forwards = [1, 2, 3, 4, 5].map((trial) => drawTrial(space, 7, trial));
  const backwards = [5, 4, 3, 2, 1].map((trial) => drawTrial(turned, 7, trial)).reverse();
  expect(backwards).toEqual(forwards);
  expect(new Set(forwards.map(({ weight }) => weight)).size).toBe(5);
});

test('a different seed gives different trials', () => {
  const space = searchSpace(ALGORITHM, {}, {});
  expect(valuesOf(space, 'weight', 20, 1)).not.toEqual(valuesOf(space, 'weight', 20, 2));
});

test('values are in their range and multiples of the step, for any range, seed and trial', () => {
  const steps = fc.constantFrom(null, 0.25, 1, 4);
  fc.assert(
    fc.property(
      fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
      fc.constantFrom('linear', 'log'),
      steps,
      fc.nat(),
      fc.integer({ min: 1, max: 9999 }),
      (from, growth, scale, step, seed, trial) => {
        const to = from * (1 + growth);
        fc.pre(step === null || Math.ceil(from / step) <= Math.floor(to / step));
        const value = drawTrial({ x: { from, to, scale: scale as 'log', step } }, seed, trial)['x'] as number;
        expect(value).toBeGreaterThanOrEqual(from);
        expect(value).toBeLessThanOrEqual(to);
        if (step !== null) expect(value / step).toBe(Math.round(value / step));
      },
    ),
    { numRuns: 1_000 },
  );
});

// Each quarter is expected 500 times of 2,000; five standard deviations are 5·√(2000·¼·¾) = 97.
test.each([
  [linear(-2, 2), [-1, 0, 1]],
  [{ from: 1e-4, to: 1, scale: 'log' } as const, [1e-3, 1e-2, 1e-1]],
])('%o is searched evenly on its scale', (range, quarters) => {
  const values = valuesOf({ x: { ...range, step: null } }, 'x', 2_000);
  const counts = [0, 0, 0, 0];
  for (const value of values) {
    const quarter = quarters.filter((edge) => value >= edge).length;
    counts[quarter] = (counts[quarter] as number) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(97);
});

test('on a linear scale all multiples of the step are equally likely, including both ends', () => {
  const values = valuesOf({ x: { ...linear(4, 16), step: 4 } }, 'x', 2_000);
  const counts = [4, 8, 12, 16].map((multiple) => values.filter((value) => value === multiple).length);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2_000);
  for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(97);
});

test('values have four digits, or more in a narrow range', () => {
  const digits = (value: number): number => String(value).replace(/^[0.]+|\./g, '').length;
  for (const value of valuesOf({ x: { ...linear(0.5, 50), step: null } }, 'x', 50)) {
    expect(digits(value)).toBeLessThanOrEqual(4);
  }
  const narrow = valuesOf({ x: { ...linear(1000, 1000.5), step: null } }, 'x', 50);
  expect(new Set(narrow).size).toBeGreaterThan(40);
});
