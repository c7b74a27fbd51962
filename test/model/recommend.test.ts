import { expect, test } from 'vitest';
import { recommend } from '../../pipeline/model/recommend.ts';
import { learn } from '../train/learn.ts';
import { plantedRatings } from '../train/planted.ts';

const { train } = plantedRatings(2, 30, 40, 15);
const model = await learn('vb-mf', train);
const user = model.users.ids[4] as number;
const rated = new Set(train.movieIds.filter((_, row) => train.userIds[row] === user));
const nothing = (): boolean => false;

test('the list is what sorting every score gives', () => {
  const scores = new Float32Array(model.movies.size);
  model.scoreMovies(user, scores);
  const expected = Array.from(model.movies.ids, (movieId, row) => ({ movieId, score: scores[row] as number }))
    .filter(({ movieId }) => !rated.has(movieId))
    .sort((a, b) => b.score - a.score)
    .slice(0, 5);
  const { strategy, items } = recommend(model.movies, model.person(user), {
    k: 5,
    exclude: (movieId) => rated.has(movieId),
  });
  expect(strategy).toBe('personalised');
  expect(items.map(({ movieId, score }) => ({ movieId, score }))).toEqual(expected);
  for (const { movieId, predicted } of items) expect(predicted).toEqual(model.predict(user, movieId));
});

test('someone unknown gets a list too, and it says that it is for everyone', () => {
  const { strategy, items } = recommend(model.movies, model.person(999_999), { k: 3, exclude: nothing });
  expect(strategy).toBe('movie-mean');
  expect(items).toHaveLength(3);
  expect(items[0]?.predicted.strategy).toBe('movie-mean');
});

test('asking for more than there is gives all there is', () => {
  const { items } = recommend(model.movies, model.person(user), {
    k: 1_000,
    exclude: (movieId) => rated.has(movieId),
  });
  expect(items).toHaveLength(model.movies.size - rated.size);
});

test('when everything is excluded the list is empty', () => {
  expect(recommend(model.movies, model.person(user), { k: 10, exclude: () => true }).items).toEqual([]);
});
