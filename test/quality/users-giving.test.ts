import { expect, test } from 'vitest';
import { seededRandom } from '../../pipeline/lib/random.ts';
import { absenceOf, usersGiving } from '../../pipeline/quality/users-giving.ts';
import { summariseRatings } from '../../pipeline/ratings/summary.ts';
import { type RatingRow, ratingsOf } from '../support/batches.ts';

const summaryOf = (users: readonly (readonly number[])[]) =>
  summariseRatings(
    ratingsOf(
      users.flatMap((halves, user) =>
        halves.map((half, movie): RatingRow => [user + 1, movie + 1, half, 1_000_000_000]),
      ),
    ),
  );

const isHalfStar = (level: number): boolean => level % 2 === 1;

// Training: one user with 1 half star among 4 ratings, one with none among 2. Of two ratings of a training user,
// none is a half star with C(3, 2) / C(4, 2) = 1/2, and 1. With one more user without any: (1/2 + 1 + 1) / 3 = 5/6.
// Of one rating: (3/4 + 1 + 1) / 3 = 11/12. Of five ratings as of all four, or of both: (0 + 1 + 1) / 3 = 2/3.
test('the expected users are those of the hypergeometric distribution', () => {
  const training = summaryOf([
    [1, 2, 4, 6],
    [8, 10],
  ]);
  const batch = summaryOf([[2, 3], [8], [2, 4, 6, 8, 10]]);
  const { users, seen, expected } = usersGiving(batch, training, isHalfStar);
  expect({ users, seen }).toEqual({ users: 3, seen: 1 });
  expect(expected).toBeCloseTo(1 / 6 + 1 / 12 + 1 / 3, 14);
});

// Half of the training users give half stars only and half never do. With one more user without any, a user of the
// batch gives none with 51/101. 0.5049505^n is at most 0.0001 from n = 14 on (0.0001 < 0.5049505^13 = 0.000139).
test('an absence is found as soon as chance does not explain it', () => {
  const training = summaryOf(Array.from({ length: 100 }, (_, user) => [user % 2 === 0 ? 1 : 2]));
  const batchOf = (users: number) => summaryOf(Array.from({ length: users }, () => [2]));
  expect(absenceOf(batchOf(13), training, isHalfStar, 1e-4)).toBeNull();
  expect(absenceOf(batchOf(14), training, isHalfStar, 1e-4)).toMatchObject({ users: 14, seen: 0 });
});

test('a few users with such ratings do not hide that the others have none', () => {
  const training = summaryOf(Array.from({ length: 100 }, () => [1, 2]));
  const batchWith = (giving: number) =>
    summaryOf(Array.from({ length: 120 }, (_, user) => (user < giving ? [1, 2] : [2, 4])));
  expect(absenceOf(batchWith(5), training, isHalfStar, 1e-4)).not.toBeNull();
  expect(absenceOf(batchWith(30), training, isHalfStar, 1e-4)).toBeNull();
});

test('batches of training users are found less often than the error rate', () => {
  const random = seededRandom(5);
  const users = Array.from({ length: 400 }, () => {
    const likesHalves = random() < 0.3;
    return Array.from({ length: 1 + Math.floor(30 * random()) }, () =>
      likesHalves && random() < 0.2 ? 1 + 2 * Math.floor(5 * random()) : 2 + 2 * Math.floor(5 * random()),
    );
  });
  const training = summaryOf(users);
  const errorRate = 0.05;
  let found = 0;
  for (let batch = 0; batch < 400; batch++) {
    const drawn = Array.from({ length: 9 }, () => users[Math.floor(random() * users.length)] as number[]);
    if (absenceOf(summaryOf(drawn), training, isHalfStar, errorRate) !== null) found++;
  }
  expect(found / 400).toBeLessThanOrEqual(errorRate);
});

test('nothing is found in a batch without ratings, or against training data without any', () => {
  const some = summaryOf([[2, 3]]);
  expect(absenceOf(summaryOf([]), some, isHalfStar, 0.01)).toBeNull();
  expect(absenceOf(some, summaryOf([]), isHalfStar, 0.01)).toBeNull();
});
