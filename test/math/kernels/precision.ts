import { expect } from 'vitest';

/**
 * u, half the distance from 1 to the next 32-bit float: the largest relative error of one operation. The error of a sum
 * of n products is at most about n·u times the sum of the absolute products, in any order (Higham, Accuracy and
 * Stability of Numerical Algorithms, 2nd ed., section 3.1).
 */
export const ROUNDOFF = 2 ** -24;

/**
 * Expects that numbers differ by at most a bound. A failure says how many exceed it, with the first and the largest.
 *
 * @param bound of the absolute difference: one for all numbers, or one for each.
 * @param width of a row, to show a position as row and column.
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
    // NaN never agrees.
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
