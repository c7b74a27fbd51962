import type { GivenRating, Model, Person } from './model.ts';

/**
 * A user as the API serves them. A user whose ratings are those that the model has learned is the one it learned. Any
 * other is folded in from all ratings.
 *
 * @param rated all ratings of the user so far.
 * @param isLearned whether the model has learned these, if it knows the user.
 */
export function servedPerson(
  model: Pick<Model, 'users' | 'person' | 'foldIn'>,
  userId: number,
  rated: readonly GivenRating[],
  isLearned: boolean,
): Person {
  return isLearned && model.users.rowOf(userId) >= 0 ? model.person(userId) : model.foldIn(rated);
}
