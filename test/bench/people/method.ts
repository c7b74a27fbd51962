import type { GivenRating } from '../../../pipeline/model/model.ts';

/** What recommends movies and finds similar ones, as an app asks for it. */
export interface Method {
  readonly name: string;
  /** Ids of the best movies for a new person, without those told. */
  list(told: readonly GivenRating[], k: number): Promise<readonly number[]>;
  /** Ids of the most similar movies; empty where a method has no opinion. */
  similar(movieId: number, k: number): Promise<readonly number[]>;
}

/** Ids of the `k` highest scores, without some. */
export function bestIds(
  ids: ArrayLike<number>,
  scores: ArrayLike<number>,
  k: number,
  without: ReadonlySet<number>,
): readonly number[] {
  return Array.from(ids, (id, row) => ({ id, score: scores[row] as number }))
    .filter(({ id, score }) => !without.has(id) && score > Number.NEGATIVE_INFINITY)
    .sort((a, b) => b.score - a.score)
    .slice(0, k)
    .map(({ id }) => id);
}
