import { inverse, Matrix } from 'ml-matrix';
import { normal, seededRandom } from '../../../lib/random.ts';
import { bayesHead } from '../../../model/ratings-heads/bayes.ts';
import { modelRowsOf, type RatingsTrainer, rowsOfModel, type TrainingInput } from '../../head-trainer.ts';
import { foldInPrior } from './fold-in-prior.ts';
import { coRated, type FactorSide, openSide } from './side.ts';
import { updatePrior, updateRows } from './sweep.ts';
import { movieTraits, type Traits } from './traits.ts';

const NAME = 'vb-mf';

const PARAMETERS = {
  factors: {
    meaning: 'Factors of a user or movie. The last of them is the bias.',
    default: 16,
    min: 8,
    max: 128,
    step: 8,
    search: { from: 8, to: 32, scale: 'linear' },
  },
  sweeps: { meaning: 'Passes over users and movies.', default: 20, min: 1, max: 1000, step: 1 },
  featurePenalty: {
    meaning: 'Ridge penalty on the evidence of which movies were rated.',
    default: 1,
    min: 1e-3,
    max: 1e6,
    search: { from: 0.1, to: 10, scale: 'log' },
  },
  activityOffset: {
    meaning: 'The larger it is, the less the evidence of a few ratings counts.',
    default: 5,
    min: 0,
    max: 1000,
    search: { from: 1, to: 50, scale: 'log' },
  },
  traitPenalty: {
    meaning: 'Ridge penalty on the evidence of the genres and the decade of a movie.',
    default: 1,
    min: 1e-3,
    max: 1e6,
    search: { from: 0.1, to: 100, scale: 'log' },
  },
  foldInShrinkage: {
    meaning: 'Number of ratings with which the evidence of a new user counts half.',
    default: 50,
    min: 0,
    max: 1e4,
  },
} as const;

/** Precision of a rating before the first estimate, 1/stars². */
const INITIAL_NOISE_PRECISION = 1.2;
/** Sweeps before the noise is estimated: until then factors explain nothing and the noise would look large. */
const SETTLING_SWEEPS = 2;

/**
 * Variational Bayes matrix factorisation with learned priors: r = μ + b_u + c_i + p·q + N(0, 1/τ). The prior mean of a
 * user depends on which movies the user has rated; that of a movie on which users have rated it, its genres and its
 * decade. All priors and τ are learned, so there is no learning rate and no regularisation to tune.
 */
export const vbMf: RatingsTrainer<typeof PARAMETERS> = {
  name: NAME,
  hyperParameters: PARAMETERS,
  usesKernels: true,
  learnsUnrated: true,
  async fit(input) {
    const { matrix, baseline, trainedRows, movieOf, pool, parameters, seed, beginPass } = input;
    const { factors: factorCount, sweeps, activityOffset, foldInShrinkage } = parameters;
    const { featurePenalty: penalty, traitPenalty } = parameters;
    const { byUser, byMovie, mean } = matrix;
    const { arena } = pool;
    const draw = normal(seededRandom(seed));
    const coRatedOptions = { factorCount, offset: activityOffset, penalty };
    const known = Array.from(modelRowsOf(trainedRows), movieOf);
    const traits = movieTraits(arena, known, { factorCount, penalty: traitPenalty });
    const ofUsers = [coRated(arena, byUser, byMovie, coRatedOptions)];
    const users = openSide(pool, byUser, factorCount, ofUsers, draw);
    const evidence = [coRated(arena, byMovie, byUser, coRatedOptions), traits.evidence];
    const movies = openSide(pool, byMovie, factorCount, evidence, draw);
    let noisePrecision = INITIAL_NOISE_PRECISION;
    for (let sweep = 0; sweep < sweeps; sweep++) {
      await beginPass(`training ${NAME}`, sweep, sweeps);
      updatePrior(pool, users, updateRows(pool, users, movies, mean, noisePrecision));
      const ofMovies = updateRows(pool, movies, users, mean, noisePrecision);
      updatePrior(pool, movies, ofMovies);
      if (sweep >= SETTLING_SWEEPS) noisePrecision = byUser.columns.length / ofMovies.squaredError;
    }
    const movieFactors = rowsOfModel(movies.means, factorCount, trainedRows);
    const movieVariances = rowsOfModel(movies.variances, factorCount, trainedRows);
    addUnrated(input, movies, traits, { factors: movieFactors, variances: movieVariances });
    const prior = foldInPrior(pool, users);
    return bayesHead(baseline, {
      factorCount,
      userFactors: new Float32Array(users.means),
      userVariances: new Float32Array(users.variances),
      movieFactors,
      movieVariances,
      noisePrecision,
      foldIn: {
        ...prior,
        evidence: rowsOfModel(prior.evidence, factorCount, trainedRows),
        activityOffset,
        shrinkage: foldInShrinkage,
      },
    });
  },
};

/**
 * Sets movies without ratings to their prior: the mean of all movies plus the weights of their genres and decade, with
 * the prior variances. Their bias becomes their offset in the baseline, which predicts for unknown users.
 */
function addUnrated(
  { matrix, baseline, trainedRows, movieOf }: TrainingInput,
  { factorCount, shared, precision }: FactorSide,
  traits: Traits,
  into: { readonly factors: Float32Array; readonly variances: Float32Array },
): void {
  if (matrix.movies.size === trainedRows.length) return;
  const spread = inverse(Matrix.from1DArray(factorCount, factorCount, Array.from(precision))).diagonal();
  trainedRows.forEach((trained, row) => {
    const movie = movieOf(row);
    if (trained >= 0 || movie === undefined) return;
    const offset = traits.priorOffset(movie);
    for (let f = 0; f < factorCount; f++) {
      into.factors[row * factorCount + f] = (shared[f] as number) + (offset[f] as number);
      into.variances[row * factorCount + f] = spread[f] as number;
    }
    baseline.movieOffsets[row] = into.factors[row * factorCount + factorCount - 1] as number;
  });
}
