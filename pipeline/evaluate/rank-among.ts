import type { Model, Person } from '../model/model.ts';
import type { Ratings } from '../ratings/ratings.ts';

/** Ranks movies of a catalogue, all that have a rating, for one user after another. */
export function rankingAmong(model: Model, catalogue: readonly Ratings[]) {
  const { movies } = model;
  /** For each movie of the model: whether it has a rating, and whether the user has rated it. */
  const isCandidate = new Uint8Array(movies.size);
  const left: number[] = [];
  for (const { movieIds } of catalogue) {
    for (let i = 0; i < movieIds.length; i++) {
      const row = movies.rowOf(movieIds[i] as number);
      if (row >= 0) isCandidate[row] = 1;
    }
  }
  /** Rated movies that the model does not know. */
  const unknown = new Set<number>();
  let leftOut = 0;
  return {
    /** The movies of the last user are candidates again. */
    forget(): void {
      for (const row of left) isCandidate[row] = 1;
      left.length = 0;
      unknown.clear();
      leftOut = 0;
    },
    /** Leaves out what the user has rated. @param rated as before, and more. */
    leaveOut(rated: readonly { readonly movieId: number }[]): void {
      for (; leftOut < rated.length; leftOut++) {
        const { movieId } = rated[leftOut] as { readonly movieId: number };
        const row = movies.rowOf(movieId);
        if (row < 0) unknown.add(movieId);
        else if (isCandidate[row] === 1) {
          isCandidate[row] = 0;
          left.push(row);
        }
      }
    },
    isCandidate(movieId: number): boolean {
      const row = movies.rowOf(movieId);
      return row < 0 ? !unknown.has(movieId) : isCandidate[row] === 1;
    },
    scoresOf(person: Person): Float32Array {
      const scores = new Float32Array(movies.size);
      person.scoreMovies(scores);
      return scores;
    },
    /** Of equal scores the earlier row comes first. */
    rankOf(movieId: number, scores: Float32Array): number {
      const own = movies.rowOf(movieId);
      if (own < 0) return Number.POSITIVE_INFINITY;
      const score = scores[own] as number;
      let rank = 1;
      for (let row = 0; row < scores.length; row++) {
        if (isCandidate[row] === 0) continue;
        const other = scores[row] as number;
        if (other > score || (other === score && row < own)) rank++;
      }
      return rank;
    },
  };
}
