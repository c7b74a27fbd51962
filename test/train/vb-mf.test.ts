import { inverse, Matrix } from 'ml-matrix';
import { afterAll, expect, test } from 'vitest';
import { normal, seededRandom } from '../../pipeline/lib/random.ts';
import { WorkerPool } from '../../pipeline/math/compute/worker-pool.ts';
import type { Movie } from '../../pipeline/ratings/movie.ts';
import {
  coRated,
  type Evidence,
  type FactorSide,
  openSide,
} from '../../pipeline/train/ratings-heads/vb-mf/side.ts';
import { updatePrior, updateRows } from '../../pipeline/train/ratings-heads/vb-mf/sweep.ts';
import { movieTraits } from '../../pipeline/train/ratings-heads/vb-mf/traits.ts';
import { trainingMatrix } from '../../pipeline/train/training-matrix.ts';
import { plantedRatings } from './planted.ts';

const FACTORS = 16;
const GROUP = 8;
const TAU = 1.3;
const PENALTY = 0.9;
const TRAIT_PENALTY = 2.5;

const pool = new WorkerPool(2);
afterAll(() => pool.close());
// Rows of users are longer than one chunk of the kernels.
const { byUser, byMovie, mean } = trainingMatrix(plantedRatings(4, 30, 180, 170).train, pool.arena);

const GENRES = ['Comedy', 'Drama', 'War'];
/** Genres and year; undefined for every fifth movie. */
const movieOf = (row: number): Movie | undefined =>
  row % 5 === 0
    ? undefined
    : {
        id: row,
        title: '',
        year: 1980 + (row % 40),
        genres: GENRES.filter((_, bit) => (row >> bit) % 2 === 1),
      };

/** Two sides after one sweep, so that no array is zero. */
function sidesInTraining(): { readonly users: FactorSide; readonly movies: FactorSide } {
  const draw = normal(seededRandom(2));
  const coRatedOptions = { factorCount: FACTORS, offset: 5, penalty: PENALTY };
  const known = Array.from({ length: byMovie.rowCount }, (_, row) => movieOf(row));
  const traits = movieTraits(pool.arena, known, { factorCount: FACTORS, penalty: TRAIT_PENALTY });
  const users = openSide(pool, byUser, FACTORS, [coRated(pool.arena, byUser, byMovie, coRatedOptions)], draw);
  const ofMovies = [coRated(pool.arena, byMovie, byUser, coRatedOptions), traits.evidence];
  const movies = openSide(pool, byMovie, FACTORS, ofMovies, draw);
  updatePrior(pool, users, updateRows(pool, users, movies, mean, TAU));
  updatePrior(pool, movies, updateRows(pool, movies, users, mean, TAU));
  return { users, movies };
}

const rowOf = (values: Float32Array, row: number): number[] =>
  Array.from(values.subarray(row * FACTORS, (row + 1) * FACTORS));

/** Reorders groups of eight factors to rows. */
function ungrouped(values: Float32Array): number[][] {
  const rows = values.length / FACTORS;
  return Array.from({ length: rows }, (_, row) =>
    Array.from(
      { length: FACTORS },
      (_each, f) => values[(Math.floor(f / GROUP) * rows + row) * GROUP + (f % GROUP)] as number,
    ),
  );
}

/** The posterior of one row by its formulas, with matrix objects. */
function naivePosterior(side: FactorSide, opposite: FactorSide, row: number) {
  const bias = FACTORS - 1;
  const priorMean = Matrix.columnVector(rowOf(side.featureMeans, row)).add(
    Matrix.columnVector(rowOf(side.shared, 0)),
  );
  const precision = Matrix.from1DArray(FACTORS, FACTORS, Array.from(side.precision)).div(TAU);
  const right = precision.mmul(priorMean);
  const entries: { z: Matrix; target: number; spread: number[] }[] = [];
  const { pointers, columns, halves } = side.ratings;
  for (let i = pointers[row] as number; i < (pointers[row + 1] as number); i++) {
    const means = rowOf(opposite.means, columns[i] as number);
    const spread = rowOf(opposite.variances, columns[i] as number);
    const z = Matrix.columnVector([...means.slice(0, bias), 1]);
    const target = (halves[i] as number) / 2 - mean - (means[bias] as number);
    precision.add(z.mmul(z.transpose())).add(Matrix.diag([...spread.slice(0, bias), 0]));
    right.add(Matrix.mul(z, target));
    entries.push({ z, target, spread });
  }
  const covariance = inverse(precision).div(TAU);
  const x = inverse(precision).mmul(right);
  let squaredError = 0;
  for (const { z, target, spread } of entries) {
    squaredError += (target - z.dot(x)) ** 2 + z.dot(covariance.mmul(z)) + (spread[bias] as number);
    for (let f = 0; f < bias; f++) {
      squaredError += (spread[f] as number) * (x.get(f, 0) ** 2 + covariance.get(f, f));
    }
  }
  return { x: x.to1DArray(), covariance, squaredError };
}

