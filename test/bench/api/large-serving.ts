import { normal, seededRandom } from '../../../pipeline/lib/random.ts';
import type { Baseline } from '../../../pipeline/model/baseline.ts';
import type { TrainedModel } from '../../../pipeline/model/compose-model.ts';
import { composeModel } from '../../../pipeline/model/compose-model.ts';
import { implicitFactorsHead } from '../../../pipeline/model/ranking-heads/implicit-factors.ts';
import { bayesHead } from '../../../pipeline/model/ratings-heads/bayes.ts';
import type { Movie } from '../../../pipeline/ratings/movie.ts';
import { vocabularyOfSorted } from '../../../pipeline/ratings/vocabulary.ts';
import type { ServingFiles } from '../../../pipeline/serving/serving-files.ts';
import { generateCatalogue } from '../../../pipeline/source/synthetic-catalogue.ts';
import { generateTitles } from '../../../pipeline/source/synthetic-titles.ts';
import { servingOf } from '../../support/serving.ts';
import { syntheticRatings } from '../train/synthetic-ratings.ts';

export interface ModelShape {
  readonly users: number;
  readonly movies: number;
  readonly factorCount: number;
}

/** Users and movies have the ids from 1. */
export const SHAPE: ModelShape = { users: 2_000, movies: 9_000, factorCount: 64 };
/** As many each as in MovieLens. */
const RATINGS_OF_A_USER = 100;
const FACTOR_SPREAD = 0.15;
const SECONDS = { from: 1_600_000_000, to: 1_770_000_000 };

/**
 * A model of both default heads, each with so many factors, whose numbers are drawn: how fast it answers does not depend
 * on what they are.
 */
export function drawnModel({ users, movies, factorCount }: ModelShape): TrainedModel {
  const draw = normal(seededRandom(1));
  const factors = (count: number): Float32Array =>
    Float32Array.from({ length: count * factorCount }, () => FACTOR_SPREAD * draw());
  const variances = (count: number): Float32Array => new Float32Array(count * factorCount).fill(0.01);
  const diagonal = (value: number): Float64Array =>
    Float64Array.from({ length: factorCount * factorCount }, (_, at) =>
      at % (factorCount + 1) === 0 ? value : 0,
    );
  const baseline: Baseline = {
    users: vocabularyOfSorted(idsUpTo(users)),
    movies: vocabularyOfSorted(idsUpTo(movies)),
    mean: 3.5,
    scale: [0.5, 5],
    userOffsets: new Float32Array(users),
    movieOffsets: new Float32Array(movies),
    movieCounts: new Int32Array(movies).fill(20),
  };
  return composeModel('vb-mf+ials', baseline, {
    ratings: bayesHead(baseline, {
      factorCount,
      userFactors: factors(users),
      userVariances: variances(users),
      movieFactors: factors(movies),
      movieVariances: variances(movies),
      noisePrecision: 1.5,
      foldIn: {
        evidence: factors(movies),
        mean: new Float64Array(factorCount),
        covariance: diagonal(0.1),
        evidenceMean: new Float64Array(factorCount),
        evidenceCovariance: diagonal(0.01),
        activityOffset: 5,
        shrinkage: 20,
      },
    }),
    ranking: implicitFactorsHead(baseline, {
      factorCount,
      userFactors: factors(users),
      movieFactors: factors(movies),
      base: Float32Array.from(diagonal(10)),
      confidence: 20,
      popularityWeight: 0.1,
    }),
    ratingWeight: 0.2,
  });
}

/** Movies with titles, years and genres, ascending by id. */
export function inventedMovies(count: number): readonly Movie[] {
  const random = seededRandom(2);
  const titles = generateTitles(random, count);
  const { movies } = generateCatalogue(random, { firstId: 1, ...SECONDS, titles, staggered: false });
  return movies.toSorted((a, b) => a.id - b.id);
}

/** A bundle of such a model, of its movies and of what its users have rated. */
export function largeServing(shape: ModelShape): ServingFiles {
  const { users, movies } = shape;
  return servingOf({
    model: drawnModel(shape),
    ratings: syntheticRatings({ ratings: RATINGS_OF_A_USER * users, users, movies }),
    movies: inventedMovies(movies),
  });
}

const idsUpTo = (last: number): Int32Array => Int32Array.from({ length: last }, (_, row) => row + 1);
