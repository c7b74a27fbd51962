import type { GivenRating, Model, Person } from './model.ts';

/**
 * A user as the API serves them. A user whose ratings are those that the model has learned is the one it learned. Any
 * other is folded in from all ratings.
 *
 * @param rated all ratings of the user so far.
 * @param isLearned whether the model has learned these, if it knows the user.
 * @param ranked `rankedBy` of the ratings and the interactions. They change the ranking and no predicted stars. @default
 * the ratings
 */
export function servedPerson(
  model: Pick<Model, 'users' | 'person' | 'foldIn'>,
  userId: number,
  rated: readonly GivenRating[],
  isLearned: boolean,
  ranked: readonly GivenRating[] = rated,
): Person {
  if (!isLearned || model.users.rowOf(userId) < 0) return model.foldIn(rated, ranked);
  return ranked.length === rated.length ? model.person(userId) : model.person(userId, ranked);
}
