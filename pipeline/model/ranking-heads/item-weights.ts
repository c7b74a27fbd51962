import { addPopularLiking, type Baseline } from '../baseline.ts';
import type { RankingHead, RatedRows, View } from '../heads.ts';
import type { TensorReader } from '../tensor-reader.ts';

/** What a shallow autoencoder over movies has learned. */
export interface ItemWeights {
  /** Model rows of the movies it works with, ascending. */
  readonly movieRows: Int32Array;
  /** B, one row and one column for each of them: what having liked the row says for the column. */
  readonly weights: Float32Array;
  /** Which of them each user rated: where a user begins, then positions in `movieRows`, then half stars. */
  readonly pointers: Int32Array;
  readonly positions: Int32Array;
  readonly halves: Uint8Array;
  /** For strangers: stars a movie gains when its number of ratings grows e-fold. */
  readonly popularityWeight: number;
}

export const ITEM_WEIGHTS = 'item-weights';

/** What a rating counts for: stars above one, so that one star says nothing. */
export const likingOfHalves = (halves: number): number => Math.max(0, halves / 2 - 1);

/**
 * Ranks by x B, x being what a person's ratings count for. Movies outside the catalogue it works with score
 * nothing.
 *
 * Steck, Embarrassingly Shallow Autoencoders for Sparse Data, WWW 2019.
 */
export function itemWeightsHead(baseline: Baseline, learned: ItemWeights): RankingHead {
  const { movieRows, weights, pointers, positions, halves, popularityWeight } = learned;
  const size = movieRows.length;
  const positionOf = new Int32Array(baseline.movies.size).fill(-1);
  movieRows.forEach((row, position) => {
    positionOf[row] = position;
  });
  const viewOf = (known: Int32Array, given: Uint8Array, rated: RatedRows | null): View => ({
    product: () => null,
    addTo(scores, weight) {
      const sums = new Float32Array(size);
      known.forEach((position, j) => {
        const liking = weight * likingOfHalves(given[j] as number);
        if (position < 0 || liking === 0) return;
        for (let column = 0, at = position * size; column < size; column++, at++) {
          sums[column] = (sums[column] as number) + liking * (weights[at] as number);
        }
      });
      movieRows.forEach((row, position) => {
        scores[row] = (scores[row] as number) + (sums[position] as number);
      });
    },
    contributions(movieRow) {
      const column = positionOf[movieRow] as number;
      if (rated === null) return null;
      return Float64Array.from(rated.rows, (row, j) => {
        const position = positionOf[row] as number;
        if (position < 0 || column < 0) return 0;
        return likingOfHalves(rated.halves[j] as number) * (weights[position * size + column] as number);
      });
    },
  });
  return {
    kind: ITEM_WEIGHTS,
    movieVectors: null,
    user(row) {
      const [from, to] = [pointers[row] as number, pointers[row + 1] as number];
      return viewOf(positions.subarray(from, to), halves.subarray(from, to), null);
    },
    foldIn: (rated) =>
      viewOf(
        rated.rows.map((row) => positionOf[row] as number),
        rated.halves,
        rated,
      ),
    addForStrangers: (scores) => addPopularLiking(baseline, popularityWeight, scores),
    tensors: {
      ranking_movie_rows: { shape: [size], data: movieRows },
      ranking_weights: { shape: [size, size], data: weights },
      ranking_pointers: { shape: [pointers.length], data: pointers },
      ranking_positions: { shape: [positions.length], data: positions },
      ranking_halves: { shape: [halves.length], data: halves },
      popularity_weight: { shape: [1], data: Float64Array.of(popularityWeight) },
    },
  };
}

export function readItemWeightsHead(file: TensorReader, baseline: Baseline): RankingHead {
  const movieRows = file.integers('ranking_movie_rows', [null]);
  const size = movieRows.length;
  const pointers = file.integers('ranking_pointers', [baseline.users.size + 1]);
  const positions = file.integers('ranking_positions', [null]);
  within(file, 'ranking_movie_rows', movieRows, baseline.movies.size - 1, true);
  within(file, 'ranking_pointers', pointers, positions.length, true);
  within(file, 'ranking_positions', positions, size - 1, false);
  return itemWeightsHead(baseline, {
    movieRows,
    weights: file.floats('ranking_weights', [size, size]),
    pointers,
    positions,
    halves: file.bytes('ranking_halves', [positions.length]),
    popularityWeight: file.scalar('popularity_weight'),
  });
}

/** Refuses positions that lead outside, or that go back where they should ascend. */
function within(file: TensorReader, name: string, values: Int32Array, most: number, ascend: boolean): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < 0 || value > most) file.refuse(`tensor ${name} holds ${value} at position ${i}`);
    if (ascend && i > 0 && value < (values[i - 1] as number)) {
      file.refuse(`tensor ${name} does not ascend at position ${i}`);
    }
  }
}
