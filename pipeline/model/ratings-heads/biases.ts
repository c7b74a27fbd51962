import type { Baseline } from '../baseline.ts';
import { type RatingsHead, type RatingsView, sameForEveryone } from '../heads.ts';
import type { TensorReader } from '../tensor-reader.ts';

export const BIASES = 'biases';
export const MOVIE_MEANS = 'movie-means';

/**
 * The mean and two biases: r̂ = μ + b_u + b_i. The baseline that every personalised model is compared with.
 *
 * @param userBiases b_u, stars; users.size long. The movies' biases are the baseline's offsets.
 * @param userDamping ratings without bias that are added to those of a new user.
 */
export function biasesHead(
  { users, mean, movieOffsets }: Baseline,
  userBiases: Float32Array,
  userDamping: number,
): RatingsHead {
  const viewOf = (userBias: number, contributions: RatingsView['contributions']): RatingsView => ({
    product: () => null,
    rate: (movieRow) => mean + userBias + (movieOffsets[movieRow] as number),
    deviation: () => null,
    addTo(scores, weight) {
      for (let row = 0; row < scores.length; row++) {
        const stars = mean + userBias + (movieOffsets[row] as number);
        scores[row] = (scores[row] as number) + weight * stars;
      }
    },
    contributions,
  });
  return {
    kind: BIASES,
    personal: true,
    movieVectors: null,
    user: (row) => viewOf(userBiases[row] as number, () => null),
    foldIn({ rows, halves }) {
      const shares = Float64Array.from(rows, (row, j) => {
        const unexplained = (halves[j] as number) / 2 - mean - (movieOffsets[row] as number);
        return unexplained / (rows.length + userDamping);
      });
      return viewOf(
        shares.reduce((sum, share) => sum + share, 0),
        () => shares,
      );
    },
    tensors: {
      user_biases: { shape: [users.size], data: userBiases },
      user_damping: { shape: [1], data: Float64Array.of(userDamping) },
    },
  };
}

export function readBiasesHead(file: TensorReader, baseline: Baseline): RatingsHead {
  const userBiases = file.floats('user_biases', [baseline.users.size]);
  return biasesHead(baseline, userBiases, file.scalar('user_damping'));
}

/** Predicts a movie's damped mean, the same for everyone. */
export function movieMeansHead({ mean, movieOffsets }: Baseline): RatingsHead {
  const means = Float64Array.from(movieOffsets, (offset) => mean + offset);
  const view: RatingsView = {
    ...sameForEveryone(means),
    rate: (movieRow) => means[movieRow] as number,
    deviation: () => null,
  };
  return {
    kind: MOVIE_MEANS,
    personal: false,
    movieVectors: null,
    user: () => view,
    foldIn: () => view,
    tensors: {},
  };
}
