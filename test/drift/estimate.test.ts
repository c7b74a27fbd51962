import fc from 'fast-check';
import { expect, test } from 'vitest';
import { overUsers, ratioOverUsers, ratioSums } from '../../pipeline/drift/estimate.ts';

const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 2, maxLength: 12 });
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

test('users of equal size have the correction U / (U − 1) and U − 1 degrees of freedom', () => {
  const sums = ratioSums([1, 2, 3, 6], [10, 10, 10, 10]);
  const { variance, df } = overUsers(4, 30, sums);
  expect(variance).toBeCloseTo((4 / 3) * 30, 12);
  expect(df).toBeCloseTo(3, 12);
});

test('the squares are divided by what they are on average when users differ and ratings of one user do not', () => {
  fc.assert(
    fc.property(sizes, (n) => {
      const total = sum(n);
      // A user of size n with deviation e of variance 1 leaves n·(e − Σh·e) in the sum: its variance, user by user.
      const sharesSquared = sum(n.map((size) => (size / total) ** 2));
      const left = sum(n.map((size) => size ** 2 * (1 - (2 * size) / total + sharesSquared)));
      const all = sum(n.map((size) => size ** 2));
      fc.pre(left > 1e-9 * all);
      expect(overUsers(n.length, left, ratioSums(n, n)).variance / all).toBeCloseTo(1, 6);
    }),
  );
});

test('one user with nearly all ratings leaves nearly no degrees of freedom', () => {
  const even = ratioOverUsers(50, ratioSums(new Array<number>(50).fill(35), new Array<number>(50).fill(10)));
  const flooded = ratioSums(
    [...new Array<number>(50).fill(35), 1_150],
    [...new Array<number>(50).fill(10), 2_300],
  );
  expect(even.df).toBeCloseTo(49, 9);
  expect(ratioOverUsers(51, flooded).df).toBeLessThan(0.01);
});

test('one user alone has no variance over users', () => {
  expect(ratioOverUsers(1, ratioSums([7], [2]))).toMatchObject({
    value: 3.5,
    variance: Number.POSITIVE_INFINITY,
  });
});
