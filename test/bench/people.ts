/**
 * Recommendations as an app sees them, beside popularity, item-item cosine and implicit ALS: similar films, personas,
 * hits and breadth for people whom the model does not know, reasons, and feedback. The API answers over its routes.
 * `node test/bench/people.ts ml-latest-small` on a folder of MovieLens; docs/quality.md has the table. With `--inner` it
 * prints hits, breadth and calibration by novelty on the oldest 90% alone, where the default was chosen.
 */

import { markdownTable } from 'markdown-table';
import { seededRandom, shuffle } from '../../pipeline/lib/random.ts';
import { attributesOf, miscalibration, mixOf } from '../../pipeline/model/calibrated-list.ts';
import type { GivenRating } from '../../pipeline/model/model.ts';
import type { Movie } from '../../pipeline/ratings/movie.ts';
import { sortByTime } from '../../pipeline/ratings/order.ts';
import type { Ratings } from '../../pipeline/ratings/ratings.ts';
import { splitByTime } from '../../pipeline/ratings/split.ts';
import { readDataset } from '../../pipeline/source/load-dataset.ts';
import { algorithmNamed } from '../../pipeline/train/algorithms.ts';
import { good, startApi, type TestApi } from '../api/start-api.ts';
import { AS_STARS } from '../support/reading.ts';
import { servingOf } from '../support/serving.ts';
import { FRANCHISES } from './people/franchises.ts';
import type { Method } from './people/method.ts';
import { PERSONAS, type Persona } from './people/personas.ts';
import { plainMethods } from './people/plain-methods.ts';

const K = 10;
const TOLD = 5;
const DRAWS = [1, 2, 3, 4, 5, 6];
const LIKED_STARS = 4;
const NEWEST_SHARE = 0.1;

const [path, inner] = process.argv.slice(2);
if (path === undefined || (inner !== undefined && inner !== '--inner')) {
  console.error('Name a folder of MovieLens: node test/bench/people.ts ml-latest-small');
  process.exit(2);
}
const { ratings, movies } = await readDataset(path, {
  now: new Date(),
  reading: AS_STARS,
  onProgress: () => {},
});
const movieById = new Map(movies.map((movie) => [movie.id, movie]));
const movieOf = (movieId: number): Movie =>
  movieById.get(movieId) ?? { id: movieId, title: '', year: null, genres: [] };

async function serve(trained: Ratings): Promise<TestApi> {
  const algorithm = algorithmNamed('vb-mf+ials');
  const model = await algorithm.fit(trained, { hyperParameters: {}, seed: 1, movies });
  return startApi({ serving: servingOf({ model, ratings: trained, movies }) });
}

const LIST = '/api/v1/recommendations';
const asBody = (told: readonly GivenRating[]) =>
  told.map(({ movieId, stars }) => ({ movie: movieId, stars }));

function served(api: TestApi, name: string, options: object = {}): Method {
  const ids = (listed: readonly { readonly movie: number }[]) => listed.map(({ movie }) => movie);
  return {
    name,
    async list(told, k) {
      return ids((await good(api.post(LIST, { ratings: asBody(told), k, ...options }))).recommendations);
    },
    async similar(movieId, k) {
      return ids((await good(api.get(`/api/v1/movies/${movieId}/similar?k=${k}`))).similar);
    },
  };
}

/** Recall@10 of the other parts of a franchise, the mean over its films. */
async function franchiseRecall({ similar }: Method): Promise<number> {
  const counts = new Map<number, number>();
  for (const movieId of ratings.movieIds) counts.set(movieId, (counts.get(movieId) ?? 0) + 1);
  const byTitle = new Map<string, number>();
  for (const { id, title } of movies) {
    const before = byTitle.get(title);
    if (before === undefined || (counts.get(id) ?? 0) > (counts.get(before) ?? 0)) byTitle.set(title, id);
  }
  const recalls: number[] = [];
  for (const titles of FRANCHISES) {
    const parts = titles.split('|').flatMap((title) => byTitle.get(title) ?? []);
    for (const part of parts) {
      const found = await similar(part, K);
      const others = parts.filter((other) => other !== part);
      recalls.push(others.filter((other) => found.includes(other)).length / others.length);
    }
  }
  return meanOf(recalls);
}

