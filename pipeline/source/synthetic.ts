import { normal, type Random, seededRandom } from '../lib/random.ts';
import type { Movie } from '../ratings/movie.ts';
import { sortByTime } from '../ratings/order.ts';
import { emptyRatings, type Ratings, sliceRatings } from '../ratings/ratings.ts';
import {
  affinity,
  type Catalogue,
  drawMovie,
  idOf,
  MOVIE_BIAS_SD,
  plantCatalogue,
} from './synthetic-catalogue.ts';
import {
  countRating,
  type Drift,
  effectOf,
  isActive,
  type Phase,
  phaseChoosingUsers,
  phaseWantingMovie,
  wantsNewUser,
} from './synthetic-drift.ts';
import { inventTitles } from './synthetic-titles.ts';
import { drawReturning, plantUser, turnTaste, USER_BIAS_SD, type User } from './synthetic-users.ts';

export interface SyntheticOptions {
  /** Whole number. The same options give the same data on every machine. */
  readonly seed: number;
  /** Users that arrive at an even rate, each with 20 ratings or more; drift with `newUsers` brings others. */
  readonly users: number;
  /** Movies besides those that drift with `newMovies` brings. */
  readonly movies: number;
  /** Ratings, about: the last visit is not cut short. */
  readonly ratings: number;
  /** Seconds since 1970 between which ratings arrive at an even rate. */
  readonly from: number;
  readonly to: number;
  readonly drift?: readonly Drift[];
}

/** What was planted, to compare findings with. */
export interface SyntheticTruth {
  readonly userBiasSd: number;
  readonly movieBiasSd: number;
  /** Of what no model can predict, stars, before rounding. */
  readonly noiseSd: number;
  /** Mean and standard deviation of the ratings given while nothing drifted, stars. */
  readonly quietMean: number;
  readonly quietSd: number;
  /** RMSE of one who knows everything but the noise, on the ratings given while nothing drifted. */
  readonly bestRmse: number;
  readonly users: number;
  /** Ids from here on belong to movies that appear only with drift. */
  readonly firstAddedMovieId: number;
  readonly drift: readonly Drift[];
}

export interface SyntheticDataset {
  /** Ordered by time; nobody rates a movie twice. */
  readonly ratings: Ratings;
  readonly movies: readonly Movie[];
  readonly truth: SyntheticTruth;
}

/** Independent streams of one seed, so that a change in one part leaves the draws of the others alone. */
const STREAM = { titles: 0, catalogue: 1, users: 2, visits: 3, noise: 4, drift: 5 } as const;

const NOISE_SD = 0.83;
/** What an average user would give an average movie; choosing what one likes lifts the mean to 3.5. */
const BASE = 3.43;
/** The point that `spread` stretches around, stars. */
const CENTRE = 3.5;
/** Share of the users who are there at the start, so that later stretches of time find as many regulars. */
const FOUNDERS = 0.15;
const FIRST_VISIT = 20;
/** Mean number of ratings beyond the twentieth in a first visit, and beyond the first in a later one. */
const VISIT_MEAN = 9;
const LONGEST_VISIT = 200;
/** Seconds between two ratings of a visit, at most. */
const LONGEST_PAUSE = 60;
/** How often a user takes the more likeable of two movies that popularity offers. */
const CHOOSINESS = 0.6;
/** Users who have seen this share of the catalogue do not come back. */
const MOST_SEEN = 0.6;
const TRIES = 60;
/** Movies that each drift with `newMovies` adds, as a share of the catalogue. */
const ADDED_SHARE = 0.08;

/**
 * Invents a MovieLens-shaped data set whose truth is known: biases and tastes of users and movies, popularity
 * that falls like Zipf's law, users who arrive evenly, after some founders, with 20 ratings or more and some of whom come back,
 * movies released over time, ratings in half stars with mean 3.5 and standard deviation 1.04, and drift where
 * it is asked for. Ratings arrive at an even rate, so a share of the time holds that share of the ratings,
 * and without drift every stretch of time looks like the one before. A visit drifts as a whole, by when it
 * begins.
 */
