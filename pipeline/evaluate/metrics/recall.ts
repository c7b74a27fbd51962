import type { RankedList } from '../ranked-list.ts';

/**
 * Recall@k: the share of a user's relevant movies that are in the list. Relevant movies that the model does not know
 * count as missed. With more than k relevant movies it is below 1. Defined for users with at least one relevant movie;
 * only they are ranked.
 *
 * Manning, Raghavan & Schütze, Introduction to Information Retrieval (2008), section 8.3.
 */
export function recall({ hits, relevant }: RankedList): number {
  return hits.reduce((sum, hit) => sum + hit, 0) / relevant;
}
