import { Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { drawRatings, draws } from './draws.ts';
import {
  type Equations,
  equationsOf,
  exactSolution,
  naiveConjugateGradients,
  objective,
  type Problem,
} from './naive-least-squares.ts';
import { expectClose, ROUNDOFF } from './precision.ts';
import { Workbench } from './workbench.ts';

/** Rows without ratings, with few, with as many as one chunk of 128 has, and with more. */
const LENGTHS = [5, 0, 1, 127, 128, 129, 300, 40];
const OPPOSITES = 320;
const CHUNK = 128;

function problemOf(width: number, options: Partial<Problem> = {}): Problem {
  const base = new Float32Array(width * width);
  for (let column = 0; column < width; column++) base[column * width + column] = 2;
  return {
    ratings: drawRatings(LENGTHS, OPPOSITES),
    opposites: draws(OPPOSITES * width, 0.5),
    width,
    base,
    ridge: 0,
    factor: 0.5,
    shift: -3.5,
    hasBias: false,
    ...options,
  };
}

/** YᵀY + λI of other rows, the base of implicit factorisation. */
function gramBase(width: number): Float32Array {
  const y = Matrix.from1DArray(50, width, Array.from(draws(50 * width, 0.3)));
  return Float32Array.from(y.transpose().mmul(y).add(Matrix.eye(width)).to1DArray());
}

/** @param steps of conjugate gradients; undefined for the exact solution. */
function solved(problem: Problem, steps?: number, start?: Float32Array, from = 0, to = LENGTHS.length) {
  const { ratings, width, ridge, factor, shift, hasBias } = problem;
  const bench = new Workbench();
  const means = bench.floats(start ?? LENGTHS.length * width);
  const scratch = bench.floats(
    steps === undefined ? (width + CHUNK) * width : (3 + Math.max(...LENGTHS)) * width,
  );
  const args = [
    bench.integers(ratings.pointers),
    bench.integers(ratings.columns),
    bench.bytes(ratings.halves),
    means,
    bench.floats(problem.opposites),
    width,
    bench.floats(problem.base),
    ridge,
    factor,
    shift,
    hasBias ? 1 : 0,
  ];
  const written = [means.subarray(from * width, to * width), scratch];
  if (steps === undefined) bench.call('solveRows', [...args, from, to, 0, scratch], written);
  else bench.call('improveRows', [...args, steps, from, to, 0, scratch], written);
  return Array.from(LENGTHS, (_, row) => means.slice(row * width, (row + 1) * width));
}

/**
 * Expects A x̂ = b up to the rounding errors of the sums in A and b, of Cholesky's factor and of both triangular systems
 * (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., theorem 10.4). An entry of A is a scalar product,
 * so it is at most the root of the product of its diagonal entries.
 */
function expectSolution({ matrix, right, rightSizes, count }: Equations, x: Float32Array): void {
  const width = x.length;
  const roots = matrix.diagonal().map(Math.sqrt);
  const length = roots.reduce((sum, root, column) => sum + root * Math.abs(x[column] as number), 0);
  const steps = (3 * width + count + 10) * ROUNDOFF;
  const bound = roots.map((root, column) => steps * (root * length + rightSizes.get(column, 0)));
  expectClose(matrix.mmul(Matrix.columnVector(x)).to1DArray(), right.to1DArray(), bound);
}

describe.each([
  ['with a constant ridge', {}],
  ['with a bias in the last column', { hasBias: true }],
  ['with a ridge that grows with the ratings', { ridge: 0.25 }],
  ['with a bias and a ridge of both kinds', { hasBias: true, ridge: 0.25 }],
  ['with the targets of implicit factorisation', { factor: 0.2, shift: 0 }],
] as const)('rows solved exactly, %s', (_, options) => {
  test.each([8, 16, 24, 32, 64])('solve their equations: width %d', (width) => {
    const problem = problemOf(width, options);
    const rows = solved(problem);
    LENGTHS.forEach((_length, row) => {
      const x = rows[row] as Float32Array;
      const equations = equationsOf(problem, row);
      expectSolution(equations, x);
      // Diagonal entries are at most 300 and eigenvalues at least 2, so errors are a few hundred times the rounding.
      expectClose(x, exactSolution(equations), 1000 * ROUNDOFF * Math.hypot(...x));
    });
  });
});

test('a row without ratings is zero', () => {
  expect(solved(problemOf(16, { hasBias: true, ridge: 0.25 }))[1]).toEqual(new Float32Array(16));
});

test('a full base is part of the equations', () => {
  const problem = problemOf(24, { base: gramBase(24), factor: 0.4, shift: 0 });
  const rows = solved(problem);
  LENGTHS.forEach((_, row) => {
    expectSolution(equationsOf(problem, row), rows[row] as Float32Array);
  });
});

test('only the rows of the range are solved', () => {
  const problem = problemOf(8);
  const all = solved(problem);
  const some = solved(problem, undefined, new Float32Array(LENGTHS.length * 8).fill(7), 2, 5);
  const untouched = new Float32Array(8).fill(7);
  expect(some).toEqual(all.map((x, row) => (row >= 2 && row < 5 ? x : untouched)));
});

describe.each([
  ['for ratings with a bias', { base: gramBase(64), hasBias: true, ridge: 0.25 }],
  ['for implicit factorisation', { base: gramBase(64), factor: 0.4, shift: 0 }],
] as const)('rows improved by conjugate gradients, %s', (_, options) => {
  const width = 64;
  const problem = problemOf(width, options);
  const start = draws(LENGTHS.length * width, 0.1);
  const startOf = (row: number): Float32Array => start.subarray(row * width, (row + 1) * width);

  test.each([1, 2, 3])('equal %d steps of the naive method', (steps) => {
    const rows = solved(problem, steps, start);
    LENGTHS.forEach((count, row) => {
      const x = rows[row] as Float32Array;
      const expected = naiveConjugateGradients(equationsOf(problem, row), startOf(row), steps);
      // Each step sums over ratings and columns, and depends on the one before.
      const bound = 10 * steps * (count + 3 * width) * ROUNDOFF * Math.hypot(...startOf(row), ...expected);
      expectClose(x, expected, bound);
    });
  });

  test('are closer to the solution after every step', () => {
    const equations = LENGTHS.map((_length, row) => equationsOf(problem, row));
    const after = [0, 1, 2, 3].map((steps) =>
      solved(problem, steps, start).map((x, row) =>
        objective(equations[row] as (typeof equations)[number], x),
      ),
    );
    LENGTHS.forEach((_length, row) => {
      const values = after.map((step) => step[row] as number);
      expect(values).toEqual([...new Set(values)].sort((a, b) => b - a));
    });
  });

  test('equal the exact solution after enough steps', () => {
    const rows = solved(problem, 3 * width, start);
    const exact = solved(problem);
    LENGTHS.forEach((_length, row) => {
      const x = rows[row] as Float32Array;
      expectClose(x, exact[row] as Float32Array, 5000 * ROUNDOFF * Math.hypot(...startOf(row), ...x));
    });
  });

  test('do not change without a step', () => {
    expect(solved(problem, 0, start)).toEqual(LENGTHS.map((_length, row) => startOf(row).slice()));
  });
});

test('a row without ratings and without a base does not change', () => {
  const problem = problemOf(16, { base: new Float32Array(256), ridge: 0.25 });
  const start = draws(LENGTHS.length * 16);
  expect(solved(problem, 3, start)[1]).toEqual(start.slice(16, 32));
});

test('the scratch memory contains the factorised matrix of the last row', () => {
  const width = 16;
  const problem = problemOf(width, { ridge: 0.25, hasBias: true });
  const { ratings, opposites, base } = problem;
  const bench = new Workbench();
  const means = bench.floats(LENGTHS.length * width);
  const scratch = bench.floats((width + CHUNK) * width);
  const byRow = [
    bench.integers(ratings.pointers),
    bench.integers(ratings.columns),
    bench.bytes(ratings.halves),
  ];
  const arrays = [...byRow, means, bench.floats(opposites), width, bench.floats(base)];
  bench.call('solveRows', [...arrays, 0.25, 0.5, -3.5, 1, 0, 1, 0, scratch], [means, scratch]);
  const right = draws(width);
  const x = bench.floats(right);
  bench.call('solve', [scratch, width, x], [x]);
  const { matrix } = equationsOf(problem, 0);
  // No eigenvalue is below 2, so the solution is no longer than the right side.
  expectClose(matrix.mmul(Matrix.columnVector(x)).to1DArray(), right, 1000 * ROUNDOFF * Math.hypot(...right));
});
