import { Arena } from '../../math/compute/arena.ts';
import { instantiateKernels, SCRATCH } from '../../math/compute/kernels.ts';
import { inverseOfSums } from '../../math/inverse-of-sums.ts';
import type { RatedRows } from '../heads.ts';
import { kernelRatings } from '../kernel-ratings.ts';

/** The prior of a user with few ratings, learned from all users. */
export interface FoldInPrior {
  /** w: evidence of having rated a movie, movies × factorCount. */
  readonly evidence: Float32Array;
  /** m: mean of all users, factorCount long. */
  readonly mean: Float64Array;
  /** Λ⁻¹: covariance of users around their evidence, factorCount × factorCount. */
  readonly covariance: Float64Array;
  /** Mean and covariance of v Σ w over the training users. */
  readonly evidenceMean: Float64Array;
  readonly evidenceCovariance: Float64Array;
  /** a of v = √n / (n + a). */
  readonly activityOffset: number;
  /** c of g = n / (n + c): with so many ratings a user's own evidence counts half. */
  readonly shrinkage: number;
}

/** The parameters of variational Bayes matrix factorisation. */
export interface BayesFactors {
  /** Numbers per row: factors, and the row's bias in stars as the last. */
  readonly factorCount: number;
  /** Posterior means and variances, users.size × factorCount. */
  readonly userFactors: Float32Array;
  readonly userVariances: Float32Array;
  /** The same of movies, movies.size × factorCount. */
  readonly movieFactors: Float32Array;
  readonly movieVariances: Float32Array;
  /** τ, 1/stars². */
  readonly noisePrecision: number;
  readonly foldIn: FoldInPrior;
}

/**
 * Priors in the cache, by number of ratings, at least; more while they have so many numbers together. To compute one takes
 * longer than the rest of a fold-in, and a user who is followed rating by rating needs one for each.
 */
const MIN_PRIORS = 512;
const PRIOR_NUMBERS = 2 ** 20;

/**
 * The posterior of a new user, with the kernel of the training and a shrunken prior: the evidence of n ratings has the
 * weight g = n / (n + c), and the mean evidence of all users, with its covariance, has the rest:
 *
 *     M = m + g v Σ_j w_j + (1 − g) E[v Σ w],   Λ' = (Λ⁻¹ + (1 − g) Cov[v Σ w])⁻¹
 *
 * The learned prior without shrinkage is too certain for users with few ratings.
 *
 * @param baselineMean μ, stars.
 */
