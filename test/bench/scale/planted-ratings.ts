import { normal, type Random, seededRandom, shuffle } from '../../../pipeline/lib/random.ts';
import type { Movie } from '../../../pipeline/ratings/movie.ts';
import { sortByUser } from '../../../pipeline/ratings/order.ts';
import { emptyRatings, type Ratings } from '../../../pipeline/ratings/ratings.ts';
import { generateTitles } from '../../../pipeline/source/synthetic-titles.ts';
import type { Shape } from './shapes.ts';

/** Ratings, movies, and what no model can do better. */
export interface PlantedData {
  /** By user, then movie, as in the files of MovieLens. No user rates a movie twice. */
  readonly ratings: Ratings;
  readonly movies: readonly Movie[];
  /** RMSE of the planted expectation, stars. */
  readonly bestRmse: number;
}

const FACTORS = 8;
/** Standard deviations of the planted values: about those of MovieLens. */
const SPREAD = { factors: 0.42, biases: 0.4, noise: 0.75 };
const MEAN = 3.4;
/** Movie number r by popularity is drawn with a probability proportional to 1 / (r + HEAD). */
const HEAD = 30;
/** Probability that a user takes the better of two movies drawn by popularity. */
const CHOOSINESS = 0.6;
/** Standard deviation of the logarithm of the number of ratings of a user. */
const ACTIVITY_SPREAD = 1.2;
const LEAST_RATINGS = 20;
/** Length of the list that noise is drawn from. */
const NOISES = 1 << 16;
/** Begin and end of the ratings: those of MovieLens 32M, seconds since 1970. */
const [FROM, TO] = [789_652_004, 1_697_155_200];
/** Probability that a rating after the twentieth of a user begins another visit. */
const NEW_VISIT = 1 / 40;
/** Most seconds between two ratings of a visit. */
const PAUSE = 60;
/** Share of the less popular movies that are released after the first rating. */
const LATER_SHARE = 0.4;
const ALWAYS_THERE = 20;
const GENRES = (
  'Action Adventure Animation Children Comedy Crime Documentary Drama ' +
  'Fantasy Horror Musical Mystery Romance Sci-Fi Thriller War'
).split(' ');
const STREAM = { traits: 0, users: 1, titles: 2 } as const;

/** Movies as columns, most popular first. */
interface PlantedMovies {
  readonly ids: Int32Array;
  readonly biases: Float32Array;
  /** movies × FACTORS, row-major. */
  readonly traits: Float32Array;
  /** When a movie can first be rated, seconds since 1970. */
  readonly releases: Float64Array;
}

/**
 * Ratings of a planted factor model with the shape of MovieLens: the numbers of ratings of users and of movies follow
 * power laws, users arrive evenly over 28 years and may return, some movies are released later, and users prefer movies
 * that they will like, so that lists can be learned too. The same shape and seed give the same ratings. The time is
 * linear in their number, and little memory is needed besides the columns.
 */
export function plantRatings({ ratings: count, users, movies }: Shape, seed: number): PlantedData {
  const planted = plantMovies(movies, seed);
  const random = seededRandom(seed, STREAM.users);
  const draw = normal(random);
  const noises = Float32Array.from({ length: NOISES }, () => SPREAD.noise * draw());
  const ratingsOf = activity(count, users, movies, draw);
  const raters = new Int32Array(movies);
  const taste = new Float32Array(FACTORS);
  const ratings = emptyRatings(count);
  let squaredErrors = 0;
  let at = 0;
  for (let user = 1; user <= users; user++) {
    for (let factor = 0; factor < FACTORS; factor++) taste[factor] = SPREAD.factors * draw();
    const userMean = MEAN + SPREAD.biases * draw();
    const [begin, wanted] = [at, ratingsOf[user - 1] as number];
    const joined = FROM + random() * (TO - FROM);
    const stay = (TO - joined) * random() ** 2;
    let time = joined;
    for (const end = at + wanted; at < end; at++) {
      const isNewVisit = at - begin >= LEAST_RATINGS && random() < NEW_VISIT;
      if (isNewVisit) time = Math.max(time, joined + (stay * (at - begin)) / wanted);
      else time = Math.min(TO, time + 1 + random() * PAUSE);
      const row = chooseMovie(random, planted, { raters, user, time, taste });
      raters[row] = user;
      const expected = userMean + opinion(planted, row, taste);
      const stars = expected + (noises[Math.floor(random() * NOISES)] as number);
      const halves = Math.min(10, Math.max(1, Math.round(2 * stars)));
      ratings.userIds[at] = user;
      ratings.movieIds[at] = planted.ids[row] as number;
      ratings.halves[at] = halves;
      ratings.ratedAt[at] = time;
      squaredErrors += (Math.min(5, Math.max(0.5, expected)) - halves / 2) ** 2;
    }
  }
  return {
    ratings: sortByUser(ratings),
    movies: describeMovies(planted, seed),
    bestRmse: Math.sqrt(squaredErrors / count),
  };
}

