import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jensenShannonDistance, ksDistance } from '../../pipeline/math/histogram.ts';
import golden from '../golden/drift-scipy.json' with { type: 'json' };

const counts = fc
  .array(fc.nat({ max: 40 }), { minLength: 10, maxLength: 10 })
  .filter((values) => values.some((value) => value > 0));

/** The values that the counts stand for: 1 as often as the first says, 2 as often as the second, … */
const expanded = (values: readonly number[]): number[] =>
  values.flatMap((count, level) => new Array<number>(count).fill(level + 1));

/** Kolmogorov–Smirnov by its definition: the two empirical distribution functions at every value seen. */
function ksByDefinition(a: readonly number[], b: readonly number[]): number {
  const upTo = (sample: readonly number[], x: number): number =>
    sample.filter((value) => value <= x).length / sample.length;
  return Math.max(...[...a, ...b].map((x) => Math.abs(upTo(a, x) - upTo(b, x))));
}

test.each(golden.pairs)(
  'KS and Jensen–Shannon of $a and $b are what SciPy gives',
  ({ a, b, ks, jensenShannon }) => {
    expect(Math.abs(ksDistance(a, b) - ks)).toBeLessThan(1e-12);
    expect(Math.abs(jensenShannonDistance(a, b) - jensenShannon)).toBeLessThan(1e-12);
  },
);

test('KS from counts equals KS from the samples the counts stand for', () => {
  fc.assert(
    fc.property(counts, counts, (a, b) => {
      expect(ksDistance(a, b)).toBeCloseTo(ksByDefinition(expanded(a), expanded(b)), 12);
    }),
  );
});

test('the Jensen–Shannon distance is symmetric, zero for equal shares and at most √ln 2', () => {
  fc.assert(
    fc.property(counts, counts, (a, b) => {
      const distance = jensenShannonDistance(a, b);
      expect(distance).toBeCloseTo(jensenShannonDistance(b, a), 12);
      expect(distance).toBeLessThanOrEqual(Math.sqrt(Math.LN2) + 1e-12);
      const doubled = a.map((count) => 2 * count);
      expect(jensenShannonDistance(a, doubled)).toBeCloseTo(0, 7);
    }),
  );
});

test('sets of shares with nothing in common are √ln 2 apart', () => {
  expect(jensenShannonDistance([3, 0], [0, 5])).toBeCloseTo(Math.sqrt(Math.LN2), 15);
});
