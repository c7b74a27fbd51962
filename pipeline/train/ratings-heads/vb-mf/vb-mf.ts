import { inverse, Matrix } from 'ml-matrix';
import { normal, seededRandom } from '../../../lib/random.ts';
import { addUp, type Crew } from '../../../math/compute/crew.ts';
import { bayesHead } from '../../../model/ratings-heads/bayes.ts';
import type { FoldInPrior } from '../../../model/ratings-heads/bayes-fold-in.ts';
import { modelRows, type RatingsTrainer } from '../../head-trainer.ts';
import { coRated, GROUP, openSide, type Side } from './side.ts';
import { updatePrior, updateRows } from './sweep.ts';

const NAME = 'vb-mf';

const PARAMETERS = {
  /** Numbers kept of each user and movie: one bias, the rest factors. */
  lanes: { default: 16, min: 8, max: 128, step: 8, search: { from: 8, to: 32, scale: 'linear' } },
  sweeps: { default: 20, min: 1, max: 1000, step: 1 },
  /** Ridge penalty on what being rated together says. */
  featurePenalty: { default: 1, min: 1e-3, max: 1000, search: { from: 0.1, to: 10, scale: 'log' } },
  activityOffset: { default: 5, min: 0, max: 1000, search: { from: 1, to: 50, scale: 'log' } },
  /** Ratings at which the evidence of somebody who is folded in counts half. */
  foldInShrinkage: { default: 50, min: 0, max: 1e4 },
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
export const vbMf: RatingsTrainer = {
  name: NAME,
  hyperParameters: PARAMETERS,
  computes: true,
  async fit({ matrix, baseline, trainedRows, crew, parameters, seed, pass }) {
    const { lanes = 0, sweeps = 0, featurePenalty = 0, activityOffset = 0, foldInShrinkage = 0 } = parameters;
    const { byUser, byMovie, mean } = matrix;
    const draw = normal(seededRandom(seed));
    const evidence = { lanes, offset: activityOffset, penalty: featurePenalty };
    const users = openSide(crew, byUser, lanes, [coRated(crew.arena, byUser, byMovie, evidence)], draw);
    const movies = openSide(crew, byMovie, lanes, [coRated(crew.arena, byMovie, byUser, evidence)], draw);
    let noisePrecision = INITIAL_NOISE_PRECISION;
    for (let sweep = 0; sweep < sweeps; sweep++) {
      await pass(`training ${NAME}`, sweep, sweeps);
      updatePrior(crew, users, updateRows(crew, users, movies, mean, noisePrecision));
      const ofMovies = updateRows(crew, movies, users, mean, noisePrecision);
      updatePrior(crew, movies, ofMovies);
      if (sweep >= SETTLING_SWEEPS) noisePrecision = byUser.columns.length / ofMovies.squaredError;
    }
    const prior = foldInPrior(crew, users);
    return bayesHead(baseline, {
      lanes,
      userFactors: Float32Array.from(users.means),
      userVariances: Float32Array.from(users.variances),
      movieFactors: modelRows(movies.means, lanes, trainedRows),
      movieVariances: modelRows(movies.variances, lanes, trainedRows),
      noisePrecision,
      foldIn: {
        ...prior,
        evidence: modelRows(prior.evidence, lanes, trainedRows),
        activityOffset,
        shrinkage: foldInShrinkage,
      },
    });
  },
};

/** What the users' prior has come to. */
function foldInPrior(crew: Crew, users: Side): Omit<FoldInPrior, 'activityOffset' | 'shrinkage'> {
  const { lanes, informed, bounds, slots, precision } = users;
  const count = informed.length / lanes;
  const evidenceMean = new Float64Array(lanes);
  for (let at = 0; at < informed.length; at++) {
    const lane = at % lanes;
    evidenceMean[lane] = (evidenceMean[lane] as number) + (informed[at] as number) / count;
  }
  crew.run('gramRows', [informed.byteOffset, lanes], { bounds, slots });
  const gram = addUp(slots, lanes * lanes);
  const evidenceCovariance = Float64Array.from(gram, (_, at) => {
    const [a, b] = [Math.floor(at / lanes), at % lanes];
    const upper = gram[Math.min(a, b) * lanes + Math.max(a, b)] as number;
    return upper / count - (evidenceMean[a] as number) * (evidenceMean[b] as number);
  });
  return {
    evidence: rowMajor(users.evidence[0]?.weights as Float32Array, lanes),
    mean: Float64Array.from(users.shared),
    covariance: Float64Array.from(
      inverse(Matrix.from1DArray(lanes, lanes, Array.from(precision))).to1DArray(),
    ),
    evidenceMean,
    evidenceCovariance,
  };
}

/** Groups of eight lanes, groups × rows × 8, as rows × lanes. */
function rowMajor(grouped: Float32Array, lanes: number): Float32Array {
  const count = grouped.length / lanes;
  return Float32Array.from(grouped, (_, at) => {
    const [row, lane] = [Math.floor(at / lanes), at % lanes];
    return grouped[(Math.floor(lane / GROUP) * count + row) * GROUP + (lane % GROUP)] as number;
  });
}
