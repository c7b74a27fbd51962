/** What counts in a ranking besides ratings, and how showings add up and fade. */
import { expect, test } from 'vitest';
import {
  decayedShowings,
  type Interaction,
  interactionsOf,
  mergedInteraction,
  NO_INTERACTIONS,
  rankedBy,
} from '../../pipeline/model/interactions.ts';
import { withShown } from '../../pipeline/model/shown.ts';

const DAY = 86_400;
const NOW = 1_772_000_000;
const one = (movieId: number, kind: Interaction['kind'], at = NOW, times = 1): Interaction => ({
  movieId,
  kind,
  at,
  times,
});

test('a showing counts half after a week, and showings of different times add up', () => {
  expect(decayedShowings(8, 7 * DAY)).toBe(4);
  expect(decayedShowings(8, 21 * DAY)).toBe(1);
  expect(decayedShowings(8, -5)).toBe(8);
  const before = one(1, 'shown', NOW, 4);
  expect(mergedInteraction(before, one(1, 'shown', NOW + 14 * DAY, 2))).toEqual(
    one(1, 'shown', NOW + 14 * DAY, 3),
  );
  expect(mergedInteraction(before, one(1, 'shown', NOW - 7 * DAY, 2))).toEqual(one(1, 'shown', NOW, 5));
  expect(mergedInteraction(one(1, 'wanted'), one(1, 'wanted', NOW - DAY))).toEqual(one(1, 'wanted'));
});

test('what the user has rated is only that, a watched movie is no wish, and neither sinks', () => {
  const kept = [
    ...['watched', 'wanted', 'hidden', 'shown'].map((kind) => one(1, kind as Interaction['kind'])),
    ...['watched', 'wanted', 'shown'].map((kind) => one(2, kind as Interaction['kind'])),
    ...['wanted', 'shown'].map((kind) => one(3, kind as Interaction['kind'])),
    one(4, 'shown', NOW - 7 * DAY, 3),
    one(5, 'shown', NOW - 29 * DAY, 1),
  ];
  const interactions = interactionsOf(kept, [{ movieId: 1, stars: 2 }], 1000 * NOW);
  expect(interactions).toEqual({ watched: [2], wanted: [3], hidden: [1], shown: new Map([[4, 1.5]]) });
  expect(interactionsOf([], [], 1000 * NOW)).toBe(NO_INTERACTIONS);
});

test('a watched movie counts as one at the usual stars, a wanted one half a star below, and without either nothing changes', () => {
  // (5 · 3.5 + 5 + 5 + 5) / 8 = 4.06
  const rated = [10, 11, 12].map((movieId) => ({ movieId, stars: 5 }));
  expect(rankedBy(rated, { watched: [1], wanted: [2] }).slice(3)).toEqual([
    { movieId: 1, stars: 4 },
    { movieId: 2, stars: 3.5 },
  ]);
  const low = Array.from({ length: 50 }, (_, movieId) => ({ movieId, stars: 0.5 }));
  expect(rankedBy(low, { watched: [], wanted: [99] }).at(-1)).toEqual({ movieId: 99, stars: 0.5 });
  expect(rankedBy(rated, NO_INTERACTIONS)).toBe(rated);
});

test('a shown movie loses half a standard deviation for each doubling', () => {
  // 200 scores, half of them 1 and half 0, have a standard deviation of 0.5.
  const rows = Int32Array.from({ length: 200 }, (_, row) => row);
  const scores = Float32Array.from(rows, (row) => (row < 100 ? 1 : 0));
  const shownOf = (row: number): number => (row === 0 ? 1 : row === 1 ? 3 : 0);
  const sunk = withShown({ rows, scores }, shownOf, 200);
  const scoreOf = (row: number) => sunk.scores[sunk.rows.indexOf(row)];
  expect([scoreOf(0), scoreOf(1), scoreOf(2)]).toEqual([0.75, 0.5, 1]);
  expect([...sunk.rows.slice(0, 2)]).toEqual([2, 3]);
  expect([...sunk.rows.slice(98, 101)]).toEqual([0, 1, 100]);
});
