import { topN } from '../math/top-n.ts';
import type { ScoredMovies } from './model.ts';
import { deviation } from './novelty.ts';

/** The best scores, whose standard deviation is the unit. */
const BEST = 200;
/** Standard deviations of the best scores that each doubling of the showings costs. */
const WEIGHT = 0.5;

/** How many of the best movies are needed to choose `n` of them when `shown` movies may sink. */
export function candidatesFor(n: number, shown: number): number {
  return Math.max(n + shown, BEST);
}

/**
 * Movies that a person was shown and did not take sink, and come back as the showings fade:
 *
 *     score' = score − w · σ · log₂(1 + s)
 *
 * where s is the number of showings, each halved with every half-life, and σ the standard deviation of the best 200
 * scores. The first showing costs w σ, and so does each doubling of 1 + s: a movie that is far better stays.
 *
 * @param best the `candidatesFor` movies with the highest scores, so that the choice among them is that among all.
 * @param shownOf s of a movie, by its row.
 * @returns the `n` best, best first. Of equal scores the earlier movie comes first.
 */
export function withShown(best: ScoredMovies, shownOf: (row: number) => number, n: number): ScoredMovies {
  const highest = best.scores.subarray(0, BEST);
  const unit = WEIGHT * deviation(highest, highest.length);
  const scores = best.scores.map(
    (score, at) => score - unit * Math.log2(1 + shownOf(best.rows[at] as number)),
  );
  const places = topN(scores, n);
  return {
    rows: Int32Array.from(places, (place) => best.rows[place] as number),
    scores: Float32Array.from(places, (place) => scores[place] as number),
  };
}