test.each(['users', 'movies'] as const)(
  'the update of the rows of %s equals its formulas with matrices',
  (name) => {
    const sides = sidesInTraining();
    const [side, opposite] = name === 'users' ? [sides.users, sides.movies] : [sides.movies, sides.users];
    const expected = Array.from({ length: side.ratings.rowCount }, (_, row) =>
      naivePosterior(side, opposite, row),
    );
    const { covariance, squaredError } = updateRows(pool, side, opposite, mean, TAU);
    // 32-bit floats: sums of some hundred terms of numbers below 2 have about five correct digits.
    const sum = Matrix.zeros(FACTORS, FACTORS);
    expected.forEach((posterior, row) => {
      sum.add(posterior.covariance);
      posterior.x.forEach((value, f) => {
        expect(side.means[row * FACTORS + f]).toBeCloseTo(value, 4);
        expect(side.variances[row * FACTORS + f]).toBeCloseTo(posterior.covariance.get(f, f), 6);
      });
    });
    for (let a = 0; a < FACTORS; a++) {
      for (let b = a; b < FACTORS; b++) {
        expect(Math.abs((covariance[a * FACTORS + b] as number) - sum.get(a, b))).toBeLessThan(
          1e-5 * sum.max(),
        );
      }
    }
    const total = expected.reduce((error, posterior) => error + posterior.squaredError, 0);
    expect(squaredError / total).toBeCloseTo(1, 5);
  },
);

/** One Gauss–Seidel pass over features: changes e and returns the weights. */
function naivePass({ rowsByFeature, scales, weights, penalty }: Evidence, e: number[][]): number[][] {
  return ungrouped(weights).map((row, feature) => {
    const [first, end] = [rowsByFeature.pointers[feature], rowsByFeature.pointers[feature + 1]];
    const members = Array.from(rowsByFeature.columns.subarray(first, end));
    const scaleOf = (i: number): number => scales[i] as number;
    const d = members.reduce((sum, i) => sum + scaleOf(i) ** 2, 0);
    return row.map((before, f) => {
      const pull = members.reduce((sum, i) => sum + scaleOf(i) * (e[i]?.[f] as number), 0);
      const after = members.length === 0 ? before : (pull + d * before) / (penalty + d);
      for (const i of members) {
        (e[i] as number[])[f] = (e[i]?.[f] as number) - scaleOf(i) * (after - before);
      }
      return after;
    });
  });
}

test.each(['users', 'movies'] as const)(
  'the update of the prior of %s equals its formulas with matrices',
  (name) => {
    const sides = sidesInTraining();
    const [side, opposite] = name === 'users' ? [sides.users, sides.movies] : [sides.movies, sides.users];
    const statistics = updateRows(pool, side, opposite, mean, TAU);
    const count = side.ratings.rowCount;
    const shared = Array.from(side.shared);
    // The part that features and the shared mean do not explain.
    const e = Array.from({ length: count }, (_, row) =>
      rowOf(side.means, row).map(
        (x, f) => x - (side.featureMeans[row * FACTORS + f] as number) - (shared[f] as number),
      ),
    );
    const weights = side.evidence.map((evidence) => naivePass(evidence, e));
    const y = new Matrix(e).add(Matrix.ones(count, 1).mmul(Matrix.rowVector(shared)));
    const average = y.mean('column');
    const centre = Matrix.rowVector(average);
    const centred = Matrix.sub(y, Matrix.ones(count, 1).mmul(centre));
    const spread = Matrix.from1DArray(FACTORS, FACTORS, Array.from(statistics.covariance));
    for (let a = 0; a < FACTORS; a++) for (let b = 0; b < a; b++) spread.set(a, b, spread.get(b, a));
    const scale = centred
      .transpose()
      .mmul(centred)
      .add(spread)
      .add(Matrix.eye(FACTORS))
      .add(
        centre
          .transpose()
          .mmul(centre)
          .mul((2 * count) / (count + 2)),
      );
    const precision = inverse(scale).mul(count + FACTORS);

    updatePrior(pool, side, statistics);

    weights.forEach((expected, kind) => {
      expect(expected.flat().some((value) => Math.abs(value) > 1e-3)).toBe(true);
      const actual = ungrouped(side.evidence[kind]?.weights as Float32Array);
      expected.forEach((row, feature) => {
        row.forEach((value, f) => {
          expect(actual[feature]?.[f]).toBeCloseTo(value, 5);
        });
      });
    });
    average.forEach((value, f) => {
      expect(side.shared[f]).toBeCloseTo((count * value) / (count + 2), 5);
    });
    precision.to1DArray().forEach((value, at) => {
      expect(Math.abs((side.precision[at] as number) - value)).toBeLessThan(1e-4 * precision.max());
    });
    e.forEach((row, i) => {
      row.forEach((value, f) => {
        const featureMeans = (side.means[i * FACTORS + f] as number) - value - (shared[f] as number);
        expect(side.featureMeans[i * FACTORS + f]).toBeCloseTo(featureMeans, 5);
      });
    });
  },
);

test('the prior offset of a movie equals its learned feature mean', () => {
  const draw = normal(seededRandom(2));
  const known = Array.from({ length: byMovie.rowCount }, (_, row) => movieOf(row));
  const traits = movieTraits(pool.arena, known, { factorCount: FACTORS, penalty: TRAIT_PENALTY });
  const users = openSide(pool, byUser, FACTORS, [], draw);
  const movies = openSide(pool, byMovie, FACTORS, [traits.evidence], draw);
  updatePrior(pool, movies, updateRows(pool, movies, users, mean, TAU));
  known.forEach((movie, row) => {
    const offset = movie === undefined ? new Float64Array(FACTORS) : traits.priorOffset(movie);
    offset.forEach((value, f) => {
      expect(movies.featureMeans[row * FACTORS + f]).toBeCloseTo(value, 6);
    });
  });
  expect(traits.priorOffset({ id: 0, title: '', year: null, genres: ['Unheard of'] })).toEqual(
    new Float64Array(FACTORS),
  );
});
