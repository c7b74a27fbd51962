import type { GivenRating, Model, Person } from '../model/model.ts';
import { servedPerson } from '../model/served-person.ts';
import { orderRows } from '../ratings/order.ts';
import { filterRatings, type Ratings } from '../ratings/ratings.ts';
import { rowsOf, type Vocabulary } from '../ratings/vocabulary.ts';

/** Ratings that a user gave in the same second, and what the user had told before. */
export interface Moment {
  readonly userId: number;
  /** The ratings before this second: earlier ones, then those of the set itself. Changes after the visit. */
  readonly told: readonly GivenRating[];
  /** The user as the API would serve them at this moment. Computed when first needed. */
  readonly person: () => Person;
  /** Rows of the set. */
  readonly rows: Int32Array;
}

/**
 * Goes through ratings user by user and second by second. At each moment the user has told all ratings before it, and no
 * other of the same second: ratings of one second came together, and none of them can be used for another.
 *
 * Users are independent of each other for a model that does not learn meanwhile, so this gives the same as all ratings in
 * the order of time.
 *
 * @param users whose ratings are visited.
 * @param data.seen ratings before those of the set.
 * @param options.learned number of ratings of a user that the model has learned. A user who has told as many is the one
 * that the model learned. @default those in `seen`
 * @param options.isFollowed users whose ratings of the set count as told. The ratings of others are one moment.
 * @default everyone
 */
export function* momentsOf(
  model: Pick<Model, 'users' | 'person' | 'foldIn'>,
  users: Vocabulary,
  { seen, ratings }: { readonly seen: Ratings; readonly ratings: Ratings },
  {
    learned,
    isFollowed = () => true,
  }: {
    readonly learned?: (userId: number) => number;
    readonly isFollowed?: (userId: number) => boolean;
  } = {},
): Generator<Moment> {
  const isOfUsers =
    ({ userIds }: Ratings) =>
    (row: number): boolean =>
      users.rowOf(userIds[row] as number) >= 0;
  const before = filterRatings(seen, isOfUsers(seen));
  const earlier = orderRows([rowsOf(users, before.userIds), before.ratedAt, before.movieIds]);
  const order = orderOfUsers(users, ratings);
  let next = 0;
  for (let start = 0; start < order.length; ) {
    const userId = ratings.userIds[order[start] as number] as number;
    const user = users.rowOf(userId);
    const told: GivenRating[] = [];
    while (next < earlier.length) {
      const row = earlier[next] as number;
      const other = users.rowOf(before.userIds[row] as number);
      if (other > user) break;
      if (other === user) told.push(givenRating(before, row));
      next++;
    }
    const known = learned === undefined ? told.length : learned(userId);
    const last = endOf(order, start, userOf, ratings);
    while (start < last) {
      const end = isFollowed(userId) ? Math.min(last, endOf(order, start, secondOf, ratings)) : last;
      let person: Person | null = null;
      const isLearned = told.length === known;
      yield {
        userId,
        told,
        person: () => (person ??= servedPerson(model, userId, told, isLearned)),
        rows: order.subarray(start, end),
      };
      for (; start < end; start++) told.push(givenRating(ratings, order[start] as number));
    }
  }
}

/** The rows of users, ordered by user, time and movie. */
function orderOfUsers(users: Vocabulary, ratings: Ratings): Int32Array {
  const userRows = rowsOf(users, ratings.userIds);
  const all = orderRows([userRows.map((row) => row + 1), ratings.ratedAt, ratings.movieIds]);
  let others = 0;
  while (others < all.length && (userRows[all[others] as number] as number) < 0) others++;
  return all.subarray(others);
}

const secondOf = ({ ratedAt }: Ratings, row: number): number => ratedAt[row] as number;
const userOf = ({ userIds }: Ratings, row: number): number => userIds[row] as number;

/** The place after the last rating from `start` on that has the same value. */
function endOf(
  order: Int32Array,
  start: number,
  keyOf: (ratings: Ratings, row: number) => number,
  ratings: Ratings,
): number {
  const first = keyOf(ratings, order[start] as number);
  let end = start + 1;
  while (end < order.length && keyOf(ratings, order[end] as number) === first) end++;
  return end;
}

const givenRating = ({ movieIds, halves }: Ratings, row: number): GivenRating => ({
  movieId: movieIds[row] as number,
  stars: (halves[row] as number) / 2,
});
