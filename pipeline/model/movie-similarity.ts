import { ScoreTable } from '../math/score-table.ts';
import { topN } from '../math/top-n.ts';
import type { MovieVectors } from './heads.ts';

/** The similarity of movies in a model, by rows of its vocabulary. */
export interface MovieSimilarity {
  /** Cosine of two movies' vectors, −1 to 1. It is 0 when a vector is zero. */
  cosineOf(row: number, other: number): number;
  /**
   * The movies most similar to one, the most similar first, without the movie itself.
   *
   * @param allows whether a row may be in the list. @default every row
   */
  nearest(
    row: number,
    n: number,
    allows?: (row: number) => boolean,
  ): readonly { readonly row: number; readonly cosine: number }[];
}

/**
 * Scales every vector to length 1 once, so that a cosine is a product. The vectors are stored twice, 4 bytes per number:
 * once for pairs, once for one movie with all others.
 */
export function movieSimilarity({ data, factorCount, used }: MovieVectors): MovieSimilarity {
  const count = data.length / factorCount;
  const unit = new Float32Array(count * used);
  const hasVector = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    let square = 0;
    for (let f = 0; f < used; f++) square += (data[row * factorCount + f] as number) ** 2;
    if (square === 0) continue;
    hasVector[row] = 1;
    const scale = 1 / Math.sqrt(square);
    for (let f = 0; f < used; f++) {
      unit[row * used + f] = scale * (data[row * factorCount + f] as number);
    }
  }
  const table = new ScoreTable(unit, used);
  return {
    cosineOf(row, other) {
      let cosine = 0;
      for (let f = 0; f < used; f++) {
        cosine += (unit[row * used + f] as number) * (unit[other * used + f] as number);
      }
      return cosine;
    },
    nearest(row, n, allows = () => true) {
      if (hasVector[row] !== 1) return [];
      const cosines = new Float32Array(count);
      table.addProducts(unit.subarray(row * used, (row + 1) * used), 0, 1, cosines);
      for (let other = 0; other < count; other++) {
        if (other === row || hasVector[other] !== 1 || !allows(other)) {
          cosines[other] = Number.NEGATIVE_INFINITY;
        }
      }
      return Array.from(topN(cosines, n), (other) => ({
        row: other,
        cosine: Math.min(1, Math.max(-1, cosines[other] as number)),
      }));
    },
  };
}
