import type { MovieLikeness } from './movie-likeness.ts';

/**
 * Chooses `k` of the candidates so that the list is good and its movies differ: each next one is the movie with the
 * largest
 *
 *     (1 − λ) · relevance − λ · (cosine with the most alike movie chosen so far)
 *
 * relevance being the score, scaled so that the candidates span 0 to 1. Maximal marginal relevance: Carbonell &
 * Goldstein, The Use of MMR, Diversity-Based Reranking for Reordering Documents, SIGIR 1998.
 *
 * @param rows candidates, best first. @param scores of each of them. @param strength λ, 0 to 1; 0 keeps the order.
 * @returns their places in the list of candidates.
 */
export function diversify(
  rows: ArrayLike<number>,
  scores: ArrayLike<number>,
  k: number,
  strength: number,
  { between }: Pick<MovieLikeness, 'between'>,
): Int32Array {
  const count = rows.length;
  const highest = scores[0] as number;
  const span = highest - (scores[count - 1] as number) || 1;
  /** Cosine of each candidate with the most alike one chosen so far. */
  const likest = new Float64Array(count);
  const chosen = new Int32Array(Math.min(k, count));
  const isChosen = new Uint8Array(count);
  for (let place = 0; place < chosen.length; place++) {
    let best = -1;
    let bestValue = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < count; at++) {
      if (isChosen[at] === 1) continue;
      const relevance = 1 - (highest - (scores[at] as number)) / span;
      const value = (1 - strength) * relevance - strength * (likest[at] as number);
      if (value > bestValue) [best, bestValue] = [at, value];
    }
    const row = rows[best] as number;
    isChosen[best] = 1;
    chosen[place] = best;
    for (let at = 0; at < count; at++) {
      if (isChosen[at] === 1) continue;
      const cosine = between(row, rows[at] as number);
      likest[at] = place === 0 ? cosine : Math.max(likest[at] as number, cosine);
    }
  }
  return chosen;
}
