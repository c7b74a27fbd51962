import type { RankedList } from '../ranked-list.ts';

/**
 * Precision@k: the share of the k places of a list that have a relevant movie. A shorter list is also divided by k.
 *
 * Manning, Raghavan & Schütze, Introduction to Information Retrieval (2008), section 8.4.
 *
 * @param k length of the list; at least 1.
 */
export function precisionAt(k: number, { hits }: RankedList): number {
  return hits.reduce((sum, hit) => sum + hit, 0) / k;
}
