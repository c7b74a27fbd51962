import { type Baseline, popularityAdder } from '../baseline.ts';
import type { RankingHead, RatedRows, View } from '../heads.ts';
import type { TensorReader } from '../tensor-reader.ts';

/** The parameters of a shallow autoencoder over movies. */
export interface ItemWeights {
  /** Model rows of its movies, ascending. */
  readonly movieRows: Int32Array;
  /** B, size × size: how much liking the movie of the row says for the movie of the column. */
  readonly weights: Float32Array;
  /** Ratings of each user: start of each user, positions in `movieRows`, half stars. */
  readonly pointers: Int32Array;
  readonly positions: Int32Array;
  readonly halves: Uint8Array;
  /** For unknown users: stars that a movie gains when its number of ratings grows e-fold. */
  readonly popularityWeight: number;
}

export const ITEM_WEIGHTS = 'item-weights';

/** Preference of a rating: its stars above one. */
export const preferenceOf = (halves: number): number => Math.max(0, halves / 2 - 1);

/**
 * Ranks by x B, where x has the preferences of a person. Movies that are not in `movieRows` score 0.
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
        const preference = weight * preferenceOf(given[j] as number);
        if (position < 0 || preference === 0) return;
        for (let column = 0, at = position * size; column < size; column++, at++) {
          sums[column] = (sums[column] as number) + preference * (weights[at] as number);
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
        return preferenceOf(rated.halves[j] as number) * (weights[position * size + column] as number);
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
    addForUnknownUser: popularityAdder(baseline, popularityWeight),
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

/** Refuses positions outside 0 to `most`, and positions that do not ascend where they should. */
function within(file: TensorReader, name: string, values: Int32Array, most: number, ascend: boolean): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < 0 || value > most) file.refuse(`tensor ${name} holds ${value} at position ${i}`);
    if (ascend && i > 0 && value < (values[i - 1] as number)) {
      file.refuse(`tensor ${name} does not ascend at position ${i}`);
    }
  }
}
