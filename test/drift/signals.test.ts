import fc from 'fast-check';
import { expect, test } from 'vitest';
import { measureDistribution } from '../../pipeline/drift/signals/rating-distribution.ts';
import { ratingMeanChange } from '../../pipeline/drift/signals/rating-mean.ts';
import { ratingStdChange } from '../../pipeline/drift/signals/rating-std.ts';
import { userMeanChange } from '../../pipeline/drift/signals/user-mean-shift.ts';
import { userMoments } from '../../pipeline/drift/user-moments.ts';
import golden from '../golden/drift-scipy.json' with { type: 'json' };

/** Ratings in half stars, one list a user. */
type Panel = readonly (readonly number[])[];

const panel = fc.array(fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 12 }), {
  minLength: 3,
  maxLength: 15,
});

function levelsOf(users: Panel): Int32Array {
  const levels = new Int32Array(users.length * 10);
  users.forEach((ratings, row) => {
    for (const level of ratings) levels[row * 10 + level - 1] = (levels[row * 10 + level - 1] as number) + 1;
  });
  return levels;
}

const momentsOf = (users: Panel) => userMoments(levelsOf(users));
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
const starsOf = (users: Panel): number[] => users.flat().map((level) => level / 2);

/**
 * Σ over users of (Σ over the user's ratings of `influence`)² / N², divided by the expectation of such squares when users
 * differ: Σ n²·(1 − 2n/N + Σ(n/N)²) / Σn². For users of equal size this is 1 − 1/U.
 */
function clusterVariance(users: Panel, influence: (stars: number) => number): number {
  const totals = users.map((ratings) => sum(ratings.map((level) => influence(level / 2))));
  const sizes = users.map((ratings) => ratings.length);
  const count = sum(sizes);
  const squares = sum(sizes.map((n) => n ** 2));
  const left = sum(sizes.map((n) => n ** 2 * (1 - (2 * n) / count + squares / count ** 2)));
  return (sum(totals.map((total) => total ** 2)) * squares) / left / count ** 2;
}

test('the mean and its user-level variance equal their definition', () => {
  fc.assert(
    fc.property(panel, panel, (window, reference) => {
      const change = ratingMeanChange(momentsOf(window), momentsOf(reference));
      const [w, r] = [mean(starsOf(window)), mean(starsOf(reference))];
      expect(change?.value).toBeCloseTo(w, 12);
      expect(change?.effect).toBeCloseTo((w - r) / r, 12);
      expect(change?.sampling[0]?.variance).toBeCloseTo(clusterVariance(window, (x) => x - w) / r ** 2, 10);
      expect(change?.sampling[1]?.variance).toBeCloseTo(
        (w ** 2 * clusterVariance(reference, (x) => x - r)) / r ** 4,
        10,
      );
    }),
  );
});

test('the standard deviation and its user-level variance equal their definition', () => {
  fc.assert(
    fc.property(panel, (window) => {
      const stars = starsOf(window);
      const center = mean(stars);
      const variance = mean(stars.map((x) => (x - center) ** 2));
      fc.pre(variance > 0);
      const reference = momentsOf([[2], [4], [6, 8]]);
      const change = ratingStdChange(momentsOf(window), reference);
      // 1, 2, 3 and 4 stars: standard deviation √1.25.
      expect(change?.reference).toBeCloseTo(Math.sqrt(1.25), 12);
      expect(change?.value).toBeCloseTo(Math.sqrt(variance), 10);
      const ofVariance = clusterVariance(window, (x) => (x - center) ** 2 - variance);
      expect(change?.sampling[0]?.variance).toBeCloseTo(ofVariance / (4 * variance) / 1.25, 9);
    }),
  );
});

test('the shift of user means counts every user once and has Welch’s variance', () => {
  fc.assert(
    fc.property(panel, panel, (window, reference) => {
      const shift = userMeanChange(momentsOf(window), momentsOf(reference));
      const means = window.map((ratings) => mean(ratings) / 2);
      const center = mean(means);
      expect(shift.effect).toBeCloseTo(center - mean(reference.map((ratings) => mean(ratings) / 2)), 12);
      const squares = sum(means.map((one) => (one - center) ** 2));
      expect(shift.sampling[0]?.variance).toBeCloseTo(squares / (means.length - 1) / means.length, 10);
      expect(shift.sampling[0]?.df).toBe(means.length - 1);
    }),
  );
});

/** The value of the signal on two sets of level counts. It does not depend on which users gave the ratings. */
function ksOf(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const momentsOfCounts = (counts: ArrayLike<number>) => userMoments(Int32Array.from(counts));
  return measureDistribution(momentsOfCounts(a), momentsOfCounts(b), null, { ratings: 1, users: 1 }).value;
}

/** Kolmogorov–Smirnov by its definition: the two empirical distribution functions at every value seen. */
function ksByDefinition(a: readonly number[], b: readonly number[]): number {
  const upTo = (sample: readonly number[], x: number): number =>
    sample.filter((value) => value <= x).length / sample.length;
  return Math.max(...[...a, ...b].map((x) => Math.abs(upTo(a, x) - upTo(b, x))));
}

test.each(golden.pairs)('the KS distance of $a and $b equals that of SciPy', ({ a, b, ks }) => {
  expect(Math.abs((ksOf(a, b) ?? Number.NaN) - ks)).toBeLessThan(1e-12);
});

test('the KS distance from counts equals brute force over the ratings', () => {
  fc.assert(
    fc.property(panel, panel, (window, reference) => {
      const basis = { ratings: 1, users: 1 };
      const measured = measureDistribution(momentsOf(window), momentsOf(reference), null, basis);
      expect(measured.value).toBeCloseTo(ksByDefinition(window.flat(), reference.flat()), 12);
    }),
  );
});

test('one user with many ratings changes the mean of ratings much more than the mean of users', () => {
  const reference = momentsOf([[6], [6], [6], [6]]);
  const window = momentsOf([[6], [6], [6], new Array<number>(97).fill(10)]);
  // (3·3★ + 97·5★) / 100 = 4.94★ against 3★; users: (3 + 3 + 3 + 5) / 4 − 3 = 0.5★.
  expect(ratingMeanChange(window, reference)?.effect).toBeCloseTo(1.94 / 3, 12);
  expect(userMeanChange(window, reference).effect).toBeCloseTo(0.5, 12);
});

test('a change of spread relative to equal ratings is undefined', () => {
  expect(ratingStdChange(momentsOf([[2], [4]]), momentsOf([[6], [6]]))).toBeNull();
});
