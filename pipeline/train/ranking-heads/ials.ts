import { normal, seededRandom } from '../../lib/random.ts';
import { addUp, type WorkerPool } from '../../math/compute/worker-pool.ts';
import { implicitFactorsHead, implicitTarget } from '../../model/ranking-heads/implicit-factors.ts';
import { type AlternatingSide, openAlternation, solveSide } from '../alternation.ts';
import { type RankingTrainer, rowsOfModel } from '../head-trainer.ts';
import { UNKNOWN_USER_WEIGHT } from './counts.ts';

const NAME = 'ials';
/** Random stream of this algorithm; the ratings head of the same model uses another. */
const STREAM = 1;
/** Standard deviation of the users' factors before the first sweep. */
const INITIAL_SPREAD = 0.1;

const PARAMETERS = {
  factors: {
    meaning: 'Factors of a user or movie.',
    default: 32,
    min: 8,
    max: 256,
    step: 8,
    search: { from: 16, to: 96, scale: 'linear' },
  },
  sweeps: { meaning: 'Passes over movies and users.', default: 8, min: 1, max: 1000, step: 1 },
  confidence: {
    meaning: 'α: how much more a rated movie counts than one that is not rated.',
    default: 1,
    min: 1e-3,
    max: 1000,
    search: { from: 0.1, to: 10, scale: 'log' },
  },
  regularisation: {
    meaning: 'Penalty λ on the factors of users and movies.',
    default: 15,
    min: 1e-3,
    max: 1e5,
    search: { from: 1, to: 100, scale: 'log' },
  },
  popularityWeight: UNKNOWN_USER_WEIGHT,
} as const;

/**
 * Implicit matrix factorisation by alternating least squares. Every movie a user has not rated counts as not
 * preferred, with confidence 1; a rating r counts as a preference of r / 5, with confidence 1 + α:
 *
 *     min Σ_ui (c_ui (p_ui − x_u·y_i)²) + λ (Σ |x_u|² + Σ |y_i|²)
 *
 * The sum over all pairs follows from the rated pairs and YᵀY. Users are solved last, so that a user who is folded in
 * gets the same factors as in training, provided that training solves exactly.
 *
 * Hu, Koren & Volinsky, Collaborative Filtering for Implicit Feedback Datasets, ICDM 2008; Rendle et al.,
 * Revisiting the Performance of iALS on Item Recommendation Benchmarks, RecSys 2022.
 */
export const ials: RankingTrainer<typeof PARAMETERS> = {
  name: NAME,
  hyperParameters: PARAMETERS,
  usesKernels: true,
  async fit({ matrix, baseline, trainedRows, pool, parameters, seed, beginPass }) {
    const { factors, sweeps, confidence, regularisation, popularityWeight: weight } = parameters;
    const draw = normal(seededRandom(seed, STREAM));
    const { users, movies } = openAlternation(pool, matrix, factors);
    for (let at = 0; at < users.rows.length; at++) users.rows[at] = INITIAL_SPREAD * draw();
    const target = implicitTarget(confidence);
    for (let sweep = 0; sweep < sweeps; sweep++) {
      await beginPass(`training ${NAME}`, sweep, sweeps);
      setBase(pool, movies, users, confidence, regularisation);
      solveSide(pool, movies, users, target);
      setBase(pool, users, movies, confidence, regularisation);
      solveSide(pool, users, movies, target);
    }
    return implicitFactorsHead(baseline, {
      factorCount: factors,
      userFactors: new Float32Array(users.rows),
      movieFactors: rowsOfModel(movies.rows, factors, trainedRows),
      base: new Float32Array(users.base),
      confidence,
      popularityWeight: weight,
    });
  },
};

/** (YᵀY + λI) / α of the opposite side. */
function setBase(
  pool: WorkerPool,
  side: AlternatingSide,
  opposite: AlternatingSide,
  confidence: number,
  regularisation: number,
): void {
  const { factorCount, base } = side;
  pool.run('gramRows', [opposite.rows.byteOffset, factorCount], {
    bounds: opposite.evenBounds,
    slots: opposite.gramSlots,
  });
  const gram = addUp(opposite.gramSlots, factorCount * factorCount);
  for (let a = 0; a < factorCount; a++) {
    for (let b = 0; b < factorCount; b++) {
      const upper = gram[Math.min(a, b) * factorCount + Math.max(a, b)] as number;
      base[a * factorCount + b] = (upper + (a === b ? regularisation : 0)) / confidence;
    }
  }
}
