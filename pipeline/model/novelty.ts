import { topN } from '../math/top-n.ts';
import { rowsOf, type Vocabulary } from '../ratings/vocabulary.ts';
import type { GivenRating, Person, ScoredMovies } from './model.ts';
import type { Neighbours } from './neighbours.ts';
import { lastOfEach } from './reasons.ts';

/** Novelty of a list that nobody asked for. It was chosen on inner validation: docs/algorithms.md. */
export const DEFAULT_NOVELTY = 0.25;

/** Sizes of what neighbours say that weigh against one standard deviation of the model, at full novelty. */
const FULL_WEIGHT = 7;
/** Power of the number of ratings that a neighbour's score is divided by, at full novelty. */
const FULL_POWER = 0.7;
/** Added to the number of ratings, so that movies with few do not win by that. */
const DAMPING = 10;
/** A model that has learned from so many ratings of a person, and more, needs neighbours less. */
const FEW = 15;
/** Ratings at the usual stars that are added to a person's mean: five movies at 1★ are not the usual of anybody. */
const USUAL_RATINGS = 5;
const USUAL_STARS = 3.5;
/** Ratings whose neighbours count, those with the strongest likings. */
const MOST_RATINGS = 25;
/** Neighbours of five movies, about. */
const USUAL_NEIGHBOURS = 200;
/** Movies of the model, evenly spaced, whose scores give the unit of the model's. */
const SAMPLE = 256;

/** What novelty needs of a model and its neighbours, for everyone. */
export interface NoveltyData {
  readonly neighbours: Neighbours;
  /** Row in the model of each row of the neighbours; −1 for a movie that the model does not know. */
  readonly modelRows: Int32Array;
  /** Number of ratings of each movie, by its row in the model. */
  readonly ratings: Int32Array;
  /** Rows in the model, evenly spaced. */
  readonly sample: Int32Array;
}

/** Novelty for one person. */
export interface Novelty {
  /** ν, 0 to 1; 0 keeps the order. */
  readonly strength: number;
  /** All ratings of the person, and what counts like them. */
  readonly rated: readonly GivenRating[];
  readonly data: NoveltyData;
}

/** @param ratingsOf number of ratings of a movie, by id. @param movies of the model. */
export function noveltyData(
  neighbours: Neighbours,
  movies: Vocabulary,
  ratingsOf: (movieId: number) => number,
): NoveltyData {
  const length = Math.min(SAMPLE, movies.size);
  return {
    neighbours,
    modelRows: rowsOf(movies, neighbours.movies.ids),
    ratings: movies.ids.map(ratingsOf),
    sample: Int32Array.from({ length }, (_, at) => Math.floor((at * movies.size) / length)),
  };
}

/**
 * Takes popularity out of the ranking step by step. Each score is the model's in standard deviations of its scores for
 * the person, plus what the neighbours of the rated movies say, in units of its size:
 *
 *     score = model / σ + w · (neighbours / (ratings + 10)^e) / σ',     neighbours_j = Σ_i max(−1, 1 + r_i − r̄) · similarity_ij
 *
 * where σ' is the root of the sum of the squares of all such values, divided by 200. r̄ is the mean of the person's ratings and of five of 3.5★, so that movies like a disliked one sink,
 * e = 0.7 (1 − (1 − ν)²) and w = 7 ν s for novelty ν. Up to the default novelty s is 20 / (15 + n) for n ratings, because
 * with many ratings the model knows better; from there it grows to 1 at full novelty.
 *
 * @param person scores any movie.
 * @param best the movies with the highest scores of the model: `n` of them, or all that may be in the list.
 * @param hidden rows in the model of movies that may not be in the list.
 * @returns the `n` best of all movies, best first.
 */
