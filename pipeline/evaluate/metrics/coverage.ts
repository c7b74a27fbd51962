import type { RankedList } from '../ranked-list.ts';

/**
 * Catalogue coverage: the share of the candidate movies that appear in at least one list. Null without lists or
 * candidates.
 *
 * Ge, Delgado-Battenfeld & Jannach, Beyond Accuracy: Evaluating Recommender Systems by Coverage and
 * Serendipity, RecSys 2010.
 *
 * @param candidates number of candidate movies.
 */
export function coverage(candidates: number, lists: readonly RankedList[]): number | null {
  if (lists.length === 0 || candidates === 0) return null;
  const shown = new Set<number>();
  for (const { movieIds } of lists) for (const movieId of movieIds) shown.add(movieId);
  return shown.size / candidates;
}
