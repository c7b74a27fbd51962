import type { Kernels } from '../../math/compute/kernels.ts';
import { type ItemWeights, itemWeightsHead, preferenceOf } from '../../model/ranking-heads/item-weights.ts';
import { longestFirst, type RatingMatrix } from '../../ratings/matrix.ts';
import { modelRowsOf, type RankingTrainer } from '../head-trainer.ts';
import { UNKNOWN_USER_WEIGHT } from './counts.ts';

const NAME = 'ease';

const PARAMETERS = {
  catalogue: {
    meaning:
      'Number of movies it ranks, those with the most ratings. Time grows with its cube, the model file with its square.',
    default: 3000,
    min: 8,
    max: 10_000,
    step: 1,
  },
  regularisation: {
    meaning: 'Penalty λ on the weights.',
    default: 200,
    min: 1,
    max: 1e6,
    search: { from: 20, to: 2000, scale: 'log' },
  },
  popularityWeight: UNKNOWN_USER_WEIGHT,
} as const;

/**
 * EASE: the linear autoencoder that predicts each movie from all others, in closed form. With X = (r − 1)⁺,
 * P = (XᵀX + λI)⁻¹ and weights B whose diagonal must be zero,
 *
 *     B = I − P diag(1 / P_jj)
 *
 * It uses only the `catalogue` movies with the most ratings.
 *
 * Steck, Embarrassingly Shallow Autoencoders for Sparse Data, WWW 2019.
 */
export const ease: RankingTrainer<typeof PARAMETERS> = {
  name: NAME,
  hyperParameters: PARAMETERS,
  needsAllMovies: true,
  usesKernels: true,
  async fit({ matrix, baseline, trainedRows, pool, parameters, beginPass }) {
    const { catalogue, regularisation, popularityWeight: weight } = parameters;
    const chosen = longestFirst(matrix.byMovie).slice(0, catalogue).sort();
    const size = chosen.length;
    const padded = Math.ceil(size / 8) * 8;
    const positionOf = new Int32Array(matrix.movies.size).fill(-1);
    chosen.forEach((row, position) => {
      positionOf[row] = position;
    });
    await beginPass(`training ${NAME}: co-liking`, 0, 2);
    const gram = pool.arena.floats(padded * padded);
    const ratings = chosenRatings(matrix.byUser, positionOf);
    addCoLiking(gram, padded, ratings);
    for (let f = 0; f < padded; f++) {
      gram[f * padded + f] = (gram[f * padded + f] as number) + regularisation;
    }
    await beginPass(`training ${NAME}: inverting`, 1, 2);
    const inverse = pool.arena.floats(padded * padded);
    invert(pool.kernels, gram, inverse, padded);
    const weights = new Float32Array(size * size);
    for (let column = 0; column < size; column++) {
      const own = inverse[column * padded + column] as number;
      for (let row = 0; row < size; row++) {
        const entry = inverse[Math.min(row, column) * padded + Math.max(row, column)] as number;
        weights[row * size + column] = row === column ? 0 : -entry / own;
      }
    }
    const modelRows = modelRowsOf(trainedRows);
    return itemWeightsHead(baseline, {
      movieRows: chosen.map((row) => modelRows[row] as number),
      weights,
      ...ratings,
      popularityWeight: weight,
    });
  },
};

type ChosenRatings = Pick<ItemWeights, 'pointers' | 'positions' | 'halves'>;

function chosenRatings(byUser: RatingMatrix, positionOf: Int32Array): ChosenRatings {
  const pointers = new Int32Array(byUser.rowCount + 1);
  const positions = new Int32Array(byUser.columns.length);
  const halves = new Uint8Array(byUser.columns.length);
  let length = 0;
  for (let user = 0; user < byUser.rowCount; user++) {
    for (let at = byUser.pointers[user] as number; at < (byUser.pointers[user + 1] as number); at++) {
      const position = positionOf[byUser.columns[at] as number] as number;
      if (position < 0) continue;
      positions[length] = position;
      halves[length++] = byUser.halves[at] as number;
    }
    pointers[user + 1] = length;
  }
  return { pointers, positions: positions.slice(0, length), halves: halves.slice(0, length) };
}

/** gram += XᵀX, upper triangle with the diagonal only: positions ascend for each user. */
function addCoLiking(
  gram: Float32Array,
  stride: number,
  { pointers, positions, halves }: ChosenRatings,
): void {
  for (let user = 0; user + 1 < pointers.length; user++) {
    const end = pointers[user + 1] as number;
    for (let a = pointers[user] as number; a < end; a++) {
      const liking = preferenceOf(halves[a] as number);
      const row = (positions[a] as number) * stride;
      if (liking === 0) continue;
      for (let b = a; b < end; b++) {
        const at = row + (positions[b] as number);
        gram[at] = (gram[at] as number) + liking * preferenceOf(halves[b] as number);
      }
    }
  }
}

/** Writes the upper triangle of the inverse of a symmetric matrix into `inverse`, and overwrites the matrix. */
function invert(kernels: Kernels, matrix: Float32Array, inverse: Float32Array, size: number): void {
  kernels.factorise(matrix.byteOffset, size);
  kernels.invertFactor(matrix.byteOffset, size, inverse.byteOffset);
  matrix.fill(0);
  kernels.gramRows(inverse.byteOffset, size, 0, size, matrix.byteOffset, 0);
  inverse.set(matrix);
}
