import type { Model } from '../../pipeline/model/model.ts';
import { bestOf, scoresAt } from '../../pipeline/model/ranking-scores.ts';
import { vocabularyOf } from '../../pipeline/ratings/vocabulary.ts';

/** A model with predictions and ranking scores that the test defines by id. */
export function fixedModel({
  users,
  movies,
  predicts,
  scores = predicts,
  deviates = () => null,
}: {
  readonly users: readonly number[];
  readonly movies: readonly number[];
  readonly predicts: (userId: number, movieId: number) => number;
  readonly scores?: (userId: number, movieId: number) => number;
  readonly deviates?: (userId: number, movieId: number) => number | null;
}): Model {
  const vocabulary = {
    users: vocabularyOf(Int32Array.from(users)),
    movies: vocabularyOf(Int32Array.from(movies)),
  };
  const predict: Model['predict'] = (userId, movieId) => {
    const known = [vocabulary.users.rowOf(userId) >= 0, vocabulary.movies.rowOf(movieId) >= 0];
    const strategy = known[0]
      ? known[1]
        ? 'personalised'
        : 'user-mean'
      : known[1]
        ? 'movie-mean'
        : 'global-mean';
    return { rating: predicts(userId, movieId), deviation: deviates(userId, movieId), strategy };
  };
  const scoreMovies: Model['scoreMovies'] = (userId, into) => {
    vocabulary.movies.ids.forEach((movieId, row) => {
      into[row] = scores(userId, movieId);
    });
    return 'personalised';
  };
  const person: Model['person'] = (userId) => ({
    predict: (movieId) => predict(userId, movieId),
    scoreMovies: (into) => scoreMovies(userId, into),
    bestMovies(n, hidden) {
      const all = new Float32Array(movies.length);
      return { strategy: scoreMovies(userId, all), ...bestOf(all, n, hidden) };
    },
    scoresOf(rows) {
      const all = new Float32Array(movies.length);
      scoreMovies(userId, all);
      return scoresAt(all, rows);
    },
    explain: () => null,
  });
  return {
    algorithm: 'fixed',
    ...vocabulary,
    scale: [0.5, 5],
    movieVectors: null,
    predict,
    scoreMovies,
    person,
    foldIn: () => person(0),
  };
}
