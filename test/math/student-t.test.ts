import { expect, test } from 'vitest';
import { incompleteBeta } from '../../pipeline/math/incomplete-beta.ts';
import { studentCritical, studentTwoSided } from '../../pipeline/math/student-t.ts';
import golden from '../golden/drift-scipy.json' with { type: 'json' };

const relativeError = (actual: number, expected: number): number => Math.abs(actual / expected - 1);

test.each(golden.incompleteBeta)('I_$x($a, $b) is what SciPy gives', ({ a, b, x, value }) => {
  expect(relativeError(incompleteBeta(a, b, x, 1 - x), value)).toBeLessThan(1e-11);
});

test.each(golden.studentTwoSided)(
  'P(|T| ≥ $t) with $df degrees of freedom is what SciPy gives',
  ({ t, df, p }) => {
    expect(relativeError(studentTwoSided(t, df), p)).toBeLessThan(1e-9);
  },
);

test.each(golden.studentCritical)(
  'the critical value for α = $alpha with $df degrees of freedom is what SciPy gives',
  ({ alpha, df, t }) => {
    expect(relativeError(studentCritical(alpha, df), t)).toBeLessThan(1e-9);
  },
);

test('with infinite degrees of freedom it is the normal distribution', () => {
  // 1.959963984540054 is scipy.stats.norm.isf(0.025); at 10⁷ degrees of freedom t differs by 2.4e-7.
  expect(studentCritical(0.05, Number.POSITIVE_INFINITY)).toBeCloseTo(1.959963984540054, 6);
});

test('the tail probability is 1 at zero and 0 at infinity', () => {
  expect(studentTwoSided(0, 5)).toBe(1);
  expect(studentTwoSided(Number.POSITIVE_INFINITY, 5)).toBe(0);
});
