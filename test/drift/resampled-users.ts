import type { FindingKind } from '../../pipeline/drift/findings/finding.ts';
import type { GenresOf } from '../../pipeline/drift/genre-counts.ts';
import { type DriftReference, driftReference } from '../../pipeline/drift/reference.ts';
import type { Sample } from '../../pipeline/drift/sample.ts';
import { type Random, seededRandom, shuffle } from '../../pipeline/lib/random.ts';
import type { QualityKind } from '../../pipeline/quality/finding.ts';
import type { Movie } from '../../pipeline/ratings/movie.ts';
import { sortByUser } from '../../pipeline/ratings/order.ts';
import type { PerformanceSummary } from '../../pipeline/ratings/performance.ts';
import {
  concatRatings,
  emptyRatings,
  filterRatings,
  RATING_LEVELS,
  type Ratings,
  sliceRatings,
} from '../../pipeline/ratings/ratings.ts';
import { summariseRatings } from '../../pipeline/ratings/summary.ts';
import { vocabularyOf } from '../../pipeline/ratings/vocabulary.ts';

/** One user with all ratings, and what drift checks need of them. */
interface Person {
  readonly ratings: Ratings;
  readonly levels: Int32Array;
  /** Places in the list of all movies. */
  readonly movies: Int32Array;
  readonly errors: Errors;
}

/** Sums of the errors of one user's ratings. */
interface Errors {
  readonly squared: number;
  readonly absolute: number;
  /** Squared errors of a plainer prediction, half as far from the overall mean, and of the overall mean. */
  readonly plain: number;
  readonly ofMean: number;
}

/** The users of a data set, to draw from with replacement. */
export interface Population {
  readonly people: readonly Person[];
  readonly genresOf: GenresOf;
  /** Every rated movie, ascending. */
  readonly movieIds: Int32Array;
  /** Mean of all ratings in stars, and what a model predicts for a movie, whoever the user is. */
  readonly mean: number;
  readonly predict: (movieId: number) => number;
  /** The movie with the most ratings. */
  readonly mostRated: number;
}

/** Ratings that pull the predicted mean of a movie to the mean of all. */
const PRIOR = 5;

export function populationOf(ratings: Ratings, movies: readonly Movie[]): Population {
  const genres = new Map(movies.map((movie) => [movie.id, movie.genres]));
  const { movieIds, movieCounts } = summariseRatings(ratings);
  const mostRated = movieIds[movieCounts.indexOf(Math.max(...movieCounts))] as number;
  const placeOf = new Map([...movieIds].map((id, place) => [id, place]));
  const mean = ratings.halves.reduce((sum, level) => sum + level, 0) / ratings.length / 2;
  const predict = movieMeans(ratings, mean);
  const ordered = sortByUser(ratings);
  const people: Person[] = [];
  for (let from = 0, to = 0; from < ordered.length; from = to) {
    while (ordered.userIds[to] === ordered.userIds[from]) to++;
    const own = sliceRatings(ordered, from, to);
    const { userLevels } = summariseRatings(own);
    people.push({
      ratings: own,
      levels: userLevels,
      movies: own.movieIds.map((id) => placeOf.get(id) as number),
      errors: errorsOf(own, { predict, mean }),
    });
  }
  return { people, genresOf: (movieId) => genres.get(movieId) ?? [], movieIds, mean, predict, mostRated };
}

function movieMeans({ length, movieIds, halves }: Ratings, mean: number): (movieId: number) => number {
  const sums = new Map<number, { readonly stars: number; readonly count: number }>();
  for (let row = 0; row < length; row++) {
    const movie = movieIds[row] as number;
    const { stars, count } = sums.get(movie) ?? { stars: PRIOR * mean, count: PRIOR };
    sums.set(movie, { stars: stars + (halves[row] as number) / 2, count: count + 1 });
  }
  return (movieId) => {
    const sum = sums.get(movieId);
    return sum === undefined ? mean : sum.stars / sum.count;
  };
}

function errorsOf(
  { length, halves, movieIds }: Ratings,
  { predict, mean }: Pick<Population, 'predict' | 'mean'>,
): Errors {
  const sums = { squared: 0, absolute: 0, plain: 0, ofMean: 0 };
  for (let row = 0; row < length; row++) {
    const stars = (halves[row] as number) / 2;
    const predicted = predict(movieIds[row] as number);
    sums.squared += (stars - predicted) ** 2;
    sums.absolute += Math.abs(stars - predicted);
    sums.plain += (stars - (predicted + mean) / 2) ** 2;
    sums.ofMean += (stars - mean) ** 2;
  }
  return sums;
}

/** Users that were drawn from a population. Each counts as a new user, numbered from `firstUser`. */
interface Drawn {
  readonly people: readonly Person[];
  readonly firstUser: number;
}

