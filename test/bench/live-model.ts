import type { GivenRating, Model, Person } from '../../pipeline/model/model.ts';
import type { Ratings } from '../../pipeline/ratings/ratings.ts';

/**
 * A model as the API serves it to users who have rated since its training: they are folded in from all of their ratings.
 * Everyone else is as the model has learned them.
 *
 * @param known all ratings so far. @param newer those of them that the model has not learned.
 */
export function liveModel(model: Model, known: Ratings, newer: Ratings): Model {
  const given = new Map<number, GivenRating[]>();
  for (const userId of newer.userIds) given.set(userId, []);
  for (let row = 0; row < known.length; row++) {
    given.get(known.userIds[row] as number)?.push({
      movieId: known.movieIds[row] as number,
      stars: (known.halves[row] as number) / 2,
    });
  }
  const persons = new Map<number, Person>();
  const person = (userId: number): Person => {
    const ratings = given.get(userId);
    if (ratings === undefined) return model.person(userId);
    const before = persons.get(userId) ?? model.foldIn(ratings);
    persons.set(userId, before);
    return before;
  };
  return {
    ...model,
    person,
    predict: (userId, movieId) => person(userId).predict(movieId),
    scoreMovies: (userId, scores) => person(userId).scoreMovies(scores),
  };
}