export function withNovelty(
  person: Pick<Person, 'scoresOf'>,
  { strength: novelty, data, ...given }: Novelty,
  best: ScoredMovies,
  hidden: Iterable<number>,
  n: number,
): ScoredMovies {
  const rated = lastOfEach(given.rated);
  if (novelty === 0 || rated.length === 0) return best;
  const { rows, values, isNeighbour } = neighbourScores(rated, data, hidden);
  const power = FULL_POWER * (1 - (1 - novelty) ** 2);
  for (let at = 0; at < rows.length; at++) {
    const ratings = data.ratings[rows[at] as number] as number;
    values[at] = (values[at] as number) / (ratings + DAMPING) ** power;
  }
  const scores = person.scoresOf(concatenated(rows, data.sample));
  const unit = deviation(scores.subarray(rows.length), data.sample.length);
  const weight = (FULL_WEIGHT * novelty * shareOf(rated.length, novelty)) / sizeOf(values);
  const isOther = (row: number): boolean => isNeighbour[row] !== 1;
  const all = concatenated(rows, best.rows.filter(isOther));
  const totals = new Float32Array(all.length);
  for (let at = 0; at < rows.length; at++) {
    totals[at] = (scores[at] as number) / unit + weight * (values[at] as number);
  }
  for (let at = 0, next = rows.length; at < best.rows.length; at++) {
    if (isOther(best.rows[at] as number)) totals[next++] = (best.scores[at] as number) / unit;
  }
  const places = topN(totals, n);
  return {
    rows: places.map((place) => all[place] as number),
    scores: Float32Array.from(places, (place) => totals[place] as number),
  };
}

function shareOf(ratings: number, novelty: number): number {
  const own = Math.min(1, (FEW + 5) / (FEW + ratings));
  const beyond = Math.max(0, novelty - DEFAULT_NOVELTY) / (1 - DEFAULT_NOVELTY);
  return own + (1 - own) * beyond;
}

/** The mean of a person's ratings and of five of 3.5★. */
export function usualStars(rated: readonly GivenRating[]): number {
  let sum = 0;
  for (const { stars } of rated) sum += stars;
  return (sum + USUAL_RATINGS * USUAL_STARS) / (rated.length + USUAL_RATINGS);
}

/** What the neighbours of the movies with the strongest likings say. */
interface Said {
  /** In the model, in the order in which they are found. */
  readonly rows: Int32Array;
  readonly values: Float32Array;
  /** 1 for each of them, by row in the model. */
  readonly isNeighbour: Uint8Array;
}

const HIDDEN = 2;

function neighbourScores(
  rated: readonly GivenRating[],
  { neighbours, modelRows, ratings }: NoveltyData,
  hidden: Iterable<number>,
): Said {
  const usual = usualStars(rated);
  const strongest = rated
    .map(({ movieId, stars }) => ({ movieId, liking: Math.max(-1, 1 + stars - usual) }))
    .sort((a, b) => Math.abs(b.liking) - Math.abs(a.liking) || a.movieId - b.movieId)
    .slice(0, MOST_RATINGS);
  const sums = new Float32Array(ratings.length);
  const isNeighbour = new Uint8Array(ratings.length);
  for (const row of hidden) isNeighbour[row] = HIDDEN;
  const found: number[] = [];
  for (const { movieId, liking } of strongest) {
    const list = neighbours.rowsOf(movieId);
    for (let at = 0; at < list.rows.length; at++) {
      const row = modelRows[list.rows[at] as number] as number;
      if (row < 0 || isNeighbour[row] === HIDDEN) continue;
      if (isNeighbour[row] === 0) {
        isNeighbour[row] = 1;
        found.push(row);
      }
      sums[row] = (sums[row] as number) + liking * (list.similarities[at] as number);
    }
  }
  const rows = Int32Array.from(found);
  const values = new Float32Array(rows.length);
  for (let at = 0; at < rows.length; at++) values[at] = sums[rows[at] as number] as number;
  return { rows, values, isNeighbour };
}

function concatenated(first: Int32Array, second: Int32Array): Int32Array {
  const both = new Int32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** Root of the sum of the squares, of which 200 equal values have their own size. Never 0. */
function sizeOf(values: Float32Array): number {
  let squares = 0;
  for (let at = 0; at < values.length; at++) squares += (values[at] as number) ** 2;
  return Math.sqrt(squares / USUAL_NEIGHBOURS) || 1;
}

/** Standard deviation of `length` values, of which those that are not given are 0. Never 0. */
export function deviation(values: Float32Array, length: number): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at] as number;
  const mean = sum / length;
  let squares = (length - values.length) * mean ** 2;
  for (let at = 0; at < values.length; at++) squares += ((values[at] as number) - mean) ** 2;
  return Math.sqrt(squares / length) || 1;
}
