import { expect, test } from 'vitest';
import type { Movie } from '../../../pipeline/ratings/movie.ts';
import { selectRatings } from '../../../pipeline/ratings/ratings.ts';
import { fixedPersonas } from '../../../pipeline/stages/model-check/personas.ts';
import { rated } from '../../evaluate/rated.ts';

/** Movies 1 to 60 are dramas, 61 to 120 westerns. */
const movies: readonly Movie[] = Array.from({ length: 120 }, (_, i) => ({
  id: i + 1,
  title: `Movie ${i + 1}`,
  year: 2000,
  genres: [i < 60 ? 'Drama' : 'Western'],
}));

const gives = (user: number, from: number, to: number, stars: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => [user, from + i, stars] as const);

const training = rated(
  // Half of what most people like are dramas, and all of them like the same movies.
  ...[1, 2, 3, 4].flatMap((user) => [...gives(user, 1, 20, 4), ...gives(user, 61, 80, 4)]),
  ...[...gives(5, 61, 85, 5), ...gives(5, 1, 5, 4)],
  ...gives(6, 1, 3, 5),
  ...gives(7, 1, 30, 1),
  ...[...gives(8, 41, 55, 5), ...gives(8, 101, 115, 5)],
);

test('each persona is who fits the description best', () => {
  expect(
    fixedPersonas(training, movies).map(({ name, description, userId }) => ({ name, description, userId })),
  ).toEqual([
    // 25 of the person's 30; of everyone's 223 the 4 · 20 + 25 + 15 that are westerns.
    {
      name: 'Genre lover',
      userId: 5,
      description: '83% of 30 liked movies are Western, 54% for all users; 30 ratings',
    },
    { name: 'Beginner', userId: 6, description: 'has the fewest ratings: 3 ratings' },
    { name: 'Hard to please', userId: 7, description: 'gives 1.00★ on average; 30 ratings' },
    {
      name: 'Off the beaten track',
      userId: 8,
      description: 'half of the liked movies have at most 1 rating; 30 ratings',
    },
    { name: 'Newcomer', userId: 0, description: 'has not rated anything' },
  ]);
});

test('the order of the ratings does not matter', () => {
  const reversed = selectRatings(
    training,
    Int32Array.from({ length: training.length }, (_, i) => training.length - 1 - i),
  );
  expect(fixedPersonas(reversed, movies)).toEqual(fixedPersonas(training, movies));
});

test('what a persona has rated is known, so that it is not recommended again', () => {
  const beginner = fixedPersonas(training, movies).find(({ name }) => name === 'Beginner');
  expect(beginner?.rated).toEqual(new Set([1, 2, 3]));
});

test('without genres nobody loves one', () => {
  const names = fixedPersonas(training, []).map(({ name }) => name);
  expect(names).toEqual(['Beginner', 'Hard to please', 'Off the beaten track', 'Newcomer']);
});

test('few ratings give few personas', () => {
  expect(fixedPersonas(rated([1, 1, 4]), movies).map(({ name }) => name)).toEqual(['Beginner', 'Newcomer']);
});
