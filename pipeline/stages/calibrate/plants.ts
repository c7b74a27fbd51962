import type { FindingKind } from '../../drift/findings/finding.ts';
import type { GenresOf } from '../../drift/genre-counts.ts';
import { seededRandom, shuffle } from '../../lib/random.ts';
import type { QualityKind } from '../../quality/finding.ts';
import {
  concatRatings,
  emptyRatings,
  filterRatings,
  RATING_LEVELS,
  type Ratings,
} from '../../ratings/ratings.ts';
import { vocabularyOf } from '../../ratings/vocabulary.ts';

/** A batch, the ratings before it, and the genres of movies: what a change is planted in. */
interface PlantInput {
  readonly batch: Ratings;
  readonly before: Ratings;
  readonly genresOf: GenresOf;
  readonly seed: number;
}

/** Changes a batch as somebody or something could change it in production. Equal input gives equal output. */
export type Plant = (input: PlantInput) => Ratings;

/** Users and movies of a plant have ids that none of the data has. */
const NEW_USERS = 900_000_000;
const NEW_MOVIES = 800_000_000;
const FLOOD_RATINGS = 2_300;
const BOTS = 20;
const BOT_RATINGS = 100;
const BOMB_USERS = 300;
const NEW_MOVIE_SHARE = 0.2;

/** Every second rating is half a star higher: +0.25★ on average, less at 5★. */
const raisedMean: Plant = ({ batch }) =>
  withHalves(batch, (half, row) => Math.min(RATING_LEVELS, half + (row % 2)));

/** Ratings on a scale to 2.5★, rounded to half stars. */
const halvedScale: Plant = ({ batch }) => withHalves(batch, (half) => Math.round(half / 2));

/** Half stars are rounded up. */
const wholeStars: Plant = ({ batch }) => withHalves(batch, (half) => 2 * Math.ceil(half / 2));

/** No rating of the most common genre arrives. */
export const genreWithoutRatings: Plant = ({ batch, genresOf }) => {
  const genre = mostCommon(genresIn(batch, genresOf));
  return filterRatings(batch, (row) => !genresOf(batch.movieIds[row] as number).includes(genre ?? ''));
};

/** A fifth of the ratings are of movies that nobody has rated before. */
export const fifthOnNewMovies: Plant = ({ batch, seed }) => {
  const random = seededRandom(seed);
  const movieIds = batch.movieIds.map((id) => (random() < NEW_MOVIE_SHARE ? NEW_MOVIES + (id % 500) : id));
  return { ...batch, movieIds };
};

/** The numbers of all movies are exchanged at random, as by a broken join. */
export const permutedMovies: Plant = ({ batch, before, seed }) => {
  const { ids } = vocabularyOf(concatRatings([before, batch]).movieIds);
  const others = shuffle(seededRandom(seed), ids.slice());
  const renamed = new Map([...ids].map((id, row) => [id, others[row] as number]));
  return { ...batch, movieIds: batch.movieIds.map((id) => renamed.get(id) as number) };
};

/** One new user gives 0.5★ to 2,300 movies. */
export const floodByOneUser: Plant = ({ batch, before, seed }) => {
  const flood = [...someMovies(before, seed).subarray(0, FLOOD_RATINGS)];
  return withRows(
    batch,
    flood.map((movie) => [NEW_USERS, movie, 1]),
  );
};

/** Every tenth user of the batch gives 5★ to everything. */
export const tenthOfUsersBots: Plant = ({ batch, seed }) => changeUsers(batch, seed, () => RATING_LEVELS);

/** Every tenth user of the batch rates at random. */
export const tenthOfUsersRandom: Plant = ({ batch, seed }) => changeUsers(batch, seed, anyHalves(seed));

/** Twenty new users give 5★ to 100 movies each, every one to others. */
export const twentyNewBots: Plant = ({ batch, before, seed }) =>
  addBots(batch, before, seed, () => RATING_LEVELS);

/** Twenty new users give random ratings to 100 movies each. */
export const twentyRandomBots: Plant = ({ batch, before, seed }) =>
  addBots(batch, before, seed, anyHalves(seed));

