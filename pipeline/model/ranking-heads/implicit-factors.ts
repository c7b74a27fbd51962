import { once } from '../../lib/once.ts';
import { ScoreTable } from '../../math/score-table.ts';
import { addPopularLiking, type Baseline } from '../baseline.ts';
import type { RankingHead, View } from '../heads.ts';
import { LeastSquaresFoldIn } from '../least-squares-fold-in.ts';
import type { TensorReader } from '../tensor-reader.ts';

/** What implicit matrix factorisation has learned. */
export interface ImplicitFactors {
  readonly lanes: number;
  /** users.size × lanes. */
  readonly userFactors: Float32Array;
  /** movies.size × lanes. */
  readonly movieFactors: Float32Array;
  /** (YᵀY + λI) / α, lanes × lanes: what all movies nobody asked about hold a person to. */
  readonly base: Float32Array;
  /** α: how much more a rated movie counts than one that is not. */
  readonly confidence: number;
  /** For strangers: stars a movie gains when its number of ratings grows e-fold. */
  readonly popularityWeight: number;
}

export const IMPLICIT_FACTORS = 'implicit-factors';

/** Preference of a rating of five stars; half stars count for a tenth each. */
const PREFERENCE_OF_HALF = 0.1;

/** What the least squares of iALS aim at for each half star, divided by α: see `solveRows`. */
export const implicitTarget = (confidence: number): number => PREFERENCE_OF_HALF * (1 + 1 / confidence);

/**
 * Ranks by x_u · y_i, the preference that implicit matrix factorisation expects. All movies a person has not
 * rated count as not preferred, a little, and so popularity is part of what it learns.
 *
 * Hu, Koren & Volinsky, Collaborative Filtering for Implicit Feedback Datasets, ICDM 2008.
 */
export function implicitFactorsHead(baseline: Baseline, factors: ImplicitFactors): RankingHead {
  const { lanes, userFactors, movieFactors, base, confidence, popularityWeight } = factors;
  const table = once(() => new ScoreTable(movieFactors, lanes));
  const solver = once(
    () =>
      new LeastSquaresFoldIn({
        lanes,
        movieFactors,
        base,
        ridge: 0,
        factor: implicitTarget(confidence),
        shift: 0,
        hasBias: false,
      }),
  );
  const viewOf = (x: Float32Array, contributions: View['contributions']): View => ({
    product: () => ({ vector: x, start: 0 }),
    addTo: (scores, weight) => table().addProducts(x, 0, weight, scores),
    contributions,
  });
  return {
    kind: IMPLICIT_FACTORS,
    movieVectors: { lanes, used: lanes, data: movieFactors },
    user: (row) => viewOf(userFactors.subarray(row * lanes, (row + 1) * lanes), () => null),
    foldIn: (rated) => viewOf(solver().solve(rated), (movieRow) => solver().contributions(rated, movieRow)),
    addForStrangers: (scores) => addPopularLiking(baseline, popularityWeight, scores),
    tensors: {
      ranking_user_factors: { shape: [baseline.users.size, lanes], data: userFactors },
      ranking_movie_factors: { shape: [baseline.movies.size, lanes], data: movieFactors },
      ranking_base: { shape: [lanes, lanes], data: base },
      ranking_confidence: { shape: [1], data: Float64Array.of(confidence) },
      popularity_weight: { shape: [1], data: Float64Array.of(popularityWeight) },
    },
  };
}

export function readImplicitFactorsHead(file: TensorReader, baseline: Baseline): RankingHead {
  const lanes = file.lanesOf('ranking_user_factors');
  const confidence = file.scalar('ranking_confidence');
  if (confidence <= 0) file.refuse(`tensor ranking_confidence holds ${confidence}, which is not positive`);
  return implicitFactorsHead(baseline, {
    lanes,
    userFactors: file.floats('ranking_user_factors', [baseline.users.size, lanes]),
    movieFactors: file.floats('ranking_movie_factors', [baseline.movies.size, lanes]),
    base: file.floats('ranking_base', [lanes, lanes]),
    confidence,
    popularityWeight: file.scalar('popularity_weight'),
  });
}
