import { normal, type Random, seededRandom } from '../lib/random.ts';
import type { Movie } from '../ratings/movie.ts';
import { sortByTime } from '../ratings/order.ts';
import { emptyRatings, type Ratings, sliceRatings } from '../ratings/ratings.ts';
import {
  affinity,
  drawMovie,
  generateCatalogue,
  idOf,
  MOVIE_BIAS_SD,
  type SyntheticCatalogue,
} from './synthetic-catalogue.ts';
import {
  countRating,
  type Drift,
  effectOf,
  isActive,
  type Phase,
  phaseWantingMovie,
} from './synthetic-drift.ts';
import { generateTitles } from './synthetic-titles.ts';
import { drawReturning, generateUser, rotateTaste, USER_BIAS_SD, type User } from './synthetic-users.ts';

export interface SyntheticOptions {
  /** Whole number. The same options give the same data on every machine. */
  readonly seed: number;
  /** Number of users, each with at least 20 ratings. */
  readonly users: number;
  /** Number of movies. Drift with `newMovies` adds more. */
  readonly movies: number;
  /** Minimum number of ratings. The last visit may add some. */
  readonly ratings: number;
  /** Begin and end of the ratings, seconds since 1970. They arrive at a constant rate. */
  readonly from: number;
  readonly to: number;
  readonly drift?: readonly Drift[];
}

/** The parameters behind the data, for comparison with estimates. */
export interface SyntheticTruth {
  readonly userBiasSd: number;
  readonly movieBiasSd: number;
  /** Standard deviation of the unpredictable part of a rating, stars, before rounding. */
  readonly noiseSd: number;
  /** Mean and standard deviation of the ratings outside of drift, stars. */
  readonly quietMean: number;
  readonly quietSd: number;
  /** RMSE of the noise-free prediction on the ratings outside of drift. No model can do better. */
  readonly bestRmse: number;
  readonly users: number;
  /** Movies with this id or a higher one were added by drift. */
  readonly firstAddedMovieId: number;
  readonly drift: readonly Drift[];
}

export interface SyntheticDataset {
  /** Sorted by time. No user rates a movie twice. */
  readonly ratings: Ratings;
  readonly movies: readonly Movie[];
  readonly truth: SyntheticTruth;
}

/** Independent random streams of one seed, so that a change in one part does not affect the others. */
const STREAM = { titles: 0, catalogue: 1, users: 2, visits: 3, noise: 4, drift: 5 } as const;

const NOISE_SD = 0.83;
/** The rating of an average movie by an average user. Users choose movies they like, so the mean rating is 3.5. */
const BASE = 3.43;
/** The fixed point of `spread`, stars. */
const CENTRE = 3.5;
/** Share of the users at the start, so that the number of returning users is stable over time. */
const INITIAL_USERS = 0.15;
const FIRST_VISIT = 20;
/** Mean number of ratings beyond the twentieth in a first visit, and beyond the first in a later one. */
const VISIT_MEAN = 9;
const MAX_VISIT = 200;
/** Maximum number of seconds between two ratings of a visit. */
const MAX_PAUSE = 60;
/** Probability that a user takes the better of two movies drawn by popularity. */
const CHOOSINESS = 0.6;
/** Users who rated this share of the catalogue do not return. */
const MAX_SEEN = 0.6;
const TRIES = 60;
/** Number of movies that a drift with `newMovies` adds, as a share of the catalogue. */
const ADDED_SHARE = 0.08;

/**
 * Generates a synthetic data set with the shape of MovieLens and known parameters: biases and tastes, popularity after
 * Zipf's law, users who arrive evenly with at least 20 ratings and may return, movies released over time, ratings in
 * half stars with mean 3.5 and standard deviation 1.04, and drift. Ratings arrive at a constant rate, and without drift
 * their distribution does not change over time. The start of a visit decides which drift applies to it.
 */