function plantMovies(size: number, seed: number): PlantedMovies {
  const random = seededRandom(seed, STREAM.traits);
  const draw = normal(random);
  const ids = new Int32Array(size);
  for (let row = 0; row < size; row++) ids[row] = row + 1;
  return {
    ids: shuffle(random, ids),
    biases: Float32Array.from({ length: size }, () => SPREAD.biases * draw()),
    traits: Float32Array.from({ length: size * FACTORS }, () => SPREAD.factors * draw()),
    releases: Float64Array.from({ length: size }, (_, row) =>
      row >= ALWAYS_THERE && random() < LATER_SHARE ? FROM + random() * (TO - FROM) : FROM,
    ),
  };
}

/** What a user with this taste thinks of a movie, relative to the user's mean, stars. */
function opinion({ biases, traits }: PlantedMovies, row: number, taste: Float32Array): number {
  let stars = biases[row] as number;
  for (let factor = 0; factor < FACTORS; factor++) {
    stars += (taste[factor] as number) * (traits[row * FACTORS + factor] as number);
  }
  return stars;
}

interface Chooser {
  /** The last user who rated each movie. */
  readonly raters: Int32Array;
  readonly user: number;
  readonly time: number;
  readonly taste: Float32Array;
}

/** The row of a released movie that the user has not rated. */
function chooseMovie(random: Random, planted: PlantedMovies, chooser: Chooser): number {
  const { ids, releases } = planted;
  const logOfAll = Math.log(ids.length / HEAD + 1);
  const drawn = (): number => {
    for (;;) {
      const row = Math.min(ids.length - 1, Math.floor(HEAD * (Math.exp(random() * logOfAll) - 1)));
      if (chooser.raters[row] !== chooser.user && (releases[row] as number) <= chooser.time) return row;
    }
  };
  const first = drawn();
  if (random() >= CHOOSINESS) return first;
  const second = drawn();
  return opinion(planted, second, chooser.taste) > opinion(planted, first, chooser.taste) ? second : first;
}

/** The number of ratings of each user: `count` in total, each from a few to a third of the movies. */
function activity(count: number, users: number, movies: number, draw: () => number): Int32Array {
  const weights = Float64Array.from({ length: users }, () => Math.exp(ACTIVITY_SPREAD * draw()));
  const [least, most] = [Math.min(LEAST_RATINGS, Math.floor(count / users)), Math.floor(movies / 3)];
  const unit = (count - least * users) / weights.reduce((sum, weight) => sum + weight, 0);
  const ratingsOf = Int32Array.from(weights, (weight) => Math.min(most, least + weight * unit));
  let missing = count - ratingsOf.reduce((sum, each) => sum + each, 0);
  for (let user = 0; missing !== 0; user = (user + 1) % users) {
    const next = (ratingsOf[user] as number) + Math.sign(missing);
    if (next < least || next > most) continue;
    ratingsOf[user] = next;
    missing -= Math.sign(missing);
  }
  return ratingsOf;
}

/** Titles, years and genres by ascending id. The first genre tells the strongest trait, others are random. */
function describeMovies({ ids, traits, releases }: PlantedMovies, seed: number): readonly Movie[] {
  const random = seededRandom(seed, STREAM.titles);
  const titles = generateTitles(random, ids.length);
  const rowOf = new Int32Array(ids.length + 1);
  for (const [row, id] of ids.entries()) rowOf[id] = row;
  return titles.map((title, at) => {
    const row = rowOf[at + 1] as number;
    const genres = new Set([strongest(traits.subarray(row * FACTORS, (row + 1) * FACTORS))]);
    for (let more = Math.floor(random() * 3); more > 0; more--) genres.add(Math.floor(random() * 16));
    const released = new Date((releases[row] as number) * 1000).getUTCFullYear();
    return {
      id: at + 1,
      title,
      year: releases[row] === FROM ? released - Math.floor(60 * random() ** 2) : released,
      genres: [...genres].sort((a, b) => a - b).map((genre) => GENRES[genre] as string),
    };
  });
}

/** Position of the largest trait, one half of the genres for positive ones and the other for negative ones. */
function strongest(traits: Float32Array): number {
  let best = 0;
  for (let factor = 1; factor < FACTORS; factor++) {
    if (Math.abs(traits[factor] as number) > Math.abs(traits[best] as number)) best = factor;
  }
  return 2 * best + Number((traits[best] as number) < 0);
}
