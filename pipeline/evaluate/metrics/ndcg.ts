import type { RankedList } from '../ranked-list.ts';

/** The weight of a place, counted from 0: 1 / log₂(place + 2). */
const discount = (place: number): number => 1 / Math.log2(place + 2);

/**
 * NDCG@k with binary gains: Σ hit(place) / log₂(place + 2) over the list, divided by the same sum for an ideal list of
 * length k. Defined for users with at least one relevant movie; only they are ranked.
 *
 * Järvelin & Kekäläinen, Cumulated Gain-Based Evaluation of IR Techniques, ACM TOIS 20 (2002).
 *
 * @param k length of the list; at least 1.
 */
export function ndcgAt(k: number, { hits, relevant }: RankedList): number {
  let gained = 0;
  hits.forEach((hit, place) => {
    gained += hit * discount(place);
  });
  let ideal = 0;
  for (let place = 0; place < Math.min(k, relevant); place++) ideal += discount(place);
  return gained / ideal;
}
