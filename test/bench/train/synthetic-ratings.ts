import { normal, seededRandom, shuffle } from '../../../pipeline/lib/random.ts';
import { emptyRatings, type Ratings } from '../../../pipeline/ratings/ratings.ts';

export interface Shape {
  readonly ratings: number;
  readonly users: number;
  readonly movies: number;
}

/** The shape of MovieLens 1M. */
export const ONE_MILLION: Shape = { ratings: 1_000_000, users: 6_040, movies: 3_706 };

const FACTORS = 8;
/** Standard deviations of the planted values: about those of MovieLens. */
const SPREAD = { factors: 0.42, biases: 0.4, noise: 0.75 };
const MEAN = 3.5;
/** Movie number r by popularity is rated with a probability proportional to 1 / (r + HEAD). */
const HEAD = 50;
/** Standard deviation of the logarithm of the number of ratings of a user: the mean is about twice the median. */
const ACTIVITY_SPREAD = 1.2;
const LEAST_RATINGS = 20;
/** Length of the list that noise is drawn from; a power of two. */
const NOISES = 1 << 16;
const START = 1_000_000_000;

/**
 * Ratings of a planted factor model, user by user. The numbers of ratings of users and of movies vary widely; no user
 * rates a movie twice. The same shape and seed give the same ratings. Little memory is needed besides the columns.
 */
export function syntheticRatings({ ratings: count, users, movies }: Shape, seed = 1): Ratings {
  const random = seededRandom(seed);
  const draw = normal(random);
  const draws = (length: number, spread: number): Float32Array =>
    Float32Array.from({ length }, () => spread * draw());
  const traits = draws(movies * FACTORS, SPREAD.factors);
  const movieBiases = draws(movies, SPREAD.biases);
  const noises = draws(NOISES, SPREAD.noise);
  const ratingsOf = activity(count, users, movies, draw);
  const movieOfRank = shuffle(random, Int32Array.from(movieBiases.keys()));
  const logOfAll = Math.log(movies / HEAD + 1);
  const raters = new Int32Array(movies);
  const ratings = emptyRatings(count);
  let at = 0;
  for (let user = 1; user <= users; user++) {
    const taste = draws(FACTORS, SPREAD.factors);
    const userMean = MEAN + SPREAD.biases * draw();
    for (const end = at + (ratingsOf[user - 1] as number); at < end; ) {
      const rank = Math.floor(HEAD * (Math.exp(random() * logOfAll) - 1));
      const movie = movieOfRank[Math.min(rank, movies - 1)] as number;
      if (raters[movie] === user) continue;
      raters[movie] = user;
      let stars =
        userMean + (movieBiases[movie] as number) + (noises[Math.floor(random() * NOISES)] as number);
      for (let factor = 0; factor < FACTORS; factor++) {
        stars += (taste[factor] as number) * (traits[movie * FACTORS + factor] as number);
      }
      ratings.userIds[at] = user;
      ratings.movieIds[at] = movie + 1;
      ratings.halves[at] = Math.min(10, Math.max(1, Math.round(2 * stars)));
      ratings.ratedAt[at] = START + at;
      at++;
    }
  }
  return ratings;
}

/** The number of ratings of each user: `count` in total, each from a few to half of the movies. */
function activity(count: number, users: number, movies: number, draw: () => number): Int32Array {
  const weights = Float64Array.from({ length: users }, () => Math.exp(ACTIVITY_SPREAD * draw()));
  const unit = count / weights.reduce((sum, weight) => sum + weight, 0);
  const [least, most] = [Math.min(LEAST_RATINGS, count / users), movies >> 1];
  const ratingsOf = Int32Array.from(weights, (weight) => Math.min(most, Math.max(least, weight * unit)));
  let missing = count - ratingsOf.reduce((sum, each) => sum + each, 0);
  for (let user = 0; missing !== 0; user = (user + 1) % users) {
    const next = (ratingsOf[user] as number) + Math.sign(missing);
    if (next < least || next > most) continue;
    ratingsOf[user] = next;
    missing -= Math.sign(missing);
  }
  return ratingsOf;
}
