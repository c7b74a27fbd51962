import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom, shuffle } from '../../pipeline/lib/random.ts';
import { selectRatings } from '../../pipeline/ratings/ratings.ts';
import { splitAtRandom } from '../../pipeline/ratings/split.ts';
import { type Row, ratingsOf, rowsIn } from './some-ratings.ts';

const rows: readonly Row[] = Array.from({ length: 1_000 }, (_, i) => [
  1 + (i % 40),
  1 + Math.floor(i / 40),
  1 + (i % 10),
  1_000_000_000 + i,
]);
const ratings = ratingsOf(rows);

test('every rating is in one part, and the share is exact to one rating', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(), (share, seed) => {
      const { chosen, rest } = splitAtRandom(ratings, share, seed);
      expect(chosen.length).toBe(Math.round(1_000 * share));
      expect([...rowsIn(chosen), ...rowsIn(rest)].map(String).sort()).toEqual(rows.map(String).sort());
    }),
    { numRuns: 50 },
  );
});

test('the split depends on the set of ratings and the seed, not on their order', () => {
  const order = shuffle(seededRandom(5), Int32Array.from(ratings.userIds.keys()));
  const shuffled = selectRatings(ratings, order);
  expect(splitAtRandom(shuffled, 0.2, 3)).toEqual(splitAtRandom(ratings, 0.2, 3));
  expect(splitAtRandom(ratings, 0.2, 4)).not.toEqual(splitAtRandom(ratings, 0.2, 3));
});

test('ratings of all users are equally likely to be chosen', () => {
  const { chosen } = splitAtRandom(ratings, 0.2, 1);
  const first = chosen.userIds.filter((userId) => userId <= 20).length;
  // Half of 200 by users 1 to 20; five standard deviations are 5·√(200·¼·0.8) = 32.
  expect(Math.abs(first - 100)).toBeLessThan(32);
});
