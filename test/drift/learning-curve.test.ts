import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectedGain, MAX_CURVE_POINTS, MIN_CURVE_POINTS } from '../../pipeline/drift/learning-curve.ts';

const POINTS = [
  { newShare: 0.1, gain: 0.02 },
  { newShare: 0.08, gain: 0.01 },
  { newShare: 0.09, gain: 0.03 },
  { newShare: 0.11, gain: 0.015 },
];

// SciPy 1.17.1: b = (s @ g) / (s @ s); se = sqrt(((g - b*s)**2).sum() / 3 / (s @ s)); t.ppf(0.9, 3).
test('equals least squares through the origin, as NumPy and SciPy compute it', () => {
  const found = expectedGain(POINTS, 0.09);
  expect(found?.gain).toBeCloseTo(0.017581967213114752, 12);
  expect(found?.interval[0]).toBeCloseTo(0.010862185745950324, 12);
  expect(found?.interval[1]).toBeCloseTo(0.024301748680279178, 12);
});

test('is unknown with too few points', () => {
  expect(expectedGain(POINTS.slice(0, MIN_CURVE_POINTS - 1), 0.09)).toBeNull();
});

test('grows with the new ratings up to the largest share of the points', () => {
  const at = (share: number): number => expectedGain(POINTS, share)?.gain as number;
  expect(at(0.1)).toBeCloseTo(2 * at(0.05), 12);
  expect(at(0.5)).toBe(at(0.11));
});

test('uses the newest points only', () => {
  const old = Array.from({ length: 20 }, () => ({ newShare: 0.1, gain: 0.9 }));
  const recent = Array.from({ length: MAX_CURVE_POINTS }, () => ({ newShare: 0.1, gain: 0.01 }));
  expect(expectedGain([...recent, ...old], 0.1)?.gain).toBeCloseTo(0.01, 12);
});

test('equal points have no uncertainty, and a constant factor scales everything', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          newShare: fc.double({ min: 0.01, max: 1, noNaN: true }),
          gain: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
        }),
        { minLength: MIN_CURVE_POINTS, maxLength: MAX_CURVE_POINTS },
      ),
      (points) => {
        const one = expectedGain(points, 0.01);
        const three = expectedGain(
          points.map(({ newShare, gain }) => ({ newShare, gain: 3 * gain })),
          0.01,
        );
        expect(three?.gain).toBeCloseTo(3 * (one?.gain as number), 9);
        expect(three?.interval[0]).toBeCloseTo(3 * (one?.interval[0] as number), 9);
      },
    ),
  );
});