const NOVELTIES = [0, 0.125, 0.25, 0.375, 0.5, 0.75, 1];

async function printInner(): Promise<void> {
  const known = splitByTime(ratings, 1 - NEWEST_SHARE).older;
  const { older, newer } = splitByTime(known, (1 - 2 * NEWEST_SHARE) / (1 - NEWEST_SHARE));
  const api = await serve(older);
  const draws = DRAWS.map((draw) => newcomers(older, newer, draw));
  const table = [['', 'Precision@10', `films for ${draws[0]?.length} people`, 'miscalibration']];
  const options = [...NOVELTIES.map((novelty) => ({ novelty })), { calibrated: true }, { diversity: 0.5 }];
  for (const option of options) {
    const { precision, films, apart } = await hitsAndBreadth(served(api, '', option), draws);
    table.push([JSON.stringify(option), precision.toFixed(3), films.toFixed(0), apart.toFixed(2)]);
  }
  console.log(markdownTable(table));
}

interface Newcomer {
  readonly told: readonly GivenRating[];
  readonly liked: ReadonlySet<number>;
}

/** People of the newest 10% whom the rest does not know: ten ratings or more, three liked among those not told. */
function newcomers(older: Ratings, newer: Ratings, draw: number): readonly Newcomer[] {
  const known = new Set(older.userIds);
  const byUser = new Map<number, GivenRating[]>();
  const ordered = sortByTime(newer);
  ordered.userIds.forEach((userId, row) => {
    if (known.has(userId)) return;
    const own = byUser.get(userId) ?? [];
    own.push({ movieId: ordered.movieIds[row] as number, stars: (ordered.halves[row] as number) / 2 });
    byUser.set(userId, own);
  });
  return [...byUser]
    .filter(([, own]) => own.length >= 2 * TOLD)
    .map(([userId, own]) => {
      const drawn = shuffle(seededRandom(draw, userId), [...own]);
      const liked = drawn.slice(TOLD).filter(({ stars }) => stars >= LIKED_STARS);
      return { told: drawn.slice(0, TOLD), liked: new Set(liked.map(({ movieId }) => movieId)) };
    })
    .filter(({ liked }) => liked.size >= 3);
}

/**
 * Precision@10, the number of different films that all people together see, and how far lists are from the mix of genres
 * and decades that people like among what they did not tell; means over the draws.
 */
async function hitsAndBreadth(
  { list }: Method,
  draws: readonly (readonly Newcomer[])[],
): Promise<{ readonly precision: number; readonly films: number; readonly apart: number }> {
  const [precisions, films, aparts]: [number[], number[], number[]] = [[], [], []];
  const mix = (ids: Iterable<number>) =>
    mixOf(Array.from(ids, (id) => attributesOf(movieOf(id).genres, movieOf(id).year)));
  for (const people of draws) {
    const shown = new Set<number>();
    for (const { told, liked } of people) {
      const listed = await list(told, K);
      for (const movieId of listed) shown.add(movieId);
      aparts.push(miscalibration(mix(liked), mix(listed), 1));
      precisions.push(listed.filter((movieId) => liked.has(movieId)).length / K);
    }
    films.push(shown.size);
  }
  return { precision: meanOf(precisions), films: meanOf(films), apart: meanOf(aparts) };
}

/** `7 of 10, 0 wrong`, with a mark when it is as a friend would do. */
async function personaText({ list }: Method, persona: Persona): Promise<string> {
  const listed = (await list(persona.told, K)).map(movieOf);
  const [right, wrong] = [listed.filter(persona.should).length, listed.filter(persona.shouldNot).length];
  const isMet = right >= persona.least && wrong <= persona.most;
  return `${right}, ${wrong} wrong ${isMet ? '✓' : '✗'}`;
}

const REAL_PEOPLE = 200;

