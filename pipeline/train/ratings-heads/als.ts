import { normal, seededRandom } from '../../lib/random.ts';
import { factorsHead, starsTarget } from '../../model/ratings-heads/factors.ts';
import { openAlternation, solveSide } from '../alternation.ts';
import { type RatingsTrainer, rowsOfModel } from '../head-trainer.ts';

const NAME = 'als';
const INITIAL_SPREAD = 0.1;

const PARAMETERS = {
  factors: {
    meaning: 'Factors of a user or movie. The last of them is the bias.',
    default: 16,
    min: 8,
    max: 256,
    step: 8,
    search: { from: 8, to: 64, scale: 'linear' },
  },
  sweeps: { meaning: 'Passes over users and movies.', default: 10, min: 1, max: 1000, step: 1 },
  regularisation: {
    meaning: 'Penalty λ of each user and movie.',
    default: 5,
    min: 0,
    max: 1000,
    search: { from: 0.5, to: 20, scale: 'log' },
  },
  regularisationPerRating: {
    meaning: 'Penalty ρ that each rating adds.',
    default: 0.05,
    min: 0,
    max: 10,
    search: { from: 0.001, to: 0.3, scale: 'log' },
  },
} as const;

/**
 * Biased matrix factorisation by alternating least squares: with one side fixed, every row of the other is a
 * ridge regression with penalty λ + ρn, where n is its number of ratings.
 *
 * Zhou, Wilkinson, Schreiber & Pan, Large-Scale Parallel Collaborative Filtering for the Netflix Prize, AAIM 2008.
 */
export const als: RatingsTrainer<typeof PARAMETERS> = {
  name: NAME,
  hyperParameters: PARAMETERS,
  usesKernels: true,
  async fit({ matrix, baseline, trainedRows, pool, parameters, seed, beginPass }) {
    const { factors: factorCount, sweeps, regularisation, regularisationPerRating } = parameters;
    const draw = normal(seededRandom(seed));
    const { users, movies } = openAlternation(pool, matrix, factorCount);
    const bias = factorCount - 1;
    for (let at = 0; at < users.rows.length; at++) {
      users.rows[at] = at % factorCount === bias ? 0 : INITIAL_SPREAD * draw();
    }
    for (const { base } of [users, movies]) {
      // Without a penalty, a row with one rating would divide by zero.
      for (let f = 0; f < factorCount; f++) base[f * factorCount + f] = Math.max(regularisation, 1e-6);
    }
    const target = starsTarget(matrix.mean, regularisationPerRating);
    for (let sweep = 0; sweep < sweeps; sweep++) {
      await beginPass(`training ${NAME}`, sweep, sweeps);
      solveSide(pool, movies, users, target);
      solveSide(pool, users, movies, target);
    }
    return factorsHead(baseline, {
      factorCount,
      userFactors: new Float32Array(users.rows),
      movieFactors: rowsOfModel(movies.rows, factorCount, trainedRows),
      ridge: [regularisation, regularisation, regularisationPerRating],
    });
  },
};
