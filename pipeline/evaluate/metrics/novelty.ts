import type { Popularity } from '../popularity.ts';
import type { RankedList } from '../ranked-list.ts';

/**
 * Novelty: the mean self-information of recommended movies, bits. A movie that a share s of the training users
 * rated tells −log₂ s: 0 bits when all of them did, one more each time half as many did. A movie nobody rated
 * counts as if one user had, so that it is finite: from 0 to log₂(training users). The mean is taken over a
 * list, then over lists. Null when there is no movie in any list, or no training user.
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