export function generateRatings(options: SyntheticOptions): SyntheticDataset {
  const { seed, users: expectedUsers, movies: size, ratings: count, from, to, drift = [] } = options;
  const { catalogue, phases } = generateMovies(options);
  const random = seededRandom(seed, STREAM.visits);
  const userRandom = seededRandom(seed, STREAM.users);
  const noise = normal(seededRandom(seed, STREAM.noise));
  const ratings = emptyRatings(count + MAX_VISIT);
  const quiet = { count: 0, sum: 0, squares: 0, squaredErrors: 0 };
  const users: User[] = [];
  let length = 0;

  while (length < count) {
    const progress = length / count;
    const start = Math.floor(from + progress * (to - from));
    const active = phases.filter((phase) => isActive(phase, start));

    const isNewDue = users.length < expectedUsers * (INITIAL_USERS + (1 - INITIAL_USERS) * progress);
    const returning = isNewDue ? null : drawReturning(random, users, size * MAX_SEEN);
    const user = returning ?? generateUser(userRandom, users.length + 1);
    if (returning === null) users.push(user);

    const { shift, spread, rotation } = effectOf(active);
    const taste = rotateTaste(user.taste, rotation);
    let time = start;
    for (let left = visitLength(random, returning === null); left > 0; left--) {
      const choice = chooseMovie(random, catalogue, progress, active, taste, user);
      if (choice === null) break;
      const { source, row } = choice;
      const movieId = idOf(source, row);
      const expected = BASE + user.bias + (source.biases[row] as number) + affinity(source, row, taste);
      const opinion = CENTRE + spread * (expected + NOISE_SD * noise() - CENTRE) + shift;
      const halves = Math.min(10, Math.max(1, Math.round(opinion * 2)));
      ratings.userIds[length] = user.id;
      ratings.movieIds[length] = movieId;
      ratings.halves[length] = halves;
      ratings.ratedAt[length] = time;
      length++;
      user.seen.add(movieId);
      for (const phase of active) countRating(phase, source);
      if (active.length === 0) {
        quiet.count++;
        quiet.sum += halves / 2;
        quiet.squares += (halves / 2) ** 2;
        quiet.squaredErrors += (Math.min(5, Math.max(0.5, expected)) - halves / 2) ** 2;
      }
      time = Math.min(to, time + 1 + Math.floor(random() * MAX_PAUSE));
    }
  }

  const quietMean = quiet.sum / quiet.count;
  const catalogues = [catalogue, ...phases.flatMap(({ added }) => added ?? [])];
  return {
    ratings: sortByTime(sliceRatings(ratings, 0, length)),
    movies: catalogues.flatMap(({ movies }) => movies).sort((a, b) => a.id - b.id),
    truth: {
      userBiasSd: USER_BIAS_SD,
      movieBiasSd: MOVIE_BIAS_SD,
      noiseSd: NOISE_SD,
      quietMean,
      quietSd: Math.sqrt(quiet.squares / quiet.count - quietMean ** 2),
      bestRmse: Math.sqrt(quiet.squaredErrors / quiet.count),
      users: users.length,
      firstAddedMovieId: size + 1,
      drift,
    },
  };
}

/** Number of ratings in a visit: a minimum, 20 for the first visit, plus a geometric number. */
function visitLength(random: Random, isFirst: boolean): number {
  const beyond = Math.floor(-Math.log(1 - random()) * VISIT_MEAN);
  return Math.min(MAX_VISIT, (isFirst ? FIRST_VISIT : 1) + beyond);
}

function generateMovies({ seed, movies: size, from, to, drift = [] }: SyntheticOptions): {
  catalogue: SyntheticCatalogue;
  phases: readonly Phase[];
} {
  const addedSize = Math.max(5, Math.ceil(size * ADDED_SHARE));
  const titles = generateTitles(seededRandom(seed, STREAM.titles), size + drift.length * addedSize);
  const generate = (stream: number, first: number, count: number, staggered: boolean): SyntheticCatalogue =>
    generateCatalogue(seededRandom(seed, stream), {
      firstId: first + 1,
      titles: titles.slice(first, first + count),
      from,
      to,
      staggered,
    });
  const phases = drift.map(
    (each, i): Phase => ({
      drift: each,
      added: each.newMovies ? generate(STREAM.drift + i, size + i * addedSize, addedSize, false) : null,
      ratings: 0,
      onAddedMovies: 0,
    }),
  );
  return { catalogue: generate(STREAM.catalogue, 0, size, true), phases };
}

/** A movie that the user has not rated, one added by drift if its share requires it; null when none is found. */
function chooseMovie(
  random: Random,
  catalogue: SyntheticCatalogue,
  progress: number,
  active: readonly Phase[],
  taste: Float64Array,
  user: User,
): { readonly source: SyntheticCatalogue; readonly row: number } | null {
  const added = phaseWantingMovie(active)?.added ?? null;
  if (added !== null) {
    const row = chooseRow(random, added, 1, taste, user);
    if (row >= 0) return { source: added, row };
  }
  const row = chooseRow(random, catalogue, progress, taste, user);
  return row < 0 ? null : { source: catalogue, row };
}

/** The row of a movie that was released by `progress` and that the user has not rated, or -1 when none is found. */
function chooseRow(
  random: Random,
  source: SyntheticCatalogue,
  progress: number,
  taste: Float64Array,
  { seen }: User,
): number {
  const draw = (): number => {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const movie = drawMovie(random, source);
      if ((source.releases[movie] as number) <= progress && !seen.has(idOf(source, movie))) return movie;
    }
    return -1;
  };
  const first = draw();
  if (first < 0 || random() >= CHOOSINESS) return first;
  const second = draw();
  return second >= 0 && affinity(source, second, taste) > affinity(source, first, taste) ? second : first;
}
