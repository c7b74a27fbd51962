import { expect, test } from 'vitest';
import { movieSimilarity } from '../../pipeline/model/movie-similarity.ts';
import { reasonsFor, recommend } from '../../pipeline/model/recommend.ts';
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
  for (const person of [...Array.from(both.users.ids, both.person), folded]) {
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

test('reasons are the ratings that add most, and only those that add anything', () => {
  const given = [...rated].map((movieId, at) => ({ movieId, stars: at % 2 === 0 ? 5 : 1 }));
  const person = model.foldIn(given);
  const [best] = recommend(model.movies, person, { k: 1, exclude: rated }).items;
  const contributions = new Map(
    person.explain(best!.movieId)!.map(({ movieId, contribution }) => [movieId, contribution]),
  );
  const reasons = reasonsFor(person, best!.movieId, 3);
  expect(reasons.length).toBeGreaterThan(0);
  const values = reasons.map((movieId) => contributions.get(movieId)!);
  expect(values).toEqual(values.toSorted((a, b) => b - a));
  expect(values[0]).toBe(Math.max(...contributions.values()));
  expect(values.at(-1)).toBeGreaterThan(0);
  expect(reasonsFor(model.person(user), best!.movieId, 3)).toEqual([]);
});

test('a movie that is shown although it was rated is not its own reason', () => {
  const ratings = [...model.movies.ids.subarray(0, 6)].map((movieId) => ({ movieId, stars: 5 }));
  const person = model.foldIn(ratings);
  const own = ratings.filter(({ movieId }) => {
    const of = person.explain(movieId)?.find((rated) => rated.movieId === movieId);
    return (of?.contribution ?? 0) > 0;
  });
  expect(own).not.toEqual([]);
  for (const { movieId } of own) expect(reasonsFor(person, movieId, 6)).not.toContain(movieId);
});
