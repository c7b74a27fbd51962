import { CholeskyDecomposition, inverse, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { normal, seededRandom } from '../../pipeline/lib/random.ts';
import { factorise, invertFactor, solveFactorised } from '../../pipeline/math/cholesky.ts';
import { dot } from '../../pipeline/math/dot.ts';
import { addGram } from '../../pipeline/math/gram.ts';
import { addProduct } from '../../pipeline/math/matrix-vector.ts';

const draw = normal(seededRandom(6));
const draws = (length: number): Float64Array => Float64Array.from({ length }, draw);
const asMatrix = (rows: number, columns: number, values: ArrayLike<number>): Matrix =>
  Matrix.from1DArray(rows, columns, Array.from(values));

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i] as number, 10);
}

test.each([0, 1, 3, 4, 15, 16, 101])('a dot product of %d numbers is the sum of their products', (length) => {
  const [a, b] = [draws(length + 2), draws(length + 5)];
  let expected = 0;
  for (let i = 0; i < length; i++) expected += (a[2 + i] as number) * (b[5 + i] as number);
  expect(dot(a, 2, b, 5, length)).toBeCloseTo(expected, 12);
});

test.each([1, 4, 7, 16, 101])('a matrix of %d columns times a vector equals ml-matrix', (columns) => {
  const matrix = Float32Array.from(draws(9 * columns));
  const vector = draws(columns);
  const out = Float32Array.from(draws(9));
  const expected = asMatrix(9, 1, out).add(asMatrix(9, columns, matrix).mmul(asMatrix(columns, 1, vector)));
  addProduct(matrix, vector, out);
  expectClose(out, Float32Array.from(expected.to1DArray()));
});

test.each([
  [1, 4],
  [5, 2],
  [37, 16],
])('the Gram matrix of %d rows of %d equals ml-matrix above the diagonal', (count, size) => {
  const rows = draws((count + 3) * size);
  const gram = draws(size * size);
  const z = asMatrix(count, size, rows.subarray(0, count * size));
  const expected = asMatrix(size, size, gram).add(z.transpose().mmul(z));
  addGram(rows, count, size, gram);
  for (let a = 0; a < size; a++) {
    for (let b = a; b < size; b++) expect(gram[a * size + b]).toBeCloseTo(expected.get(a, b), 10);
  }
});

describe.each([1, 2, 5, 16])('a positive definite matrix of size %d', (size) => {
  const root = asMatrix(size, size, draws(size * size));
  const matrix = root.mmul(root.transpose()).add(Matrix.eye(size));
  const factor = Float64Array.from(matrix.to1DArray());
  factorise(factor, size);

  test('has the Cholesky factor of ml-matrix', () => {
    const lower = new CholeskyDecomposition(matrix).lowerTriangularMatrix;
    for (let a = 0; a < size; a++) {
      for (let b = a; b < size; b++) expect(factor[a * size + b]).toBeCloseTo(lower.get(b, a), 10);
    }
  });
  test('solves a system', () => {
    const solution = draws(size);
    const vector = Float64Array.from(matrix.mmul(asMatrix(size, 1, solution)).to1DArray());
    solveFactorised(factor, size, vector);
    expectClose(vector, solution);
  });
  test('is inverted by its inverted factor', () => {
    const inverted = new Float64Array(size * size);
    invertFactor(factor, size, inverted);
    const v = asMatrix(size, size, inverted);
    expectClose(v.mmul(v.transpose()).to1DArray(), inverse(matrix).to1DArray());
  });
});

test('a matrix that is not positive definite is refused with the pivot that shows it', () => {
  // [[1, 2], [2, 1]] has the eigenvalues 3 and −1.
  expect(() => factorise(Float64Array.of(1, 2, 2, 1), 2)).toThrow('not positive definite: pivot 1 is -3');
});