/** A site on which nothing changes: its users are all drawn from one population. */
export interface ResampledSite {
  readonly random: Random;
  draw(users: number): Drawn;
}

/** @param firstUser the number of the first user. Training data and batches need different ones. */
export function resampledSite({ people }: Population, seed: number, firstUser = 1): ResampledSite {
  const random = seededRandom(seed);
  let next = firstUser;
  return {
    random,
    draw: (users) => {
      const drawn = Array.from(
        { length: users },
        () => people[Math.floor(random() * people.length)] as Person,
      );
      next += users;
      return { people: drawn, firstUser: next - users };
    },
  };
}

/** The ratings of the users, one user after the other. */
export function ratingsOf({ people, firstUser }: Drawn): Ratings {
  return concatRatings(
    people.map(({ ratings }, place) => ({
      ...ratings,
      userIds: new Int32Array(ratings.length).fill(firstUser + place),
    })),
  );
}

/** What `sampleFrom` gives for the ratings of the users, without counting them one by one. */
export function sampleOfDrawn(
  { movieIds }: Population,
  drawn: Drawn,
): Sample & { readonly ratings: Ratings } {
  const { people, firstUser } = drawn;
  const counts = new Int32Array(movieIds.length);
  const levels = new Int32Array(movieIds.length * RATING_LEVELS);
  const userLevels = new Int32Array(people.length * RATING_LEVELS);
  people.forEach((person, row) => {
    userLevels.set(person.levels, row * RATING_LEVELS);
    for (let i = 0; i < person.movies.length; i++) {
      const place = person.movies[i] as number;
      const cell = place * RATING_LEVELS + (person.ratings.halves[i] as number) - 1;
      counts[place] = (counts[place] as number) + 1;
      levels[cell] = (levels[cell] as number) + 1;
    }
  });
  const rated = Int32Array.from([...counts.keys()].filter((place) => counts[place] !== 0));
  const movieLevels = new Int32Array(rated.length * RATING_LEVELS);
  rated.forEach((place, row) => {
    const from = place * RATING_LEVELS;
    movieLevels.set(levels.subarray(from, from + RATING_LEVELS), row * RATING_LEVELS);
  });
  const userIds = Int32Array.from(people, (_, row) => firstUser + row);
  return {
    summary: {
      count: people.reduce((sum, { ratings }) => sum + ratings.length, 0),
      userIds,
      userLevels,
      movieIds: rated.map((place) => movieIds[place] as number),
      movieCounts: rated.map((place) => counts[place] as number),
      movieLevels,
    },
    performance: performanceOf(
      userIds,
      people.map(({ ratings, errors }) => ({ count: ratings.length, ...errors })),
    ),
    ratings: ratingsOf(drawn),
  };
}

function performanceOf(
  userIds: Int32Array,
  users: readonly (Errors & { readonly count: number })[],
): PerformanceSummary {
  return {
    userIds,
    counts: Int32Array.from(users, ({ count }) => count),
    squaredErrors: Float64Array.from(users, ({ squared }) => squared),
    absoluteErrors: Float64Array.from(users, ({ absolute }) => absolute),
    baseline: {
      bias: Float64Array.from(users, ({ plain }) => plain),
      mean: Float64Array.from(users, ({ ofMean }) => ofMean),
      biasAbsolute: null,
    },
    ranking: null,
  };
}

/** The reference of a model that was trained on the ratings but the newest tenth, its holdout. */
export function referenceOf(population: Population, training: Ratings): DriftReference {
  const timed = { ...training, ratedAt: training.ratedAt.map((_, row) => 1_000_000_000 + row) };
  const cut = Math.floor(training.length * 0.9);
  const holdout = sliceRatings(timed, cut);
  const { performance } = sampleFrom(population, holdout);
  return driftReference(sliceRatings(timed, 0, cut), population.genresOf, performance, holdout);
}

/** @param ratings each user's ratings one after the other, users ascending. */
export function sampleFrom(population: Population, ratings: Ratings): Sample & { readonly ratings: Ratings } {
  const users: (Errors & { readonly count: number })[] = [];
  for (let from = 0, to = 0; from < ratings.length; from = to) {
    while (to < ratings.length && ratings.userIds[to] === ratings.userIds[from]) to++;
    users.push({ count: to - from, ...errorsOf(sliceRatings(ratings, from, to), population) });
  }
  const summary = summariseRatings(ratings);
  return { summary, performance: performanceOf(summary.userIds, users), ratings };
}

/** A change of a batch that a check should find. */
export type Change = (batch: Ratings, random: Random, population: Population) => Ratings;

const mapped = (
  batch: Ratings,
  column: 'halves' | 'movieIds',
  change: (value: number, row: number) => number,
): Ratings => ({ ...batch, [column]: batch[column].map((value, row) => change(value, row)) });

