import { expect, test } from 'vitest';
import type { GivenRating, Person } from '../../pipeline/model/model.ts';
import { likedGenre, likedRatings, reasonsFor } from '../../pipeline/model/reasons.ts';
import { learn } from '../train/learn.ts';
import { plantedRatings } from '../train/planted.ts';

const given = (...stars: readonly number[]): readonly GivenRating[] =>
  stars.map((each, at) => ({ movieId: at + 1, stars: each }));

/** A person for whom each rating adds a given number to every score. */
function personWith(contributions: readonly number[]): Person {
  const explained = contributions.map((contribution, at) => ({ movieId: at + 1, contribution }));
  return { explain: () => explained } as unknown as Person;
}

test('ratings at or above the own mean and of 3★ or more are praise', () => {
  const liked = (...stars: readonly number[]) => likedRatings(given(...stars)).map(({ movieId }) => movieId);
  expect(liked(5, 4, 3)).toEqual([1, 2]);
  expect(liked(4, 4, 4)).toEqual([1, 2, 3]);
  expect(liked(1, 1, 1, 1, 1)).toEqual([]);
  expect(liked(2.5, 1, 3)).toEqual([3]);
  expect(liked()).toEqual([]);
});

test('of several ratings of a movie the last one decides', () => {
  expect(likedRatings([...given(5), { movieId: 1, stars: 1 }])).toEqual([]);
});

test('reasons are liked ratings that add something, with their share of all that speaks for the movie', () => {
  // Movie 2 was disliked, 4 speaks against, 5 adds less than 3%.
  const person = personWith([0.3, 0.6, 0.08, -0.5, 0.02]);
  expect(reasonsFor(person, given(5, 1, 4, 5, 5), 99, 3)).toEqual([
    { movieId: 1, stars: 5, contribution: expect.closeTo(0.3) },
    { movieId: 3, stars: 4, contribution: expect.closeTo(0.08) },
  ]);
  expect(reasonsFor(person, given(5, 1, 4, 5, 5), 99, 1)).toHaveLength(1);
});

test('who liked nothing is told no reason', () => {
  expect(reasonsFor(personWith([0.3, 0.2, 0.1]), given(1, 1, 1), 99, 2)).toEqual([]);
});

test('a movie that is shown although it was rated is not its own reason', () => {
  expect(reasonsFor(personWith([0.5, 0.5]), given(5, 5), 1, 2).map(({ movieId }) => movieId)).toEqual([2]);
});

test('reasons of a model are in the order of what its fold-in says, and somebody known has none', async () => {
  const { train } = plantedRatings(2, 60, 80, 20);
  const model = await learn('vb-mf+ials', train);
  const ratings = [...model.movies.ids.subarray(0, 8)].map((movieId, at) => ({ movieId, stars: 1 + at / 2 }));
  const person = model.foldIn(ratings);
  const found = [...model.movies.ids].flatMap((movieId) => {
    const added = new Map(person.explain(movieId)?.map((each) => [each.movieId, each.contribution]));
    const reasons = reasonsFor(person, ratings, movieId, 3);
    const values = reasons.map((reason) => added.get(reason.movieId) as number);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    for (const { stars } of reasons) expect(stars).toBeGreaterThanOrEqual(3);
    return reasons;
  });
  expect(found.length).toBeGreaterThan(0);
  expect(reasonsFor(model.person(model.users.ids[0] as number), ratings, 99, 3)).toEqual([]);
});

test('a genre is liked with two liked movies that are not below the own mean on average', () => {
  const genres: Readonly<Record<number, readonly string[]>> = {
    1: ['Horror'],
    2: ['Horror', 'Drama'],
    3: ['Comedy'],
    4: ['Drama'],
    99: ['Comedy', 'Drama', 'Horror'],
  };
  const of = (...stars: readonly number[]) => likedGenre(given(...stars), 99, (id) => genres[id] ?? []);
  expect(of(5, 5, 5, 1)).toBe('Horror');
  // Of drama 5 and 1: 3 is below the mean.
  expect(of(1, 5, 5, 1)).toBeNull();
  expect(of(1, 1, 1, 1)).toBeNull();
});