export function bayesFoldIn(
  { factorCount, movieFactors, movieVariances, noisePrecision, foldIn }: BayesFactors,
  baselineMean: number,
) {
  const arena = new Arena();
  const kernels = instantiateKernels(arena.memory);
  const movies = arena.floats(movieFactors.length);
  movies.set(movieFactors);
  const spreadOfMovies = arena.floats(movieVariances.length);
  spreadOfMovies.set(movieVariances);
  const prior = arena.floats(factorCount * factorCount);
  const priorMean = arena.floats(factorCount);
  const x = arena.floats(factorCount);
  const variances = arena.floats(factorCount);
  const deviations = arena.floats(factorCount);
  const zeros = arena.floats(factorCount);
  const putRatings = kernelRatings(arena);
  const slot = arena.floats(factorCount * factorCount + 2);
  const scratch = arena.floats(SCRATCH.updateBayesRows(factorCount));
  /** Λ'/τ by number of ratings. */
  const priors = new Map<number, Float32Array>();
  const inverseWith = inverseOfSums(foldIn.covariance, foldIn.evidenceCovariance, factorCount);
  /** Σ_j w_j of the rows that were solved last: a user who is followed rating by rating adds a few each time. */
  const evidenceSum = new Float64Array(factorCount);
  let summed = new Int32Array(0);
  const maxPriors = Math.max(MIN_PRIORS, Math.floor(PRIOR_NUMBERS / factorCount ** 2));

  /** Posterior means and variances, factorCount long each. */
  function solve(rated: RatedRows): { readonly x: Float32Array; readonly variances: Float32Array } {
    prior.set(priorOf(rated.rows.length));
    setPriorMean(rated.rows);
    slot.fill(0);
    kernels.updateBayesRows(
      ...putRatings(rated),
      x.byteOffset,
      variances.byteOffset,
      priorMean.byteOffset,
      deviations.byteOffset,
      1,
      movies.byteOffset,
      spreadOfMovies.byteOffset,
      factorCount,
      baselineMean,
      noisePrecision,
      prior.byteOffset,
      zeros.byteOffset,
      0,
      1,
      slot.byteOffset,
      scratch.byteOffset,
    );
    return { x: Float32Array.from(x), variances: Float32Array.from(variances) };
  }

  /** g v: weight of the evidence of each of n ratings. */
  function evidenceWeight(count: number): number {
    const { activityOffset, shrinkage } = foldIn;
    return (count / (count + shrinkage)) * (Math.sqrt(count) / (count + activityOffset));
  }

  function setPriorMean(rows: Int32Array): void {
    const { mean, evidenceMean, shrinkage } = foldIn;
    const weight = evidenceWeight(rows.length);
    const untrusted = shrinkage / (rows.length + shrinkage);
    addEvidence(rows);
    for (let f = 0; f < factorCount; f++) {
      const sum = evidenceSum[f] as number;
      priorMean[f] = (mean[f] as number) + weight * sum + untrusted * (evidenceMean[f] as number);
    }
  }

  /** Makes `evidenceSum` that of these rows. Only what follows the last rows is added when they are a beginning of these. */
  function addEvidence(rows: Int32Array): void {
    let done = summed.length;
    if (done > rows.length || summed.some((row, at) => row !== rows[at])) {
      evidenceSum.fill(0);
      done = 0;
    }
    for (let j = done; j < rows.length; j++) {
      const at = (rows[j] as number) * factorCount;
      for (let f = 0; f < factorCount; f++) {
        evidenceSum[f] = (evidenceSum[f] as number) + (foldIn.evidence[at + f] as number);
      }
    }
    summed = rows.slice();
  }

  function priorOf(count: number): Float32Array {
    const known = priors.get(count);
    if (known !== undefined) return known;
    const untrusted = foldIn.shrinkage / (count + foldIn.shrinkage);
    const made = Float32Array.from(inverseWith(untrusted), (value) => value / noisePrecision);
    if (priors.size >= maxPriors) priors.clear();
    priors.set(count, made);
    return made;
  }

  /**
   * What each rating adds to the predicted stars of movie i, by its value and by its evidence:
   * (t_j z_j + g v Λ'/τ w_j)ᵀ A⁻¹ z_i.
   */
  function contributions(rated: RatedRows, movieRow: number): Float64Array {
    const bias = factorCount - 1;
    solve(rated);
    const pull = new Float64Array(factorCount);
    for (let a = 0; a < factorCount; a++) {
      for (let b = 0; b < factorCount; b++) {
        const z = b === bias ? 1 : (movies[movieRow * factorCount + b] as number);
        // The kernel leaves the upper triangle of A⁻¹ in its scratch memory.
        const inverted = scratch[Math.min(a, b) * factorCount + Math.max(a, b)] as number;
        pull[a] = (pull[a] as number) + inverted * z;
      }
    }
    const pullOfEvidence = new Float64Array(factorCount);
    for (let a = 0; a < factorCount; a++) {
      for (let b = 0; b < factorCount; b++) {
        const pulled = (prior[a * factorCount + b] as number) * (pull[b] as number);
        pullOfEvidence[a] = (pullOfEvidence[a] as number) + pulled;
      }
    }
    const weight = evidenceWeight(rated.rows.length);
    return Float64Array.from(rated.rows, (row, j) => {
      const at = row * factorCount;
      const target = (rated.halves[j] as number) / 2 - baselineMean - (movies[at + bias] as number);
      let ofValue = pull[bias] as number;
      let ofEvidence = 0;
      for (let f = 0; f < factorCount; f++) {
        if (f < bias) ofValue += (movies[at + f] as number) * (pull[f] as number);
        ofEvidence += (foldIn.evidence[at + f] as number) * (pullOfEvidence[f] as number);
      }
      return target * ofValue + weight * ofEvidence;
    });
  }

  return { solve, contributions };
}
