import { inverse, Matrix } from 'ml-matrix';
import { addUp, type WorkerPool } from '../../../math/compute/worker-pool.ts';
import type { FoldInPrior } from '../../../model/ratings-heads/bayes-fold-in.ts';
import { type FactorSide, GROUP } from './side.ts';

/** The learned prior of users, for users who were not in the training data. */
export function foldInPrior(
  pool: WorkerPool,
  users: FactorSide,
): Omit<FoldInPrior, 'activityOffset' | 'shrinkage'> {
  const { factorCount, featureMeans, bounds, slots, precision } = users;
  const count = featureMeans.length / factorCount;
  const evidenceMean = new Float64Array(factorCount);
  for (let at = 0; at < featureMeans.length; at++) {
    const f = at % factorCount;
    evidenceMean[f] = (evidenceMean[f] as number) + (featureMeans[at] as number) / count;
  }
  pool.run('gramRows', [featureMeans.byteOffset, factorCount], { bounds, slots });
  const gram = addUp(slots, factorCount * factorCount);
  const evidenceCovariance = Float64Array.from(gram, (_, at) => {
    const [a, b] = [Math.floor(at / factorCount), at % factorCount];
    const upper = gram[Math.min(a, b) * factorCount + Math.max(a, b)] as number;
    return upper / count - (evidenceMean[a] as number) * (evidenceMean[b] as number);
  });
  return {
    evidence: rowMajor(users.evidence[0]?.weights as Float32Array, factorCount),
    mean: Float64Array.from(users.shared),
    covariance: Float64Array.from(
      inverse(Matrix.from1DArray(factorCount, factorCount, Array.from(precision))).to1DArray(),
    ),
    evidenceMean,
    evidenceCovariance,
  };
}

/** Reorders groups of eight factors, groups × rows × 8, to rows × factorCount. */
function rowMajor(grouped: Float32Array, factorCount: number): Float32Array {
  const count = grouped.length / factorCount;
  return Float32Array.from(grouped, (_, at) => {
    const [row, f] = [Math.floor(at / factorCount), at % factorCount];
    return grouped[(Math.floor(f / GROUP) * count + row) * GROUP + (f % GROUP)] as number;
  });
}
