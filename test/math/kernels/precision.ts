import { expect } from 'vitest';

/**
 * u, half the distance from 1 to the next 32-bit float: what one operation may be off by, relative to its result.
 * A sum of n products is off by at most about n·u times the sum of the absolute products, whatever the order
 * (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.1).
 */
export const ROUNDOFF = 2 ** -24;

/**
 * Numbers that agree up to a bound of each. A failure says how many differ, and where first and most.
 *
 * @param bound on the absolute difference: one for all, or one each.
 * @param width of the rows that positions are named by.
 */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  bound: number | ArrayLike<number>,
  width = expected.length,
): void {
  expect(actual.length).toBe(expected.length);
  const excess = Array.from(expected, (value, at) => {
    const allowed = typeof bound === 'number' ? bound : (bound[at] as number);
    const difference = Math.abs((actual[at] as number) - value);
    // NaN is no number that agrees.
    return difference <= allowed ? 0 : difference / allowed || Number.POSITIVE_INFINITY;
  });
  const wrong = [...excess.keys()].filter((at) => excess[at] !== 0);
  if (wrong.length === 0) return;
  const most = wrong.reduce((worst, at) => ((excess[at] as number) > (excess[worst] as number) ? at : worst));
  const hint = (at: number): string =>
    `row ${Math.floor(at / width)}, column ${at % width}: ${actual[at]} in place of ${expected[at]}, ${excess[at]} times the bound`;
  expect.fail(
    `${wrong.length} of ${expected.length} numbers differ.\nfirst: ${hint(wrong[0] as number)}\nmost: ${hint(most)}`,
  );
}
