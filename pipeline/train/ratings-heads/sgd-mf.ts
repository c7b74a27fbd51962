import { normal, seededRandom } from '../../lib/random.ts';
import { factorsHead } from '../../model/ratings-heads/factors.ts';
import { type RatingsTrainer, rowsOfModel } from '../head-trainer.ts';
import { stratify } from '../strata.ts';

const NAME = 'sgd-mf';
/** Numbers that one iteration of the kernel processes. */
const UNROLLED = 16;
/**
 * Blocks on each side: this many threads can work on a stratum, and a thread that starts late delays it by one block at
 * most. The result depends on this number, so it never changes.
 */
export const SIDE = 8;

const PARAMETERS = {
  factors: {
    meaning: 'Factors of a user or movie.',
    default: 100,
    min: 1,
    max: 512,
    step: 1,
    search: { from: 16, to: 128, scale: 'linear' },
  },
  epochs: {
    meaning: 'Passes over the ratings.',
    default: 20,
    min: 1,
    max: 1000,
    step: 1,
    search: { from: 10, to: 60, scale: 'linear' },
  },
  learningRate: {
    meaning: 'Step size γ of gradient descent.',
    default: 0.005,
    min: 1e-6,
    max: 1,
    search: { from: 0.001, to: 0.05, scale: 'log' },
  },
  regularisation: {
    meaning: 'Penalty λ on biases and factors.',
    default: 0.02,
    min: 0,
    max: 10,
    search: { from: 0.005, to: 0.2, scale: 'log' },
  },
  initialSpread: {
    meaning: 'Standard deviation of the factors before the first epoch.',
    default: 0.1,
    min: 0,
    max: 10,
  },
} as const;

/**
 * Biased matrix factorisation by stochastic gradient descent: the SVD of the Surprise library, a well-known baseline,
 * with its hyper-parameters and defaults. Ratings are visited in strata whose blocks share no user and no movie; inside
 * a block they are ordered by user and then movie.
 *
 * Koren, Bell & Volinsky (2009); semantics of https://surprise.readthedocs.io/en/stable/matrix_factorization.html
 */
export const sgdMf: RatingsTrainer<typeof PARAMETERS> = {
  name: NAME,
  hyperParameters: PARAMETERS,
  usesKernels: true,
  async fit({ matrix, baseline, trainedRows, pool, parameters, seed, beginPass }) {
    const { factors, epochs, learningRate, regularisation, initialSpread } = parameters;
    const { arena } = pool;
    const strata = stratify(matrix, SIDE, arena);
    const padded = Math.ceil(factors / UNROLLED) * UNROLLED;
    const draw = normal(seededRandom(seed));
    // Drawn in the order of the rows of the model, so that the position of a row in memory does not matter.
    const initial = (positions: Int32Array): Float32Array => {
      const rows = arena.floats(positions.length * padded);
      for (const position of positions) {
        for (let f = 0; f < factors; f++) rows[position * padded + f] = initialSpread * draw();
      }
      return rows;
    };
    const users = initial(strata.userPositions);
    const movies = initial(strata.moviePositions);
    const userBiases = arena.floats(matrix.users.size);
    const movieBiases = arena.floats(matrix.movies.size);
    const bounds = pool.evenBounds(SIDE, SIDE);
    for (let epoch = 0; epoch < epochs; epoch++) {
      await beginPass(`training ${NAME}`, epoch, epochs);
      for (let stratum = 0; stratum < SIDE; stratum++) {
        pool.run(
          'descend',
          [
            strata.users.byteOffset,
            strata.movies.byteOffset,
            strata.halves.byteOffset,
            strata.blocks.byteOffset,
            SIDE,
            stratum,
            users.byteOffset,
            movies.byteOffset,
            userBiases.byteOffset,
            movieBiases.byteOffset,
            padded,
            matrix.mean,
            learningRate,
            regularisation,
          ],
          { bounds },
        );
      }
    }
    const learned = (rows: Float32Array, biases: Float32Array, positions: Int32Array): Float32Array => {
      const joined = new Float32Array(positions.length * (factors + 1));
      positions.forEach((position, row) => {
        const at = row * (factors + 1);
        joined.set(rows.subarray(position * padded, position * padded + factors), at);
        joined[at + factors] = biases[position] as number;
      });
      return joined;
    };
    const userFactors = learned(users, userBiases, strata.userPositions);
    return factorsHead(baseline, {
      factorCount: factors + 1,
      userFactors,
      movieFactors: rowsOfModel(
        learned(movies, movieBiases, strata.moviePositions),
        factors + 1,
        trainedRows,
      ),
      ridge: foldInRidge(userFactors, factors),
    });
  },
};

/** Variance of a rating around its prediction, stars²: about the squared error of this algorithm. */
const NOISE = 0.7;

/**
 * The ridge penalties for users who are folded in: the noise of a rating over the variance of the factors of users,
 * and over that of their biases. Gradient descent has no such prior, because it stops early.
 */
function foldInRidge(userFactors: Float32Array, factors: number): [number, number, number] {
  const width = factors + 1;
  let ofFactors = 0;
  let ofBiases = 0;
  userFactors.forEach((value, at) => {
    if (at % width === factors) ofBiases += value * value;
    else ofFactors += value * value;
  });
  const users = userFactors.length / width;
  const ridge = (squares: number, count: number): number => NOISE / Math.max(squares / count, 1e-6);
  return [ridge(ofFactors, users * factors), ridge(ofBiases, users), 0];
}
