import { topN } from '../math/top-n.ts';
import type { Vocabulary } from '../ratings/vocabulary.ts';
import type { Person } from './model.ts';

/**
 * How the scores of the people of a group become one: their mean, or the lowest, so that nobody gets a movie that they
 * dislike. Masthoff, Group Recommender Systems, Recommender Systems Handbook, 2011.
 */
export const GROUP_METHODS = ['average', 'least-misery'] as const;
export type GroupMethod = (typeof GROUP_METHODS)[number];

export interface GroupMovie {
  readonly movieId: number;
  /** The list is ordered by it. Only the order has a meaning. */
  readonly score: number;
}

/**
 * The movies that suit all people of a group. The scores of a person are first made comparable with those of others: each
 * is divided by the standard deviation of the person's scores of all movies, after their mean is taken off.
 *
 * @param people one or more, of a model with these movies.
 * @param allows whether a movie may be in the list.
 * @returns at most `k` movies, best first.
 */
export function groupList(
  { ids, size }: Vocabulary,
  people: readonly Person[],
  method: GroupMethod,
  k: number,
  allows: (movieId: number) => boolean,
): readonly GroupMovie[] {
  const totals = new Float32Array(size).fill(method === 'average' ? 0 : Number.POSITIVE_INFINITY);
  const scores = new Float32Array(size);
  for (const person of people) {
    person.scoreMovies(scores);
    standardise(scores);
    for (let row = 0; row < size; row++) {
      const [total, score] = [totals[row] as number, scores[row] as number];
      totals[row] = method === 'average' ? total + score / people.length : Math.min(total, score);
    }
  }
  for (let row = 0; row < size; row++) {
    if (!allows(ids[row] as number)) totals[row] = Number.NEGATIVE_INFINITY;
  }
  return Array.from(topN(totals, k), (row) => ({
    movieId: ids[row] as number,
    score: totals[row] as number,
  }));
}

/** Takes the mean off and divides by the standard deviation. Equal scores become 0. */
function standardise(scores: Float32Array): void {
  let sum = 0;
  for (let row = 0; row < scores.length; row++) sum += scores[row] as number;
  const mean = sum / scores.length;
  let squares = 0;
  for (let row = 0; row < scores.length; row++) squares += ((scores[row] as number) - mean) ** 2;
  const deviation = Math.sqrt(squares / scores.length) || 1;
  for (let row = 0; row < scores.length; row++) scores[row] = ((scores[row] as number) - mean) / deviation;
}
