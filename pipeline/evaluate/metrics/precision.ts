import type { RankedList } from '../ranked-list.ts';

/**
 * Precision@k: the share of the k places of a list that hold a relevant movie. A list that could not be
 * filled is still divided by k: an empty place is a missed chance.
 *
 * Manning, Raghavan & Schütze, Introduction to Information Retrieval (2008), section 8.4.
 *
 * @param k places of the list; at least 1.
 */
export function precisionAt(k: number, { hits }: RankedList): number {
  return hits.reduce((sum, hit) => sum + hit, 0) / k;
}
