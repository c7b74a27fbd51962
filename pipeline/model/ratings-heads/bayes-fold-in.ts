import { inverse, Matrix } from 'ml-matrix';
import { Arena } from '../../math/compute/arena.ts';
import { instantiateKernels, type Kernels, SCRATCH } from '../../math/compute/kernels.ts';
import type { RatedRows } from '../heads.ts';
import { KernelRatings } from '../kernel-ratings.ts';

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

/** Priors in the cache, by number of ratings. To compute one takes longer than the rest of a fold-in. */
const MAX_PRIORS = 512;

/**
 * The posterior of a new user, with the kernel of the training and a shrunken prior: the evidence of n ratings has the
 * weight g = n / (n + c), and the mean evidence of all users, with its covariance, has the rest:
 *
 *     M = m + g v Σ_j w_j + (1 − g) E[v Σ w],   Λ' = (Λ⁻¹ + (1 − g) Cov[v Σ w])⁻¹
 *
 * The learned prior without shrinkage is too certain for users with few ratings.
 */
export class BayesFoldIn {
  readonly #factors: BayesFactors;
  readonly #mean: number;
  readonly #kernels: Kernels;
  readonly #arena = new Arena();
  readonly #movies: Float32Array;
  readonly #movieVariances: Float32Array;
  readonly #prior: Float32Array;
  readonly #priorMean: Float32Array;
  readonly #x: Float32Array;
  readonly #variances: Float32Array;
  readonly #deviations: Float32Array;
  readonly #zeros: Float32Array;
  readonly #ratings: KernelRatings;
  readonly #slot: Float32Array;
  readonly #scratch: Float32Array;
  /** Λ'/τ by number of ratings. */
  readonly #priors = new Map<number, Float32Array>();

  /** @param mean μ, stars. */
  constructor(factors: BayesFactors, mean: number) {
    const { factorCount, movieFactors, movieVariances } = factors;
    const arena = this.#arena;
    this.#factors = factors;
    this.#mean = mean;
    this.#kernels = instantiateKernels(arena.memory);
    this.#movies = arena.floats(movieFactors.length);
    this.#movies.set(movieFactors);
    this.#movieVariances = arena.floats(movieVariances.length);
    this.#movieVariances.set(movieVariances);
    this.#prior = arena.floats(factorCount * factorCount);
    this.#priorMean = arena.floats(factorCount);
    this.#x = arena.floats(factorCount);
    this.#variances = arena.floats(factorCount);
    this.#deviations = arena.floats(factorCount);
    this.#zeros = arena.floats(factorCount);
    this.#ratings = new KernelRatings(arena);
    this.#slot = arena.floats(factorCount * factorCount + 2);
    this.#scratch = arena.floats(SCRATCH.updateBayesRows(factorCount));
  }

  /** Posterior means and variances, factorCount long each. */
  solve(rated: RatedRows): { readonly x: Float32Array; readonly variances: Float32Array } {
    const { factorCount, noisePrecision } = this.#factors;
    this.#prior.set(this.#priorOf(rated.rows.length));
    this.#setPriorMean(rated.rows);
    this.#slot.fill(0);
    this.#kernels.updateBayesRows(
      ...this.#ratings.put(rated),
      this.#x.byteOffset,
      this.#variances.byteOffset,
      this.#priorMean.byteOffset,
      this.#deviations.byteOffset,
      1,
      this.#movies.byteOffset,
      this.#movieVariances.byteOffset,
      factorCount,
      this.#mean,
      noisePrecision,
      this.#prior.byteOffset,
      this.#zeros.byteOffset,
      0,
      1,
      this.#slot.byteOffset,
      this.#scratch.byteOffset,
    );
    return { x: Float32Array.from(this.#x), variances: Float32Array.from(this.#variances) };
  }

  /** g v: weight of the evidence of each of n ratings. */
  #evidenceWeight(count: number): number {
    const { activityOffset, shrinkage } = this.#factors.foldIn;
    return (count / (count + shrinkage)) * (Math.sqrt(count) / (count + activityOffset));
  }

  #setPriorMean(rows: Int32Array): void {
    const { factorCount, foldIn } = this.#factors;
    const { evidence, mean, evidenceMean, shrinkage } = foldIn;
    const weight = this.#evidenceWeight(rows.length);
    const untrusted = shrinkage / (rows.length + shrinkage);
    for (let f = 0; f < factorCount; f++) {
      let sum = 0;
      for (let j = 0; j < rows.length; j++) sum += evidence[(rows[j] as number) * factorCount + f] as number;
      this.#priorMean[f] = (mean[f] as number) + weight * sum + untrusted * (evidenceMean[f] as number);
    }
  }

  #priorOf(count: number): Float32Array {
    const known = this.#priors.get(count);
    if (known !== undefined) return known;
    const { factorCount, noisePrecision, foldIn } = this.#factors;
    const square = (values: Float64Array): Matrix =>
      Matrix.from1DArray(factorCount, factorCount, Array.from(values));
    const untrusted = foldIn.shrinkage / (count + foldIn.shrinkage);
    const covariance = square(foldIn.covariance).add(square(foldIn.evidenceCovariance).mul(untrusted));
    const prior = Float32Array.from(inverse(covariance).div(noisePrecision).to1DArray());
    if (this.#priors.size === MAX_PRIORS) this.#priors.clear();
    this.#priors.set(count, prior);
    return prior;
  }

  /**
   * What each rating adds to the predicted stars of movie i, by its value and by its evidence:
   * (t_j z_j + g v Λ'/τ w_j)ᵀ A⁻¹ z_i.
   */
  contributions(rated: RatedRows, movieRow: number): Float64Array {
    const { factorCount, foldIn } = this.#factors;
    const bias = factorCount - 1;
    this.solve(rated);
    // The kernel leaves the upper triangle of A⁻¹ in its scratch memory.
    const inverted = this.#scratch;
    const pull = new Float64Array(factorCount);
    for (let a = 0; a < factorCount; a++) {
      for (let b = 0; b < factorCount; b++) {
        const z = b === bias ? 1 : (this.#movies[movieRow * factorCount + b] as number);
        pull[a] =
          (pull[a] as number) + (inverted[Math.min(a, b) * factorCount + Math.max(a, b)] as number) * z;
      }
    }
    const pullOfEvidence = new Float64Array(factorCount);
    for (let a = 0; a < factorCount; a++) {
      for (let b = 0; b < factorCount; b++) {
        pullOfEvidence[a] =
          (pullOfEvidence[a] as number) + (this.#prior[a * factorCount + b] as number) * (pull[b] as number);
      }
    }
    const weight = this.#evidenceWeight(rated.rows.length);
    return Float64Array.from(rated.rows, (row, j) => {
      const at = row * factorCount;
      const target = (rated.halves[j] as number) / 2 - this.#mean - (this.#movies[at + bias] as number);
      let ofValue = pull[bias] as number;
      let ofEvidence = 0;
      for (let f = 0; f < factorCount; f++) {
        if (f < bias) ofValue += (this.#movies[at + f] as number) * (pull[f] as number);
        ofEvidence += (foldIn.evidence[at + f] as number) * (pullOfEvidence[f] as number);
      }
      return target * ofValue + weight * ofEvidence;
    });
  }
}
