/**
 * What interactions without stars are worth to people whom the model does not know, and how a list changes from day to
 * day. `node test/bench/interactions.ts ml-latest-small` on a folder of MovieLens; docs/algorithms.md has the tables.
 *
 * Of each of 150 people who were kept out of the training, 5 ratings are told with stars, 10 films that they rated are
 * told without, and the liked ones of the rest (4★ or more) should be in the list. For wishes, 5 of the 10 films are ones
 * that they never rated, drawn by popularity: not every wish is good.
 */

import { markdownTable } from 'markdown-table';
import { seededRandom, shuffle } from '../../pipeline/lib/random.ts';
import type { GivenRating } from '../../pipeline/model/model.ts';
import { decodeNeighbours, encodeNeighbours } from '../../pipeline/model/neighbours.ts';
import { DEFAULT_NOVELTY, noveltyData, usualStars } from '../../pipeline/model/novelty.ts';
import { recommend } from '../../pipeline/model/recommend.ts';
import { filterRatings } from '../../pipeline/ratings/ratings.ts';
import { readDataset } from '../../pipeline/source/load-dataset.ts';
import { algorithmNamed } from '../../pipeline/train/algorithms.ts';
import { findNeighbours } from '../../pipeline/train/neighbours/find-neighbours.ts';
import { AS_STARS } from '../support/reading.ts';

const [PEOPLE, TOLD, UNTOLD, K, LIKED] = [150, 5, 10, 10, 4];
const DRAWS = [1, 2, 3, 4];
const DAYS = 14;

const [path] = process.argv.slice(2);
if (path === undefined) {
  console.error('Name a folder of MovieLens: node test/bench/interactions.ts ml-latest-small');
  process.exit(2);
}
const { ratings, movies } = await readDataset(path, {
  now: new Date(),
  reading: AS_STARS,
  onProgress: () => {},
});

const byUser = new Map<number, GivenRating[]>();
ratings.userIds.forEach((userId, row) => {
  const own = byUser.get(userId) ?? [];
  byUser.set(userId, own);
  own.push({ movieId: ratings.movieIds[row] as number, stars: (ratings.halves[row] as number) / 2 });
});
const active = [...byUser].filter(([, own]) => own.length >= 3 * (TOLD + UNTOLD)).map(([userId]) => userId);
const people = shuffle(seededRandom(1, 0), active).slice(0, PEOPLE);
const isOut = new Set(people);
const trained = filterRatings(ratings, (row) => !isOut.has(ratings.userIds[row] as number));
const algorithm = algorithmNamed('vb-mf+ials');
const model = await algorithm.fit(trained, { hyperParameters: {}, seed: 1, movies });
const neighbours = decodeNeighbours(encodeNeighbours(findNeighbours(trained, movies)));
const counts = new Map<number, number>();
for (const movieId of trained.movieIds) counts.set(movieId, (counts.get(movieId) ?? 0) + 1);
const data = noveltyData(neighbours, model.movies, (movieId) => counts.get(movieId) ?? 0);

interface Told {
  readonly told: readonly GivenRating[];
  readonly untold: readonly number[];
  readonly liked: ReadonlySet<number>;
}

/** @param noise how many of the films without stars the person never rated. */
function drawn(draw: number, noise: number): readonly Told[] {
  return people.flatMap((userId) => {
    const random = seededRandom(draw, userId);
    const own = shuffle(random, [...(byUser.get(userId) as GivenRating[])]);
    const isOwn = new Set(own.map(({ movieId }) => movieId));
    const strangers: number[] = [];
    while (strangers.length < noise) {
      const movieId = trained.movieIds[Math.floor(random() * trained.length)] as number;
      if (!isOwn.has(movieId) && !strangers.includes(movieId)) strangers.push(movieId);
    }
    const untold = [...own.slice(TOLD, TOLD + UNTOLD - noise).map(({ movieId }) => movieId), ...strangers];
    const liked = new Set(
      own.slice(TOLD + UNTOLD).flatMap(({ movieId, stars }) => (stars >= LIKED ? [movieId] : [])),
    );
    return liked.size < 3 ? [] : [{ told: own.slice(0, TOLD), untold, liked }];
  });
}

/** Precision@10 and nDCG@10 when films without stars count as some, or not at all (null). */
function measured(draws: readonly (readonly Told[])[], starsOf: ((usual: number) => number) | null) {
  let [precision, gain, lists] = [0, 0, 0];
  for (const { told, untold, liked } of draws.flat()) {
    const usual = Math.round(2 * usualStars(told)) / 2;
    const stars = starsOf === null ? 0 : Math.min(5, Math.max(0.5, starsOf(usual)));
    const ranked = starsOf === null ? told : [...told, ...untold.map((movieId) => ({ movieId, stars }))];
    const { items } = recommend(model.movies, model.foldIn(told, ranked), {
      k: K,
      exclude: [...told.map(({ movieId }) => movieId), ...untold],
      novelty: { strength: DEFAULT_NOVELTY, rated: ranked, data },
    });
    const hits = items.map(({ movieId }) => (liked.has(movieId) ? 1 : 0) as number);
    const discounted = (all: readonly number[]) =>
      all.reduce((sum, hit, at) => sum + hit / Math.log2(at + 2), 0);
    precision += hits.reduce((sum, hit) => sum + hit, 0) / K;
    gain += discounted(hits) / discounted(Array(Math.min(K, liked.size)).fill(1));
    lists++;
  }
  return [(precision / lists).toFixed(4), (gain / lists).toFixed(4)];
}

const OFFSETS = [-2.5, -2, -1.5, -1, -0.5, 0, 0.5, 1];
const [watches, wishes] = [0, 5].map((noise) => DRAWS.map((draw) => drawn(draw, noise))) as [
  Told[][],
  Told[][],
];
console.log(
  markdownTable([
    ['films without stars count as', 'watched: Precision@10', 'nDCG@10', 'wanted: Precision@10', 'nDCG@10'],
    ['nothing', ...measured(watches, null), ...measured(wishes, null)],
    ...OFFSETS.map((offset) => [
      `usual stars ${offset < 0 ? '−' : '+'} ${Math.abs(offset)}`,
      ...measured(watches, (usual) => usual + offset),
      ...measured(wishes, (usual) => usual + offset),
    ]),
  ]),
);

/** Films of a list that were not in that of the day before, when every list is shown. */
const news = Array.from({ length: DAYS }, () => 0);
const different = new Set<string>();
for (const userId of people) {
  const told = (byUser.get(userId) as GivenRating[]).slice(0, 2 * (TOLD + UNTOLD));
  const person = model.foldIn(told);
  const shown = new Map<number, number>();
  let before = new Set<number>();
  for (let day = 0; day < DAYS; day++) {
    const { items } = recommend(model.movies, person, {
      k: K,
      exclude: told.map(({ movieId }) => movieId),
      shown,
      novelty: { strength: DEFAULT_NOVELTY, rated: told, data },
    });
    const listed = new Set(items.map(({ movieId }) => movieId));
    news[day] = (news[day] as number) + [...listed].filter((movieId) => !before.has(movieId)).length;
    for (const movieId of listed) different.add(`${userId} ${movieId}`);
    for (const [movieId, times] of shown) shown.set(movieId, times * 0.5 ** (1 / 7));
    for (const movieId of listed) shown.set(movieId, (shown.get(movieId) ?? 0) + 1);
    before = listed;
  }
}
console.log(`\nnew films a day, of ${K}: ${news.map((sum) => (sum / people.length).toFixed(1)).join(' ')}`);
console.log(`different films in ${DAYS} days: ${(different.size / people.length).toFixed(1)} a person`);
