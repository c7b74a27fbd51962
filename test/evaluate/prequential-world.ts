import type { Baseline } from '../../pipeline/model/baseline.ts';
import { composeModel, type TrainedModel } from '../../pipeline/model/compose-model.ts';
import { implicitFactorsHead } from '../../pipeline/model/ranking-heads/implicit-factors.ts';
import { bayesHead } from '../../pipeline/model/ratings-heads/bayes.ts';
import { emptyRatings, type Ratings } from '../../pipeline/ratings/ratings.ts';
import { vocabularyOf } from '../../pipeline/ratings/vocabulary.ts';

const FACTORS = 8;
const USERS = 3;
const MOVIES = 30;

/** A number from −1 to 1 that Python computes too. */
const wave = (i: number, f: number, phase: number): number => Math.sin(1 + 3 * i + 7 * f + phase);
const rows = (count: number, of: (row: number, f: number) => number): Float32Array =>
  Float32Array.from({ length: count * FACTORS }, (_, at) => of(Math.floor(at / FACTORS), at % FACTORS));
const diagonal = (value: number): Float64Array =>
  Float64Array.from({ length: FACTORS * FACTORS }, (_, at) =>
    at % (FACTORS + 1) === 0 ? value : 0.01 * wave(Math.floor(at / FACTORS) + (at % FACTORS), 0, 5),
  );

/** A small model with both heads, written out as formulas. It knows users 1 to 3 and movies 1 to 30. */
export function waveModel(): TrainedModel {
  const ids = (count: number): Int32Array => Int32Array.from({ length: count }, (_, row) => row + 1);
  const baseline: Baseline = {
    users: vocabularyOf(ids(USERS)),
    movies: vocabularyOf(ids(MOVIES)),
    mean: 3.25,
    scale: [0.5, 5],
    userOffsets: Float32Array.from({ length: USERS }, (_, row) => wave(row, 0, 1) / 4),
    movieOffsets: Float32Array.from({ length: MOVIES }, (_, row) => wave(row, 0, 2) / 2),
    movieCounts: Int32Array.from({ length: MOVIES }, (_, row) => 1 + ((row * 7) % 11)),
  };
  return composeModel('waves', baseline, {
    ratings: bayesHead(baseline, {
      factorCount: FACTORS,
      userFactors: rows(USERS, (row, f) => wave(row, f, 3) / 2),
      userVariances: rows(USERS, () => 0.05),
      movieFactors: rows(MOVIES, (row, f) => wave(row, f, 4) / 2),
      movieVariances: rows(MOVIES, (row, f) => 0.02 + 0.01 * wave(row, f, 6)),
      noisePrecision: 1.5,
      foldIn: {
        evidence: rows(MOVIES, (row, f) => wave(row, f, 7) / 20),
        mean: Float64Array.from({ length: FACTORS }, (_, f) => wave(0, f, 8) / 10),
        covariance: diagonal(0.2),
        evidenceMean: Float64Array.from({ length: FACTORS }, (_, f) => wave(0, f, 9) / 20),
        evidenceCovariance: diagonal(0.05),
        activityOffset: 2,
        shrinkage: 4,
      },
    }),
    ranking: implicitFactorsHead(baseline, {
      factorCount: FACTORS,
      userFactors: rows(USERS, (row, f) => wave(row, f, 10) / 2),
      movieFactors: rows(MOVIES, (row, f) => wave(row, f, 11) / 2),
      base: Float32Array.from(diagonal(2)),
      confidence: 4,
      popularityWeight: 0.1,
    }),
    ratingWeight: 0.05,
  });
}

/** Ratings of users `first` to `last`, `each` of them; every third has the second of the one before. */
export function waveRatings(first: number, last: number, each: number, shift: number): Ratings {
  const ratings = emptyRatings((last - first + 1) * each);
  let row = 0;
  for (let user = first; user <= last; user++) {
    for (let j = 0; j < each; j++) {
      ratings.userIds[row] = user;
      // The model does not know movie 31, and the last shift repeats movies.
      ratings.movieIds[row] = 1 + ((user * 5 + 7 * (j + shift)) % 31);
      ratings.halves[row] = 1 + ((user * 3 + 2 * j * j + shift) % 10);
      ratings.ratedAt[row] = 1_000_000 + 1_000 * shift + j - (j % 3 === 2 ? 1 : 0);
      row++;
    }
  }
  return ratings;
}