export function generateRatings(options: SyntheticOptions): SyntheticDataset {
  const { seed, users: expectedUsers, movies: size, ratings: count, from, to, drift = [] } = options;
  const { catalogue, phases } = plantMovies(options);
  const random = seededRandom(seed, STREAM.visits);
  const userRandom = seededRandom(seed, STREAM.users);
  const noise = normal(seededRandom(seed, STREAM.noise));
  const ratings = emptyRatings(count + LONGEST_VISIT);
  const quiet = { count: 0, sum: 0, squares: 0, squaredErrors: 0 };
  const users: User[] = [];
  let arrived = 0;
  let length = 0;

  while (length < count) {
    const progress = length / count;
    const start = Math.floor(from + progress * (to - from));
    const active = phases.filter((phase) => isActive(phase, start));
    for (const phase of active) phase.usersBefore ??= users.length;

    const chooser = phaseChoosingUsers(active);
    const isNewDue = chooser
      ? wantsNewUser(chooser)
      : arrived < expectedUsers * (FOUNDERS + (1 - FOUNDERS) * progress);
    const pool = chooser?.usersBefore ?? users.length;
    const returning = isNewDue ? null : drawReturning(random, users, pool, size * MOST_SEEN);
    const user = returning ?? plantUser(userRandom, users.length + 1);
    if (returning === null) {
      users.push(user);
      if (chooser === undefined) arrived++;
    }

    const { shift, spread, rotation } = effectOf(active);
    const taste = turnTaste(user.taste, rotation);
    let time = start;
    for (let left = visitLength(random, returning === null); left > 0; left--) {
      const choice = chooseMovie(random, catalogue, progress, active, taste, user);
      if (choice === null) break;
      const { shelf, row } = choice;
      const movieId = idOf(shelf, row);
      const expected = BASE + user.bias + (shelf.biases[row] as number) + affinity(shelf, row, taste);
      const felt = CENTRE + spread * (expected + NOISE_SD * noise() - CENTRE) + shift;
      const halves = Math.min(10, Math.max(1, Math.round(felt * 2)));
      ratings.userIds[length] = user.id;
      ratings.movieIds[length] = movieId;
      ratings.halves[length] = halves;
      ratings.ratedAt[length] = time;
      length++;
      user.seen.add(movieId);
      for (const phase of active) countRating(phase, shelf, user.id);
      if (active.length === 0) {
        quiet.count++;
        quiet.sum += halves / 2;
        quiet.squares += (halves / 2) ** 2;
        quiet.squaredErrors += (Math.min(5, Math.max(0.5, expected)) - halves / 2) ** 2;
      }
      time = Math.min(to, time + 1 + Math.floor(random() * LONGEST_PAUSE));
    }
  }

  const quietMean = quiet.sum / quiet.count;
  const shelves = [catalogue, ...phases.flatMap(({ added }) => added ?? [])];
  return {
    ratings: sortByTime(sliceRatings(ratings, 0, length)),
    movies: shelves.flatMap(({ movies }) => movies).sort((a, b) => a.id - b.id),
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

/** Ratings in a visit: geometric beyond the least, which for a first visit is twenty. */
function visitLength(random: Random, isFirst: boolean): number {
  const beyond = Math.floor(-Math.log(1 - random()) * VISIT_MEAN);
  return Math.min(LONGEST_VISIT, (isFirst ? FIRST_VISIT : 1) + beyond);
}

function plantMovies({ seed, movies: size, from, to, drift = [] }: SyntheticOptions): {
  catalogue: Catalogue;
  phases: readonly Phase[];
} {
  const addedSize = Math.max(5, Math.ceil(size * ADDED_SHARE));
  const titles = inventTitles(seededRandom(seed, STREAM.titles), size + drift.length * addedSize);
  const plant = (stream: number, first: number, count: number, staggered: boolean): Catalogue =>
    plantCatalogue(seededRandom(seed, stream), {
      firstId: first + 1,
      titles: titles.slice(first, first + count),
      from,
      to,
      staggered,
    });
  const phases = drift.map(
    (planted, i): Phase => ({
      drift: planted,
      added: planted.newMovies ? plant(STREAM.drift + i, size + i * addedSize, addedSize, false) : null,
      usersBefore: null,
      ratings: 0,
      onAddedMovies: 0,
      byNewUsers: 0,
    }),
  );
  return { catalogue: plant(STREAM.catalogue, 0, size, true), phases };
}

/** A movie the user has not seen, out of those a drift added when it wants one; null when none turns up. */
function chooseMovie(
  random: Random,
  catalogue: Catalogue,
  progress: number,
  active: readonly Phase[],
  taste: Float64Array,
  user: User,
): { readonly shelf: Catalogue; readonly row: number } | null {
  const added = phaseWantingMovie(active)?.added ?? null;
  if (added !== null) {
    const row = chooseRow(random, added, 1, taste, user);
    if (row >= 0) return { shelf: added, row };
  }
  const row = chooseRow(random, catalogue, progress, taste, user);
  return row < 0 ? null : { shelf: catalogue, row };
}

/** The row of a movie the user has not seen and that is out by `progress`, or -1 when none turns up. */
function chooseRow(
  random: Random,
  shelf: Catalogue,
  progress: number,
  taste: Float64Array,
  { seen }: User,
): number {
  const offer = (): number => {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const movie = drawMovie(random, shelf);
      if ((shelf.releases[movie] as number) <= progress && !seen.has(idOf(shelf, movie))) return movie;
    }
    return -1;
  };
  const first = offer();
  if (first < 0 || random() >= CHOOSINESS) return first;
  const second = offer();
  return second >= 0 && affinity(shelf, second, taste) > affinity(shelf, first, taste) ? second : first;
}
