import { inverse, Matrix } from 'ml-matrix';
import { Arena } from '../../math/compute/arena.ts';
import { kernelModule } from '../../math/compute/kernel-module.ts';
import { instantiateKernels, type Kernels, SCRATCH } from '../../math/compute/kernels.ts';
import type { RatedRows } from '../heads.ts';
import { ToldRatings } from '../told-ratings.ts';
import type { BayesFactors } from './bayes.ts';

/** What is known of people in general, so that somebody with few ratings can be judged by it. */
export interface FoldInPrior {
  /** w: what having rated a movie says of a person, movies × factorCount. */
  readonly evidence: Float32Array;
  /** m: what all people share, factorCount long. */
  readonly mean: Float64Array;
  /** Λ⁻¹: how people differ around what their evidence says, factorCount × factorCount. */
  readonly covariance: Float64Array;
  /** Mean and covariance over training users of v Σ w: how much evidence moves people. */
  readonly evidenceMean: Float64Array;
  readonly evidenceCovariance: Float64Array;
  /** a of v = √n / (n + a). */
  readonly activityOffset: number;
  /** c of g = n / (n + c): ratings at which somebody's own evidence counts half. */
  readonly shrinkage: number;
}

/** Priors that are kept, by number of ratings: making one takes longer than all the rest. */
const MOST_PRIORS = 512;

/**
 * The posterior of somebody new, by the kernel that updates everybody in training, under a prior that is
 * shrunken: the evidence of n ratings is trusted by g = n / (n + c), and what is not trusted of it is what
 * evidence says of people in general, with all its spread:
 *
 *     M = m + g v Σ_j w_j + (1 − g) E[v Σ w],   Λ' = (Λ⁻¹ + (1 − g) Cov[v Σ w])⁻¹
 *
 * The learned prior alone is too sure of itself where ratings are few.
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
  readonly #told: ToldRatings;
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
    this.#kernels = instantiateKernels(kernelModule, arena.memory);
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
    this.#told = new ToldRatings(arena);
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
      ...this.#told.put(rated),
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

  /** g v: how much each piece of evidence of n ratings counts. */
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
      let said = 0;
      for (let j = 0; j < rows.length; j++) said += evidence[(rows[j] as number) * factorCount + f] as number;
      this.#priorMean[f] = (mean[f] as number) + weight * said + untrusted * (evidenceMean[f] as number);
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
    if (this.#priors.size === MOST_PRIORS) this.#priors.clear();
    this.#priors.set(count, prior);
    return prior;
  }

  /**
   * What each rating adds to the predicted stars of movie i: (t_j z_j + g v Λ'/τ w_j)ᵀ A⁻¹ z_i, what it was and
   * that it was.
   */
  contributions(rated: RatedRows, movieRow: number): Float64Array {
    const { factorCount, foldIn } = this.#factors;
    const bias = factorCount - 1;
    this.solve(rated);
    // The kernel leaves the upper triangle of A⁻¹ where it scratched.
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