/** A rise of the mean by so many stars: some ratings, at random, are a star higher, as far as the scale allows. */
export const shiftedBy =
  (stars: number): Change =>
  (batch, random) => {
    const room = batch.halves.reduce((sum, halves) => sum + Math.min(2, 10 - halves) / 2, 0) / batch.length;
    return mapped(batch, 'halves', (halves) => (random() < stars / room ? Math.min(10, halves + 2) : halves));
  };

/** A share of the users, at random but exact, rates otherwise. */
function withBots(batch: Ratings, share: number, random: Random, halves: () => number): Ratings {
  const users = shuffle(random, vocabularyOf(batch.userIds).ids.slice());
  const bots = new Set(users.subarray(0, Math.round(share * users.length)));
  return mapped(batch, 'halves', (own, row) => (bots.has(batch.userIds[row] as number) ? halves() : own));
}

/** The batch and new users, whose number, ratings and movies are given. */
function withNewUsers(
  batch: Ratings,
  users: number,
  rate: (user: number) => readonly (readonly [movieId: number, halves: number])[],
): Ratings {
  const first = 1 + batch.userIds.reduce((largest, id) => Math.max(largest, id), 0);
  const added = Array.from({ length: users }, (_, user) => {
    const rows = rate(user);
    const own = emptyRatings(rows.length);
    own.userIds.fill(first + user);
    rows.forEach(([movieId, halves], row) => {
      own.movieIds[row] = movieId;
      own.halves[row] = halves;
    });
    return own;
  });
  return concatRatings([batch, ...added]);
}

const anyHalves = (random: Random): number => 1 + Math.floor(RATING_LEVELS * random());

/** A change, and the finding that names it; null when only signals show it. */
interface NamedChange {
  readonly change: Change;
  readonly named: FindingKind | QualityKind | null;
}

const BOTS = 20;
const BOT_RATINGS = 100;
const BOMB_USERS = 300;

const newBots =
  (halvesOf: (random: Random) => number): Change =>
  (batch, random, { movieIds }) =>
    withNewUsers(batch, BOTS, () =>
      Array.from({ length: BOT_RATINGS }, () => [
        movieIds[Math.floor(random() * movieIds.length)] as number,
        halvesOf(random),
      ]),
    );

/** Changes by the names under which `npm run bench -- drift` reports them. */
export const PLANTED: Readonly<Record<string, NamedChange>> = {
  '+0.25★': { named: null, change: shiftedBy(0.25) },
  '+0.50★': { named: null, change: shiftedBy(0.5) },
  '10% of users are bots that give 0.5★': {
    named: 'look-alike-users',
    change: (batch, random) => withBots(batch, 0.1, random, () => 1),
  },
  '10% of users are bots that give 5★': {
    named: 'look-alike-users',
    change: (batch, random) => withBots(batch, 0.1, random, () => RATING_LEVELS),
  },
  '10% of users rate at random': {
    named: 'look-alike-users',
    change: (batch, random) => withBots(batch, 0.1, random, () => anyHalves(random)),
  },
  '20 new bots that give 5★': { named: 'look-alike-users', change: newBots(() => RATING_LEVELS) },
  '20 new bots that rate at random': { named: 'look-alike-users', change: newBots(anyHalves) },
  'one new user with 2,300 ratings of 0.5★': {
    named: 'user-flood',
    change: (batch, random, { movieIds }) =>
      withNewUsers(batch, 1, () =>
        Array.from({ length: 2_300 }, () => [movieIds[Math.floor(random() * movieIds.length)] as number, 1]),
      ),
  },
  '300 new users give 0.5★ to one movie': {
    named: 'movie-bomb',
    change: (batch, _, { mostRated }) => withNewUsers(batch, BOMB_USERS, () => [[mostRated, 1]]),
  },
  '20% of ratings on new movies': {
    named: 'new-movies',
    change: (batch, random) => mapped(batch, 'movieIds', (id) => (random() < 0.2 ? 1_000_000 + id : id)),
  },
  'movie numbers permuted': {
    named: 'scrambled-movies',
    change: (batch, _, { movieIds }) => {
      const place = new Map([...movieIds].map((id, index) => [id, index] as const));
      const other = (id: number): number =>
        movieIds[((place.get(id) as number) * 7_919 + 13) % movieIds.length] as number;
      return mapped(batch, 'movieIds', other);
    },
  },
  'Drama vanishes': {
    named: 'vanished-genre',
    change: (batch, _, { genresOf }) =>
      filterRatings(batch, (row) => !genresOf(batch.movieIds[row] as number).includes('Drama')),
  },
  'scale halved': {
    named: 'rating-scale',
    change: (batch) => mapped(batch, 'halves', (halves) => Math.max(1, Math.round(halves / 2))),
  },
  'whole stars only': {
    named: 'rating-step',
    change: (batch) => mapped(batch, 'halves', (halves) => Math.min(10, 2 * Math.round(halves / 2))),
  },
};
