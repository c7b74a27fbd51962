import { topN } from '../math/top-n.ts';
import type { GivenRating, ScoredMovies } from './model.ts';
import type { Neighbours } from './neighbours.ts';
import { lastOfEach } from './reasons.ts';

/** Novelty of a list that nobody asked for. It was chosen on inner validation: docs/algorithms.md. */
export const DEFAULT_NOVELTY = 0.25;

/** Standard deviations that neighbours weigh against one of the model's, at full novelty. */
const FULL_WEIGHT = 8;
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
const MOST_RATINGS = 40;
/** The best scores, whose standard deviation is the unit of a score. */
const BEST = 200;

/** What novelty needs besides the scores of the model. */
export interface NoveltyData {
  readonly neighbours: Neighbours;
  /** All ratings of the person. */
  readonly rated: readonly GivenRating[];
  /** Row in the model; −1 for a movie that may not be in the list. */
  readonly rowOf: (movieId: number) => number;
  /** Number of ratings of a movie, by its row in the model. */
  readonly ratingsOf: (row: number) => number;
}

/**
 * Takes popularity out of the ranking step by step. Each score is the model's, plus what the neighbours of the rated
 * movies say, both in standard deviations of their best 200:
 *
 *     score = model / σ + w · (neighbours / (ratings + 10)^e) / σ',     neighbours_j = Σ_i max(−1, 1 + r_i − r̄) · similarity_ij
 *
 * where r̄ is the mean of the person's ratings and of five of 3.5★, so that movies like a disliked one sink,
 * e = 0.7 (1 − (1 − ν)²) and w = 8 ν s for novelty ν. Up to the default novelty s is 20 / (15 + n) for n ratings, because
 * with many ratings the model knows better; from there it grows to 1 at full novelty.
 *
 * @param best the movies with the highest scores of the model. Others count as the last of them.
 * @param novelty ν, 0 to 1; 0 keeps the order.
 * @returns the `n` best of them and of all neighbours, best first.
 */
export function withNovelty(best: ScoredMovies, novelty: number, data: NoveltyData, n: number): ScoredMovies {
  const { ratingsOf } = data;
  const rated = lastOfEach(data.rated);
  if (novelty === 0 || rated.length === 0 || best.rows.length === 0) return best;
  const power = FULL_POWER * (1 - (1 - novelty) ** 2);
  const said = neighbourScores({ ...data, rated });
  for (const [row, value] of said) said.set(row, value / (ratingsOf(row) + DAMPING) ** power);
  const weight = FULL_WEIGHT * novelty * shareOf(rated.length, novelty);
  const unit = deviationOfBest(best.scores);
  const ofNeighbours = weight / deviationOfBest(Array.from(said.values(), Math.abs));
  const scores = new Map<number, number>();
  best.rows.forEach((row, at) => {
    scores.set(row, (best.scores[at] as number) / unit);
  });
  const least = (best.scores.at(-1) as number) / unit;
  for (const [row, value] of said) scores.set(row, (scores.get(row) ?? least) + ofNeighbours * value);
  const rows = Int32Array.from(scores.keys()).sort();
  const values = Float32Array.from(rows, (row) => scores.get(row) as number);
  const places = topN(values, n);
  return {
    rows: places.map((place) => rows[place] as number),
    scores: Float32Array.from(places, (place) => values[place] as number),
  };
}

function shareOf(ratings: number, novelty: number): number {
  const own = Math.min(1, (FEW + 5) / (FEW + ratings));
  const beyond = Math.max(0, novelty - DEFAULT_NOVELTY) / (1 - DEFAULT_NOVELTY);
  return own + (1 - own) * beyond;
}

/** What the neighbours of the movies with the strongest likings say, by row in the model. */
function neighbourScores({ neighbours, rated, rowOf }: NoveltyData): Map<number, number> {
  const sum = rated.reduce((total, { stars }) => total + stars, 0);
  const usual = (sum + USUAL_RATINGS * USUAL_STARS) / (rated.length + USUAL_RATINGS);
  const strongest = rated
    .map(({ movieId, stars }) => ({ movieId, liking: Math.max(-1, 1 + stars - usual) }))
    .sort((a, b) => Math.abs(b.liking) - Math.abs(a.liking) || a.movieId - b.movieId)
    .slice(0, MOST_RATINGS);
  const scores = new Map<number, number>();
  for (const { movieId, liking } of strongest) {
    neighbours.visit(movieId, (other, similarity) => {
      const row = rowOf(other);
      if (row >= 0) scores.set(row, (scores.get(row) ?? 0) + liking * similarity);
    });
  }
  return scores;
}

/** Standard deviation of the best 200 values; missing ones are 0. Never 0. */
function deviationOfBest(values: ArrayLike<number>): number {
  const all = Float32Array.from(values);
  const best = Float64Array.from(topN(all, BEST), (at) => all[at] as number);
  const length = values.length < BEST ? BEST : best.length;
  const mean = best.reduce((sum, value) => sum + value, 0) / length;
  const squares = best.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt((squares + (length - best.length) * mean ** 2) / length) || 1;
}
