import type { Model } from '../../pipeline/model/model.ts';
import { vocabularyOf } from '../../pipeline/ratings/vocabulary.ts';

/** A model whose every answer is written in the test: predicted stars and ranking scores by ids. */
export function fixedModel({
  users,
  movies,
  predicts,
  scores = predicts,
}: {
  readonly users: readonly number[];
  readonly movies: readonly number[];
  readonly predicts: (userId: number, movieId: number) => number;
  readonly scores?: (userId: number, movieId: number) => number;
}): Model {
  const vocabulary = {
    users: vocabularyOf(Int32Array.from(users)),
    movies: vocabularyOf(Int32Array.from(movies)),
  };
  return {
    algorithm: 'fixed',
    ...vocabulary,
    predict(userId, movieId) {
      const known = [vocabulary.users.rowOf(userId) >= 0, vocabulary.movies.rowOf(movieId) >= 0];
      const strategy = known[0]
        ? known[1]
          ? 'personalised'
          : 'user-mean'
        : known[1]
          ? 'movie-mean'
          : 'global-mean';
      return { rating: predicts(userId, movieId), deviation: null, strategy };
    },
    scoreMovies(userId, into) {
      vocabulary.movies.ids.forEach((movieId, row) => {
        into[row] = scores(userId, movieId);
      });
      return 'personalised';
    },
  };
}
