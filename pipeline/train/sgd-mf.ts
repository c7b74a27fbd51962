import { setImmediate } from 'node:timers/promises';
import { normal, seededRandom } from '../lib/random.ts';
import { dot } from '../math/dot.ts';
import { factorModel } from '../model/factor-model.ts';
import type { Algorithm } from './algorithm.ts';
import { fitBaseline } from './baseline.ts';
import { BIAS_PARAMETERS } from './bias.ts';
import { resolveHyperParameters } from './hyper-parameters.ts';
import { type TrainingMatrix, trainingMatrix } from './training-matrix.ts';

const NAME = 'sgd-mf';

const PARAMETERS = {
  factors: { default: 100, min: 1, max: 512, step: 1 },
  epochs: { default: 20, min: 1, max: 1000, step: 1 },
  learningRate: { default: 0.005, min: 1e-6, max: 1 },
  regularisation: { default: 0.02, min: 0, max: 10 },
  /** Standard deviation of the factors before the first epoch. */
  initialSpread: { default: 0.1, min: 0, max: 10 },
  /** Stars in ranking for each e-fold of a movie's number of ratings. */
  popularityWeight: { default: 0.5, min: 0, max: 10 },
  ...BIAS_PARAMETERS,
} as const;

/**
 * Biased matrix factorisation by stochastic gradient descent, as the SVD of the Surprise library does it: the
 * well-known yardstick. Ratings are visited user by user, in order of movie, in every epoch.
 *
 * Koren, Bell & Volinsky (2009); semantics of https://surprise.readthedocs.io/en/stable/matrix_factorization.html
 */
export const sgdMf: Algorithm = {
  name: NAME,
  hyperParameters: PARAMETERS,
  async fit(ratings, { hyperParameters, seed, onProgress }) {
    const parameters = resolveHyperParameters(NAME, PARAMETERS, hyperParameters);
    const matrix = trainingMatrix(ratings);
    const { factors, epochs, initialSpread, popularityWeight } = parameters;
    const lanes = factors + 1;
    const draw = normal(seededRandom(seed));
    const initial = (rows: number): Float64Array =>
      Float64Array.from({ length: rows * lanes }, (_, at) =>
        at % lanes === factors ? 0 : initialSpread * draw(),
      );
    const userFactors = initial(matrix.users.size);
    const movieFactors = initial(matrix.movies.size);
    for (let epoch = 0; epoch < epochs; epoch++) {
      onProgress?.({ stage: 'training', done: epoch, total: epochs, unit: 'epochs' });
      await setImmediate();
      descend(matrix, userFactors, movieFactors, lanes, parameters);
    }
    return factorModel(NAME, fitBaseline(matrix, parameters), {
      lanes,
      userFactors: Float32Array.from(userFactors),
      movieFactors: Float32Array.from(movieFactors),
      popularityWeight,
    });
  },
};

/** One pass over all ratings, each moving its user and its movie against the gradient of its error. */
function descend(
  { byUser, mean }: TrainingMatrix,
  users: Float64Array,
  movies: Float64Array,
  lanes: number,
  { learningRate, regularisation }: { readonly learningRate: number; readonly regularisation: number },
): void {
  const { rowCount, pointers, columns, values } = byUser;
  const factors = lanes - 1;
  const decay = 1 - learningRate * regularisation;
  for (let row = 0; row < rowCount; row++) {
    const user = row * lanes;
    for (let i = pointers[row] as number; i < (pointers[row + 1] as number); i++) {
      const movie = (columns[i] as number) * lanes;
      const userBias = users[user + factors] as number;
      const movieBias = movies[movie + factors] as number;
      const predicted = mean + userBias + movieBias + dot(users, user, movies, movie, factors);
      const step = learningRate * ((values[i] as number) - predicted);
      users[user + factors] = decay * userBias + step;
      movies[movie + factors] = decay * movieBias + step;
      for (let f = 0; f < factors; f++) {
        const p = users[user + f] as number;
        const q = movies[movie + f] as number;
        users[user + f] = decay * p + step * q;
        movies[movie + f] = decay * q + step * p;
      }
    }
  }
}
