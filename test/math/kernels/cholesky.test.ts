import { CholeskyDecomposition, EigenvalueDecomposition, inverse, Matrix, QrDecomposition } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { draws } from './draws.ts';
import { naiveFactor, naiveInverseFactor, naiveSolve } from './naive-cholesky.ts';
import { expectClose, ROUNDOFF } from './precision.ts';
import { Workbench } from './workbench.ts';

const SIZES = [8, 16, 24, 32, 40, 64];

const square = (values: ArrayLike<number>, size: number): Matrix =>
  Matrix.from1DArray(size, size, Array.from(values));

/**
 * A symmetric matrix of 32-bit floats with random eigenvectors, whose eigenvalues fall from 1 to 1 / condition in equal
 * ratios.
 */
function matrixOf(size: number, condition: number): Matrix {
  const q = new QrDecomposition(square(draws(size * size), size)).orthogonalMatrix;
  const eigenvalues = Array.from({ length: size }, (_, i) => condition ** (-i / (size - 1)));
  const full = q.mmul(Matrix.diag(eigenvalues)).mmul(q.transpose());
  const symmetric = full.add(full.transpose()).div(2);
  return square(Float32Array.from(symmetric.to1DArray()), size);
}

/** |A|: absolute values. */
const sizes = (matrix: Matrix): Matrix => Matrix.abs(matrix);

function factorised(matrix: Matrix) {
  const size = matrix.rows;
  const bench = new Workbench();
  const factor = bench.floats(matrix.to1DArray());
  bench.call('factorise', [factor, size], [factor]);
  const upper = square(factor, size);
  for (let row = 0; row < size; row++) for (let column = 0; column < row; column++) upper.set(row, column, 0);
  return { bench, factor, upper };
}

describe.each(SIZES)('a well conditioned matrix of size %d', (size) => {
  const CONDITION = 10;
  const matrix = matrixOf(size, CONDITION);
  const { bench, factor, upper } = factorised(matrix);
  // All numbers are at most 1, or √10 and 10 for inverses. Errors grow with size and condition.
  const bound = 4 * size * CONDITION * ROUNDOFF;

  test('has the factor that plain loops and ml-matrix compute', () => {
    expectClose(upper.to1DArray(), naiveFactor(matrix.to1DArray(), size), bound, size);
    const lower = new CholeskyDecomposition(matrix).lowerTriangularMatrix;
    expectClose(upper.to1DArray(), lower.transpose().to1DArray(), bound, size);
  });

  test('solves a system as plain loops do', () => {
    const right = draws(size);
    const x = bench.floats(right);
    bench.call('solve', [factor, size, x], [x]);
    const expected = naiveSolve(naiveFactor(matrix.to1DArray(), size), size, right);
    // The solution is up to 10 times as long as the right side.
    expectClose(x, expected, bound * CONDITION * Math.hypot(...right));
  });

  test('has an inverted factor whose Gram matrix is the inverse of ml-matrix', () => {
    const inverted = bench.floats(size * size);
    bench.call('invertFactor', [factor, size, inverted], [inverted]);
    expectClose(
      inverted,
      naiveInverseFactor(naiveFactor(matrix.to1DArray(), size), size),
      bound * CONDITION,
      size,
    );
    const w = square(inverted, size);
    expectClose(w.transpose().mmul(w).to1DArray(), inverse(matrix).to1DArray(), bound * CONDITION, size);
  });
});

/*
 * No algorithm finds the factor or the solution of a badly conditioned matrix to many digits. But the result of Cholesky's
 * algorithm is exact for a nearby matrix, for any condition (Higham, Accuracy and Stability of Numerical Algorithms,
 * 2nd ed., theorems 8.5, 10.3 and 10.4, with γ_n ≈ n·u, and two more operations because the kernel multiplies by a
 * reciprocal where the theorems divide).
 */
describe.each(SIZES)('a badly conditioned matrix of size %d', (size) => {
  const matrix = matrixOf(size, 1e5);
  const { bench, factor, upper } = factorised(matrix);
  const steps = (size + 3) * ROUNDOFF;

  test('is close to the product of its factor', () => {
    const bound = sizes(upper).transpose().mmul(sizes(upper)).mul(steps);
    expectClose(upper.transpose().mmul(upper).to1DArray(), matrix.to1DArray(), bound.to1DArray(), size);
  });

  test('maps its solution close to the right side', () => {
    const right = draws(size);
    const x = bench.floats(right);
    bench.call('solve', [factor, size, x], [x]);
    const solution = Matrix.columnVector(x);
    const bound = sizes(upper)
      .transpose()
      .mmul(sizes(upper))
      .mmul(sizes(solution))
      .mul(3 * steps);
    expectClose(matrix.mmul(solution).to1DArray(), right, bound.to1DArray());
  });

  test('has an inverted factor that times the factor is close to the identity', () => {
    const inverted = bench.floats(size * size);
    bench.call('invertFactor', [factor, size, inverted], [inverted]);
    const w = square(inverted, size);
    const bound = sizes(upper).transpose().mmul(sizes(w)).mul(steps);
    expectClose(upper.transpose().mmul(w).to1DArray(), Matrix.eye(size).to1DArray(), bound.to1DArray(), size);
  });
});

test('the inverted factor has zeros above its diagonal', () => {
  const { bench, factor } = factorised(matrixOf(24, 10));
  const inverted = bench.floats(24 * 24);
  bench.call('invertFactor', [factor, 24, inverted], [inverted]);
  const above = inverted.filter((_, at) => at % 24 > Math.floor(at / 24));
  expect(above.every((value) => value === 0)).toBe(true);
});

test('the condition of the matrices is as stated', () => {
  const eigenvalues = new EigenvalueDecomposition(matrixOf(32, 1e5)).realEigenvalues;
  expect(Math.max(...eigenvalues) / Math.min(...eigenvalues) / 1e5).toBeCloseTo(1, 1);
});

test('nothing below the diagonal is read', () => {
  const matrix = matrixOf(16, 10);
  const bench = new Workbench();
  const values = matrix.to1DArray().map((value, at) => (at % 16 < Math.floor(at / 16) ? 1e30 : value));
  const factor = bench.floats(values);
  bench.call('factorise', [factor, 16], [factor]);
  const upper = factor.filter((_, at) => at % 16 >= Math.floor(at / 16));
  const expected = naiveFactor(matrix.to1DArray(), 16).filter((_, at) => at % 16 >= Math.floor(at / 16));
  expectClose(upper, expected, 4 * 16 * 10 * ROUNDOFF);
});

test.each([1e-6, 1, 1e6])('a matrix of rank one with scale %d has a solution', (scale) => {
  // Every pivot but the first is a rounding error: zero, or slightly above or below.
  const row = draws(16);
  const bench = new Workbench();
  const matrix = Float32Array.from({ length: 256 }, (_, at) => scale * row[at >> 4]! * row[at & 15]!);
  const factor = bench.floats(matrix);
  const x = bench.floats(row);
  bench.call('factorise', [factor, 16], [factor]);
  bench.call('solve', [factor, 16, x], [x]);
  // With v vᵀ x = v / scale, any x has v·x = 1 / scale.
  const match = row.reduce((sum, value, column) => sum + value * (x[column] as number), 0);
  expect(match * scale).toBeCloseTo(1, 2);
});

test('a matrix of zeros and a right side of zeros have the solution zero', () => {
  const bench = new Workbench();
  const factor = bench.floats(new Float32Array(64));
  const x = bench.floats(new Float32Array(8));
  bench.call('factorise', [factor, 8], [factor]);
  bench.call('solve', [factor, 8, x], [x]);
  expect([...x]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
});
