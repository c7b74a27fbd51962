import type { Popularity } from '../popularity.ts';
import type { RankedList } from '../ranked-list.ts';

/**
 * Novelty: the mean self-information of recommended movies, bits. A movie that a share s of the training users rated has
 * −log₂ s bits: 0 when all users rated it, one more for each halving of s. A movie without ratings counts as rated by
 * one user, so values are from 0 to log₂(training users). The mean is computed over each list, then over lists. Null
 * when all lists are empty or there are no training users.
 *
 * Zhou et al., Solving the apparent diversity-accuracy dilemma of recommender systems, PNAS 107 (2010);
 * Vargas & Castells, Rank and Relevance in Novelty and Diversity Metrics for Recommender Systems, RecSys 2011.
 */
export function novelty(
  lists: readonly RankedList[],
  { users, ratersOf }: Pick<Popularity, 'users' | 'ratersOf'>,
): number | null {
  let sum = 0;
  let filled = 0;
  for (const { movieIds } of lists) {
    if (movieIds.length === 0) continue;
    let bits = 0;
    for (const movieId of movieIds) bits += Math.log2(users / Math.max(1, ratersOf(movieId)));
    sum += bits / movieIds.length;
    filled++;
  }
  return filled === 0 || users === 0 ? null : sum / filled;
}
