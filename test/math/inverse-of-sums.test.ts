import { inverse, Matrix } from 'ml-matrix';
import { expect, test } from 'vitest';
import { seededRandom } from '../../pipeline/lib/random.ts';
import { inverseOfSums } from '../../pipeline/math/inverse-of-sums.ts';

const SIZE = 12;
const random = seededRandom(5);

/** G Gᵀ of a random G, positive definite when G has at least as many columns as rows. */
function gram(columns: number): Matrix {
  const factor = Matrix.from1DArray(
    SIZE,
    columns,
    Array.from({ length: SIZE * columns }, () => random() - 0.5),
  );
  return factor.mmul(factor.transpose());
}

test.each([SIZE, 3])('equals the inverse of the sum, also when B has rank %d', (rank) => {
  const a = gram(2 * SIZE).add(Matrix.eye(SIZE).mul(0.1));
  const b = gram(rank);
  const inverseWith = inverseOfSums(Float64Array.from(a.to1DArray()), Float64Array.from(b.to1DArray()), SIZE);
  for (const u of [0, 0.01, 0.5, 1, 40]) {
    const expected = inverse(Matrix.add(a, Matrix.mul(b, u))).to1DArray();
    inverseWith(u).forEach((value, at) => {
      expect(value).toBeCloseTo(expected[at] as number, 9);
    });
  }
});
