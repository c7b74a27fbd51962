import { inverse, Matrix } from 'ml-matrix';
import { addUp, type Crew } from '../../../math/compute/crew.ts';
import type { FoldInPrior } from '../../../model/ratings-heads/bayes-fold-in.ts';
import { GROUP, type Side } from './side.ts';

/** What the users' prior has come to, for people who were not among them. */
export function foldInPrior(crew: Crew, users: Side): Omit<FoldInPrior, 'activityOffset' | 'shrinkage'> {
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
