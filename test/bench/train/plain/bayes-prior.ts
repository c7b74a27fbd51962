import { inverse, Matrix } from 'ml-matrix';
import type { RatingMatrix } from '../../../../pipeline/ratings/matrix.ts';
import type { PlainBayesSide } from './bayes-side.ts';
import { addOuter } from './square.ts';

const FEATURE_PENALTY = 1;
const MEAN_WEIGHT = 2;

/** Learns the prior of a side, as `updatePrior` of CineMatch does. */
export function updatePlainPrior(side: PlainBayesSide, opposites: RatingMatrix): void {
  const { factorCount, means, featureMeans, deviations, shared, precision, covariance } = side;
  const count = side.ratings.rowCount;
  learnWeights(side, opposites);
  const scatter = covariance.slice();
  const offset = new Float64Array(factorCount);
  for (let base = 0; base < means.length; base += factorCount) {
    for (let a = 0; a < factorCount; a++) {
      const deviation = deviations[base + a] as number;
      featureMeans[base + a] = (means[base + a] as number) - deviation - (shared[a] as number);
      offset[a] = (offset[a] as number) + deviation / count;
    }
    addOuter(deviations, base, factorCount, scatter);
  }
  const mean = offset.map((value, a) => value + (shared[a] as number));
  const meanWeight = (count * MEAN_WEIGHT) / (count + MEAN_WEIGHT);
  const scale = Matrix.eye(factorCount);
  for (let a = 0; a < factorCount; a++) {
    for (let b = 0; b < factorCount; b++) {
      const upper = scatter[Math.min(a, b) * factorCount + Math.max(a, b)] as number;
      const centring = count * (offset[a] as number) * (offset[b] as number);
      const pull = meanWeight * (mean[a] as number) * (mean[b] as number);
      scale.set(a, b, scale.get(a, b) + upper - centring + pull);
    }
  }
  precision.set(
    inverse(scale)
      .mul(count + factorCount)
      .to1DArray(),
  );
  for (let a = 0; a < factorCount; a++) shared[a] = (count * (mean[a] as number)) / (count + MEAN_WEIGHT);
}

/** One Gauss–Seidel pass over the weights of features. */
function learnWeights(
  { factorCount, deviations, scales, weights }: PlainBayesSide,
  { rowCount, pointers, columns }: RatingMatrix,
): void {
  const change = new Float64Array(factorCount);
  for (let j = 0; j < rowCount; j++) {
    const [from, to] = [pointers[j] as number, pointers[j + 1] as number];
    let squares = 0;
    change.fill(0);
    for (let at = from; at < to; at++) {
      const row = columns[at] as number;
      const scale = scales[row] as number;
      squares += scale * scale;
      for (let f = 0; f < factorCount; f++) {
        change[f] = (change[f] as number) + scale * (deviations[row * factorCount + f] as number);
      }
    }
    for (let f = 0; f < factorCount; f++) {
      const before = weights[j * factorCount + f] as number;
      const after = ((change[f] as number) + squares * before) / (FEATURE_PENALTY + squares);
      weights[j * factorCount + f] = after;
      change[f] = after - before;
    }
    for (let at = from; at < to; at++) {
      const row = columns[at] as number;
      const scale = scales[row] as number;
      for (let f = 0; f < factorCount; f++) {
        const to = row * factorCount + f;
        deviations[to] = (deviations[to] as number) - scale * (change[f] as number);
      }
    }
  }
}
