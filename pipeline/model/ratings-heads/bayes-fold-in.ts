import { inverse, Matrix } from 'ml-matrix';
import { Arena } from '../../math/compute/arena.ts';
import { kernelModule } from '../../math/compute/kernel-module.ts';
import { instantiateKernels, type Kernels, SCRATCH } from '../../math/compute/kernels.ts';
import type { RatedRows } from '../heads.ts';
import { ToldRatings } from '../told-ratings.ts';
import type { BayesFactors } from './bayes.ts';

/** What is known of people in general, so that somebody with few ratings can be judged by it. */
export interface FoldInPrior {
  /** w: what having rated a movie says of a person, movies × lanes. */
  readonly evidence: Float32Array;
  /** m: what all people share, lanes long. */
  readonly mean: Float64Array;
  /** Λ⁻¹: how people differ around what their evidence says, lanes × lanes. */
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
    const { lanes, movieFactors, movieVariances } = factors;
    const arena = this.#arena;
    this.#factors = factors;
    this.#mean = mean;
    this.#kernels = instantiateKernels(kernelModule, arena.memory);
    this.#movies = arena.floats(movieFactors.length);
    this.#movies.set(movieFactors);
    this.#movieVariances = arena.floats(movieVariances.length);
    this.#movieVariances.set(movieVariances);
    this.#prior = arena.floats(lanes * lanes);
    this.#priorMean = arena.floats(lanes);
    this.#x = arena.floats(lanes);
    this.#variances = arena.floats(lanes);
    this.#deviations = arena.floats(lanes);
    this.#zeros = arena.floats(lanes);
    this.#told = new ToldRatings(arena);
    this.#slot = arena.floats(lanes * lanes + 2);
    this.#scratch = arena.floats(SCRATCH.updateBayesRows(lanes));
  }

  /** Posterior means and variances, lanes long each. */
  solve(rated: RatedRows): { readonly x: Float32Array; readonly variances: Float32Array } {
    const { lanes, noisePrecision } = this.#factors;
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
      lanes,
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
    const { lanes, foldIn } = this.#factors;
    const { evidence, mean, evidenceMean, shrinkage } = foldIn;
    const weight = this.#evidenceWeight(rows.length);
    const untrusted = shrinkage / (rows.length + shrinkage);
    for (let lane = 0; lane < lanes; lane++) {
      let said = 0;
      for (let j = 0; j < rows.length; j++) said += evidence[(rows[j] as number) * lanes + lane] as number;
      this.#priorMean[lane] =
        (mean[lane] as number) + weight * said + untrusted * (evidenceMean[lane] as number);
    }
  }

  #priorOf(count: number): Float32Array {
    const known = this.#priors.get(count);
    if (known !== undefined) return known;
    const { lanes, noisePrecision, foldIn } = this.#factors;
    const square = (values: Float64Array): Matrix => Matrix.from1DArray(lanes, lanes, Array.from(values));
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
    const { lanes, foldIn } = this.#factors;
    const bias = lanes - 1;
    this.solve(rated);
    // The kernel leaves the upper triangle of A⁻¹ where it scratched.
    const inverted = this.#scratch;
    const pull = new Float64Array(lanes);
    for (let a = 0; a < lanes; a++) {
      for (let b = 0; b < lanes; b++) {
        const z = b === bias ? 1 : (this.#movies[movieRow * lanes + b] as number);
        pull[a] = (pull[a] as number) + (inverted[Math.min(a, b) * lanes + Math.max(a, b)] as number) * z;
      }
    }
    const pullOfEvidence = new Float64Array(lanes);
    for (let a = 0; a < lanes; a++) {
      for (let b = 0; b < lanes; b++) {
        pullOfEvidence[a] =
          (pullOfEvidence[a] as number) + (this.#prior[a * lanes + b] as number) * (pull[b] as number);
      }
    }
    const weight = this.#evidenceWeight(rated.rows.length);
    return Float64Array.from(rated.rows, (row, j) => {
      const at = row * lanes;
      const target = (rated.halves[j] as number) / 2 - this.#mean - (this.#movies[at + bias] as number);
      let ofValue = pull[bias] as number;
      let ofEvidence = 0;
      for (let lane = 0; lane < lanes; lane++) {
        if (lane < bias) ofValue += (this.#movies[at + lane] as number) * (pull[lane] as number);
        ofEvidence += (foldIn.evidence[at + lane] as number) * (pullOfEvidence[lane] as number);
      }
      return target * ofValue + weight * ofEvidence;
    });
  }
}
