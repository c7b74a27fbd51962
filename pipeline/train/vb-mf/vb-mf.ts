import { setImmediate } from 'node:timers/promises';
import { normal, seededRandom } from '../../lib/random.ts';
import { factorModel } from '../../model/factor-model.ts';
import type { Algorithm } from '../algorithm.ts';
import { fitBaseline } from '../baseline.ts';
import { BIAS_PARAMETERS } from '../bias.ts';
import { resolveHyperParameters } from '../hyper-parameters.ts';
import { trainingMatrix } from '../training-matrix.ts';
import { updatePrior } from './prior-update.ts';
import { updateRows } from './row-update.ts';
import { openSide } from './side.ts';

const NAME = 'vb-mf';

const PARAMETERS = {
  /** Numbers kept of each user and movie: one bias, the rest factors. */
  lanes: { default: 16, min: 4, max: 128, step: 4 },
  sweeps: { default: 20, min: 1, max: 1000, step: 1 },
  /** Ridge penalty on what being rated together says. */
  featurePenalty: { default: 1, min: 1e-3, max: 1000 },
  activityOffset: { default: 5, min: 0, max: 1000 },
  /** Stars in ranking for each e-fold of a movie's number of ratings. */
  popularityWeight: { default: 0.5, min: 0, max: 10 },
  ...BIAS_PARAMETERS,
} as const;

/** Precision of a rating before the first estimate, 1/stars². */
const INITIAL_NOISE_PRECISION = 1.2;
/** Sweeps before the noise is estimated: until then factors explain nothing and the noise would look large. */
const SETTLING_SWEEPS = 2;

/**
 * Variational Bayes matrix factorisation with informed priors: r = μ + b_u + c_i + p·q + N(0, 1/τ), where the
 * priors of users and movies have means that depend on what was rated together, and every prior and τ are
 * learned along the way. No learning rate, no regularisation to tune.
 */
export const vbMf: Algorithm = {
  name: NAME,
  hyperParameters: PARAMETERS,
  async fit(ratings, { hyperParameters, seed, onProgress }) {
    const parameters = resolveHyperParameters(NAME, PARAMETERS, hyperParameters);
    const { lanes, sweeps, featurePenalty, activityOffset, popularityWeight } = parameters;
    const matrix = trainingMatrix(ratings);
    const { byUser, byMovie, mean } = matrix;
    const draw = normal(seededRandom(seed));
    const users = openSide(byUser, lanes, activityOffset, draw);
    const movies = openSide(byMovie, lanes, activityOffset, draw);
    let noisePrecision = INITIAL_NOISE_PRECISION;
    for (let sweep = 0; sweep < sweeps; sweep++) {
      onProgress?.({ stage: 'training', done: sweep, total: sweeps, unit: 'sweeps' });
      await setImmediate();
      const ofUsers = updateRows(users, movies, mean, noisePrecision);
      updatePrior(users, byMovie, ofUsers.covariance, featurePenalty);
      const ofMovies = updateRows(movies, users, mean, noisePrecision);
      updatePrior(movies, byUser, ofMovies.covariance, featurePenalty);
      if (sweep >= SETTLING_SWEEPS) noisePrecision = ratings.length / ofMovies.squaredError;
    }
    return factorModel(NAME, fitBaseline(matrix, parameters), {
      lanes,
      userFactors: users.means,
      movieFactors: movies.means,
      popularityWeight,
    });
  },
};
