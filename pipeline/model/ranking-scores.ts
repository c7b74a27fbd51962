import { ScoreTable } from '../math/score-table.ts';
import { topN } from '../math/top-n.ts';
import type { Heads, ProductView, View } from './heads.ts';
import type { ScoredMovies } from './model.ts';

/** Both heads for one person. */
export interface Views {
  readonly ranking: View;
  /** Null when predicted stars have no weight in the ranking. */
  readonly ratings: View | null;
}

/** Scores movies for a person. */
export interface RankingScores {
  /** Scores every movie. */
  all(views: Views, scores: Float32Array): void;
  /** Scores the movies at some rows. */
  some(views: Views, rows: Int32Array): Float32Array;
  /** The `n` movies with the highest scores. Of equal scores the earlier row comes first. */
  best(views: Views, n: number, hidden: Iterable<number>): ScoredMovies;
}

/** One product where all heads are products, otherwise one head after the other. */
export function rankingScoresOf({ ranking, ratings, ratingWeight }: Heads, movies: number): RankingScores {
  const heads = ratingWeight === 0 ? [ranking] : [ranking, ratings];
  const vectors = heads.flatMap(({ movieVectors }) => movieVectors ?? []);
  if (vectors.length < heads.length) return separateHeads(ratingWeight, movies);
  const factorCount = vectors.reduce((sum, head) => sum + head.factorCount, 0);
  const rows = new Float32Array(movies * factorCount);
  let first = 0;
  for (const { data, factorCount: own } of vectors) {
    for (let row = 0; row < movies; row++) {
      rows.set(data.subarray(row * own, (row + 1) * own), row * factorCount + first);
    }
    first += own;
  }
  return combinedHeads(new ScoreTable(rows, factorCount), factorCount, ratingWeight);
}

/** score = [vector of the ranking head, ratingWeight · vector of the ratings head] · row */
function combinedHeads(table: ScoreTable, factorCount: number, ratingWeight: number): RankingScores {
  const joined = new Float32Array(factorCount);
  const join = ({ ranking, ratings }: Views): { readonly vector: Float32Array; readonly start: number } => {
    const [first, second] = [productOf(ranking), ratings === null ? null : productOf(ratings)];
    joined.set(first.vector);
    if (second === null) return { vector: joined, start: first.start };
    second.vector.forEach((value, f) => {
      joined[first.vector.length + f] = ratingWeight * value;
    });
    return { vector: joined, start: first.start + ratingWeight * second.start };
  };
  return {
    all(views, scores) {
      const { vector, start } = join(views);
      scores.fill(0);
      table.addProducts(vector, start, 1, scores);
    },
    some(views, rows) {
      const { vector, start } = join(views);
      return table.productsOf(vector, rows).map((product) => start + product);
    },
    best(views, n, hidden) {
      const { vector, start } = join(views);
      const { rows, products } = table.best(vector, n, hidden);
      return { rows, scores: products.map((product) => start + product) };
    },
  };
}

function productOf(view: View): ProductView {
  const product = view.product();
  if (product === null) throw new Error('a head with movie vectors has no vector of the person');
  return product;
}

function separateHeads(ratingWeight: number, movies: number): RankingScores {
  const all = ({ ranking, ratings }: Views, scores: Float32Array): void => {
    scores.fill(0);
    ranking.addTo(scores, 1);
    ratings?.addTo(scores, ratingWeight);
  };
  return {
    all,
    some(views, rows) {
      const scores = new Float32Array(movies);
      all(views, scores);
      return scoresAt(scores, rows);
    },
    best(views, n, hidden) {
      const scores = new Float32Array(movies);
      all(views, scores);
      return bestOf(scores, n, hidden);
    },
  };
}

export const scoresAt = (scores: Float32Array, rows: Int32Array): Float32Array =>
  Float32Array.from(rows, (row) => scores[row] as number);

/** The best of given scores. @param scores changed: those of hidden rows become −∞ */
export function bestOf(scores: Float32Array, n: number, hidden: Iterable<number>): ScoredMovies {
  for (const row of hidden) scores[row] = Number.NEGATIVE_INFINITY;
  const rows = topN(scores, n);
  return { rows, scores: scoresAt(scores, rows) };
}
