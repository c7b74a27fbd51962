import { once } from '../../lib/once.ts';
import { ScoreTable } from '../../math/score-table.ts';
import { type Baseline, popularityAdder } from '../baseline.ts';
import type { RankingHead, View } from '../heads.ts';
import { type LeastSquaresTarget, leastSquaresFoldIn } from '../least-squares-fold-in.ts';
import type { TensorReader } from '../tensor-reader.ts';

/** The parameters of implicit matrix factorisation. */
export interface ImplicitFactors {
  readonly factorCount: number;
  /** users.size × factorCount. */
  readonly userFactors: Float32Array;
  /** movies.size × factorCount. */
  readonly movieFactors: Float32Array;
  /** (YᵀY + λI) / α, factorCount × factorCount: the regularisation from all movies, rated or not. */
  readonly base: Float32Array;
  /** α: how much more a rated movie counts than one that is not. */
  readonly confidence: number;
  /** For unknown users: stars that a movie gains when its number of ratings grows e-fold. */
  readonly popularityWeight: number;
}

export const IMPLICIT_FACTORS = 'implicit-factors';

/** Preference per half star: five stars are a preference of 1. */
const PREFERENCE_OF_HALF = 0.1;

/** The targets of the least squares of iALS, divided by α. */
export const implicitTarget = (confidence: number): LeastSquaresTarget => ({
  ridge: 0,
  factor: PREFERENCE_OF_HALF * (1 + 1 / confidence),
  shift: 0,
  hasBias: false,
});

/**
 * Ranks by x_u · y_i, the expected preference. Movies that a person has not rated have preference 0 with a low
 * confidence, so the model also learns popularity.
 *
 * Hu, Koren & Volinsky, Collaborative Filtering for Implicit Feedback Datasets, ICDM 2008.
 */
export function implicitFactorsHead(baseline: Baseline, factors: ImplicitFactors): RankingHead {
  const { factorCount, userFactors, movieFactors, base, confidence, popularityWeight } = factors;
  const table = once(() => new ScoreTable(movieFactors, factorCount));
  const solver = once(() =>
    leastSquaresFoldIn({ factorCount, movieFactors, base, ...implicitTarget(confidence) }),
  );
  const viewOf = (x: Float32Array, contributions: View['contributions']): View => ({
    product: () => ({ vector: x, start: 0 }),
    addTo: (scores, weight) => table().addProducts(x, 0, weight, scores),
    contributions,
  });
  return {
    kind: IMPLICIT_FACTORS,
    movieVectors: { factorCount, used: factorCount, data: movieFactors },
    user: (row) => viewOf(userFactors.subarray(row * factorCount, (row + 1) * factorCount), () => null),
    foldIn: (rated) => viewOf(solver().solve(rated), (movieRow) => solver().contributions(rated, movieRow)),
    addForUnknownUser: popularityAdder(baseline, popularityWeight),
    tensors: {
      ranking_user_factors: { shape: [baseline.users.size, factorCount], data: userFactors },
      ranking_movie_factors: { shape: [baseline.movies.size, factorCount], data: movieFactors },
      ranking_base: { shape: [factorCount, factorCount], data: base },
      ranking_confidence: { shape: [1], data: Float64Array.of(confidence) },
      popularity_weight: { shape: [1], data: Float64Array.of(popularityWeight) },
    },
  };
}

export function readImplicitFactorsHead(file: TensorReader, baseline: Baseline): RankingHead {
  const factorCount = file.widthOf('ranking_user_factors');
  const confidence = file.scalar('ranking_confidence');
  if (confidence <= 0) file.refuse(`tensor ranking_confidence holds ${confidence}, which is not positive`);
  return implicitFactorsHead(baseline, {
    factorCount,
    userFactors: file.floats('ranking_user_factors', [baseline.users.size, factorCount]),
    movieFactors: file.floats('ranking_movie_factors', [baseline.movies.size, factorCount]),
    base: file.floats('ranking_base', [factorCount, factorCount]),
    confidence,
    popularityWeight: file.scalar('popularity_weight'),
  });
}
