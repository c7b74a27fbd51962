import { expect, test } from 'vitest';
import { movieSimilarity } from '../../pipeline/model/movie-similarity.ts';
import { recommend } from '../../pipeline/model/recommend.ts';
import { learn } from '../train/learn.ts';
import { plantedRatings } from '../train/planted.ts';

const { train } = plantedRatings(2, 60, 80, 20);
const model = await learn('vb-mf', train);
const user = model.users.ids[4] as number;
const rated = new Set(train.movieIds.filter((_, row) => train.userIds[row] === user));

test('the list is what sorting every score gives', () => {
  const scores = new Float32Array(model.movies.size);
  model.scoreMovies(user, scores);
  const expected = Array.from(model.movies.ids, (movieId, row) => ({ movieId, score: scores[row] as number }))
    .filter(({ movieId }) => !rated.has(movieId))
    .sort((a, b) => b.score - a.score)
    .slice(0, 5);
  const { strategy, items } = recommend(model.movies, model.person(user), {
    k: 5,
    exclude: rated,
  });
  expect(strategy).toBe('personalised');
  expect(items.map(({ movieId, score }) => ({ movieId, score }))).toEqual(expected);
  for (const { movieId, predicted } of items) expect(predicted).toEqual(model.predict(user, movieId));
});

test('the lists of two heads are what sorting every score gives, whoever it is', async () => {
  const both = await learn('vb-mf+ials', train);
  const folded = both.foldIn([{ movieId: both.movies.ids[3] as number, stars: 4.5 }]);
  for (const person of [...Array.from(both.users.ids, (userId) => both.person(userId)), folded]) {
    const scores = new Float32Array(both.movies.size);
    person.scoreMovies(scores);
    const expected = Array.from(both.movies.ids, (movieId, row) => ({
      movieId,
      score: scores[row] as number,
    }))
      .filter(({ movieId }) => movieId % 5 !== 0)
      .sort((a, b) => b.score - a.score)
      .slice(0, 12);
    const { items } = recommend(both.movies, person, {
      k: 12,
      exclude: [...both.movies.ids].filter((movieId) => movieId % 5 === 0),
    });
    expect(items.map(({ movieId, score }) => ({ movieId, score }))).toEqual(expected);
  }
});

test('someone unknown gets a list too, and it says that it is for everyone', () => {
  const { strategy, items } = recommend(model.movies, model.person(999_999), { k: 3, exclude: [] });
  expect(strategy).toBe('movie-mean');
  expect(items).toHaveLength(3);
  expect(items[0]?.predicted.strategy).toBe('movie-mean');
});

test('asking for more than there is gives all there is', () => {
  const { items } = recommend(model.movies, model.person(user), {
    k: 1_000,
    exclude: rated,
  });
  expect(items).toHaveLength(model.movies.size - rated.size);
});

test('when everything is excluded the list is empty', () => {
  expect(recommend(model.movies, model.person(user), { k: 10, exclude: model.movies.ids }).items).toEqual([]);
});

test('only movies that are allowed are shown', () => {
  const { items } = recommend(model.movies, model.person(user), {
    k: 5,
    exclude: rated,
    allows: (movieId) => movieId % 3 === 0,
  });
  expect(items.length).toBeGreaterThan(0);
  expect(items.map(({ movieId }) => movieId % 3)).toEqual(items.map(() => 0));
});

test('a diverse list begins with the best movie, and its movies are less alike', () => {
  const similarity = movieSimilarity(model.movieVectors!);
  const alike = (strength: number): { readonly first: number; readonly mean: number } => {
    const { items } = recommend(model.movies, model.person(user), {
      k: 5,
      exclude: rated,
      diversity: { strength, similarity },
    });
    const rows = items.map(({ movieId }) => model.movies.rowOf(movieId));
    const pairs = rows.flatMap((a, at) => rows.slice(at + 1).map((b) => similarity.cosineOf(a, b)));
    return { first: items[0]!.movieId, mean: pairs.reduce((sum, cosine) => sum + cosine, 0) / pairs.length };
  };
  const plain = recommend(model.movies, model.person(user), { k: 5, exclude: rated }).items;
  expect(alike(0).first).toBe(plain[0]?.movieId);
  expect(alike(0.7).first).toBe(plain[0]?.movieId);
  expect(alike(0.7).mean).toBeLessThan(alike(0).mean);
});
