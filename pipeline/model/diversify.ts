import type { MovieSimilarity } from './movie-similarity.ts';

/**
 * Chooses `k` of the candidates by maximal marginal relevance. The next movie is the one with the largest
 *
 *     (1 − λ) · relevance − λ · (cosine with the most similar movie chosen so far)
 *
 * where relevance is the score, scaled so that the candidates span 0 to 1. Carbonell &
 * Goldstein, The Use of MMR, Diversity-Based Reranking for Reordering Documents, SIGIR 1998.
 *
 * @param rows candidates, best first. @param scores of each of them. @param strength λ, 0 to 1; 0 keeps the order.
 * @returns positions in the list of candidates.
 */
export function diversify(
  rows: ArrayLike<number>,
  scores: ArrayLike<number>,
  k: number,
  strength: number,
  { cosineOf }: Pick<MovieSimilarity, 'cosineOf'>,
): Int32Array {
  const count = rows.length;
  const highest = scores[0] as number;
  const span = highest - (scores[count - 1] as number) || 1;
  /** Cosine of each candidate with the most similar movie chosen so far. */
  const closest = new Float64Array(count);
  const chosen = new Int32Array(Math.min(k, count));
  const isChosen = new Uint8Array(count);
  for (let place = 0; place < chosen.length; place++) {
    let best = -1;
    let bestValue = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < count; at++) {
      if (isChosen[at] === 1) continue;
      const relevance = 1 - (highest - (scores[at] as number)) / span;
      const value = (1 - strength) * relevance - strength * (closest[at] as number);
      if (value > bestValue) [best, bestValue] = [at, value];
    }
    const row = rows[best] as number;
    isChosen[best] = 1;
    chosen[place] = best;
    for (let at = 0; at < count; at++) {
      if (isChosen[at] === 1) continue;
      const cosine = cosineOf(row, rows[at] as number);
      closest[at] = place === 0 ? cosine : Math.max(closest[at] as number, cosine);
    }
  }
  return chosen;
}
