import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jensenShannonDistance } from '../../pipeline/math/histogram.ts';
import golden from '../golden/drift-scipy.json' with { type: 'json' };

const counts = fc
  .array(fc.nat({ max: 40 }), { minLength: 10, maxLength: 10 })
  .filter((values) => values.some((value) => value > 0));

test.each(golden.pairs)('the Jensen–Shannon distance of $a and $b is what SciPy gives', (pair) => {
  expect(Math.abs(jensenShannonDistance(pair.a, pair.b) - pair.jensenShannon)).toBeLessThan(1e-12);
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

test('the distance of distributions with nothing in common is √ln 2', () => {
  expect(jensenShannonDistance([3, 0], [0, 5])).toBeCloseTo(Math.sqrt(Math.LN2), 15);
});