/** Reasons of the lists of real people: how many, and how many name a film below the own mean or of 2.5★ or less. */
async function reasonTexts(api: TestApi): Promise<readonly string[]> {
  const userIds = shuffle(
    seededRandom(1),
    [...new Set(ratings.userIds)].sort((a, b) => a - b),
  );
  let [named, low, below, other, none] = [0, 0, 0, 0, 0];
  for (const userId of userIds.slice(0, REAL_PEOPLE)) {
    const own = ratings.halves.filter((_, row) => ratings.userIds[row] === userId);
    const mean = own.reduce((sum, half) => sum + half / 2, 0) / own.length;
    const body = await good(api.get(`${LIST}?user=${userId}&k=${K}&explain=true`));
    for (const { reason, because } of body.recommendations) {
      if (reason === null) none++;
      else if (because.length === 0) other++;
      for (const { stars } of because) {
        named++;
        if (stars <= 2.5) low++;
        if (stars < mean) below++;
      }
    }
  }
  return [
    `${named} ratings named`,
    `${low} of 2.5★ or less`,
    `${below} below the own mean`,
    `${other} films with another reason`,
    `${none} without`,
  ];
}

/** Films of the old list that stay, and horror films in the new one, after 19 horror films at 5★ and ten of the list at ½★. */
async function feedbackText({ list }: Method): Promise<string> {
  const userId = 1;
  const own: GivenRating[] = [];
  ratings.userIds.forEach((id, row) => {
    if (id === userId) {
      own.push({ movieId: ratings.movieIds[row] as number, stars: (ratings.halves[row] as number) / 2 });
    }
  });
  const rated = new Set(own.map(({ movieId }) => movieId));
  const before = await list(own, 2 * K);
  const counts = new Map<number, number>();
  for (const movieId of ratings.movieIds) counts.set(movieId, (counts.get(movieId) ?? 0) + 1);
  const horror = movies
    .filter(({ id, genres }) => genres.includes('Horror') && !rated.has(id) && !before.includes(id))
    .sort((a, b) => (counts.get(b.id) ?? 0) - (counts.get(a.id) ?? 0))
    .slice(0, 19);
  const told = [
    ...own,
    ...horror.map(({ id }) => ({ movieId: id, stars: 5 })),
    ...before.slice(0, K).map((movieId) => ({ movieId, stars: 0.5 })),
  ];
  const after = (await list(told, K)).map(movieOf);
  const horrorBefore = before.slice(0, K).filter((id) => movieOf(id).genres.includes('Horror')).length;
  return `${horrorBefore} → ${after.filter(({ genres }) => genres.includes('Horror')).length}`;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

if (inner !== undefined) {
  await printInner();
  process.exit();
}
const whole = await serve(ratings);
const { older, newer } = splitByTime(ratings, 1 - NEWEST_SHARE);
const past = await serve(older);
const draws = DRAWS.map((draw) => newcomers(older, newer, draw));
const onAll = [served(whole, 'the API'), ...plainMethods(ratings)];
const onOlder = [served(past, 'the API'), ...plainMethods(older)];
const row = async (name: string, methods: readonly Method[], measure: (of: Method) => Promise<string>) => {
  const cells = [name];
  for (const method of methods) cells.push(await measure(method));
  return cells;
};
const rows = [
  ['', ...onAll.map(({ name }) => name)],
  await row('parts of a franchise among ten similar films', onAll, async (method) =>
    method.name === 'popularity' ? '–' : (await franchiseRecall(method)).toFixed(3),
  ),
  await row('Precision@10 after five ratings', onOlder, async (method) =>
    (await hitsAndBreadth(method, draws)).precision.toFixed(3),
  ),
  await row(`different films for ${draws[0]?.length} people`, onOlder, async (method) =>
    (await hitsAndBreadth(method, draws)).films.toFixed(0),
  ),
];
for (const options of [{ novelty: 0 }, { novelty: 0.5 }, { calibrated: true }, { diversity: 0.5 }]) {
  const { precision, films } = await hitsAndBreadth(served(past, '', options), draws);
  const name = Object.entries(options).map(([key, value]) => `\`${key}\` ${value}`);
  rows.push([
    `the same with ${name}: Precision@10, films`,
    `${precision.toFixed(3)}, ${films.toFixed(0)}`,
    '–',
    '–',
    '–',
  ]);
}
for (const persona of PERSONAS) {
  rows.push(await row(persona.name, onAll, (method) => personaText(method, persona)));
}
rows.push(await row('horror films among ten, before and after 19 of them at 5★', onAll, feedbackText));
rows.push([`reasons for ${REAL_PEOPLE} real people`, (await reasonTexts(whole)).join(', '), '–', '–', '–']);
console.log(markdownTable(rows));