/** Three hundred new users give 0.5★ to the movie with the most ratings, and rate nothing else. */
export const bombOnOneMovie: Plant = ({ batch, before }) => {
  const movie = mostCommon(before.movieIds) ?? 0;
  return withRows(
    batch,
    Array.from({ length: BOMB_USERS }, (_, user) => [NEW_USERS + user, movie, 1]),
  );
};

/** A planted change. */
export interface NamedPlant {
  readonly plant: Plant;
  /** The finding that recognises it; null when only signals show it. */
  readonly findingKind: FindingKind | QualityKind | null;
}

/** The planted changes by the name that tables and JSON have. */
export const PLANTS: Readonly<Record<string, NamedPlant>> = {
  '+0.25★': { plant: raisedMean, findingKind: null },
  'halved scale': { plant: halvedScale, findingKind: 'rating-scale' },
  'whole stars only': { plant: wholeStars, findingKind: 'rating-step' },
  'flood by one user': { plant: floodByOneUser, findingKind: 'user-flood' },
  '10% of users are bots (5★)': { plant: tenthOfUsersBots, findingKind: 'look-alike-users' },
  '10% of users rate at random': { plant: tenthOfUsersRandom, findingKind: 'look-alike-users' },
  '20 new bots (5★)': { plant: twentyNewBots, findingKind: 'look-alike-users' },
  '20 new bots at random': { plant: twentyRandomBots, findingKind: 'look-alike-users' },
  'bomb on one movie': { plant: bombOnOneMovie, findingKind: 'movie-bomb' },
  'a vanished genre': { plant: genreWithoutRatings, findingKind: 'vanished-genre' },
  '20% on new movies': { plant: fifthOnNewMovies, findingKind: 'new-movies' },
  'permuted movie numbers': { plant: permutedMovies, findingKind: 'scrambled-movies' },
};

function changeUsers(batch: Ratings, seed: number, halves: () => number): Ratings {
  const users = shuffle(seededRandom(seed), vocabularyOf(batch.userIds).ids.slice());
  const bots = new Set(users.subarray(0, Math.max(1, Math.round(users.length / 10))));
  return withHalves(batch, (half, row) => (bots.has(batch.userIds[row] as number) ? halves() : half));
}

function addBots(batch: Ratings, before: Ratings, seed: number, halves: () => number): Ratings {
  const bots = Array.from({ length: BOTS }, (_, bot) =>
    [...someMovies(before, seed + bot).subarray(0, BOT_RATINGS)].map(
      (movie) => [NEW_USERS + bot, movie, halves()] as const,
    ),
  );
  return withRows(batch, bots.flat());
}

function anyHalves(seed: number): () => number {
  const random = seededRandom(seed + 1);
  return () => 1 + Math.floor(RATING_LEVELS * random());
}

const withHalves = (batch: Ratings, change: (half: number, row: number) => number): Ratings => ({
  ...batch,
  halves: batch.halves.map(change),
});

/** Adds ratings at the time of the newest one. */
function withRows(
  batch: Ratings,
  list: readonly (readonly [user: number, movie: number, halves: number])[],
): Ratings {
  const added = emptyRatings(list.length);
  const at = batch.ratedAt[batch.length - 1] as number;
  list.forEach(([user, movie, halves], row) => {
    added.userIds[row] = user;
    added.movieIds[row] = movie;
    added.halves[row] = halves;
    added.ratedAt[row] = at;
  });
  return concatRatings([batch, added]);
}

/** Distinct movies of the ratings, in random order. */
const someMovies = (ratings: Ratings, seed: number): Int32Array =>
  shuffle(seededRandom(seed), vocabularyOf(ratings.movieIds).ids.slice());

/** The genres of every rating, one rating after the other. */
function* genresIn({ movieIds }: Ratings, genresOf: GenresOf): Generator<string, void, undefined> {
  for (const id of movieIds) yield* genresOf(id);
}

/** The most common value; of equally common ones the first. */
function mostCommon<T>(values: Iterable<T>): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}
