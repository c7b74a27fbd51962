import { inverse, Matrix } from 'ml-matrix';
import { expect, test } from 'vitest';
import { normal, seededRandom } from '../../pipeline/lib/random.ts';
import { trainingMatrix } from '../../pipeline/train/training-matrix.ts';
import { updatePrior } from '../../pipeline/train/vb-mf/prior-update.ts';
import { updateRows } from '../../pipeline/train/vb-mf/row-update.ts';
import { openSide, type Side } from '../../pipeline/train/vb-mf/side.ts';
import { plantedRatings } from './planted.ts';

const LANES = 8;
const TAU = 1.3;
const PENALTY = 0.9;
const { byUser, byMovie, mean } = trainingMatrix(plantedRatings(4, 30, 180, 170).train);

/** Two sides a sweep into training, so that nothing is zero any more. Rows are longer than one chunk. */
function sidesInTraining(): { users: Side; movies: Side } {
  const draw = normal(seededRandom(2));
  const users = openSide(byUser, LANES, 5, draw);
  const movies = openSide(byMovie, LANES, 5, draw);
  updatePrior(users, byMovie, updateRows(users, movies, mean, TAU).covariance, PENALTY);
  updatePrior(movies, byUser, updateRows(movies, users, mean, TAU).covariance, PENALTY);
  return { users, movies };
}

const rowOf = (values: Float32Array, row: number): number[] =>
  Array.from(values.subarray(row * LANES, (row + 1) * LANES));

/** The posterior of one row by the formulas as they are written, with matrix objects. */
function naivePosterior(side: Side, opposite: Side, row: number) {
  const bias = LANES - 1;
  const prior = Matrix.from1DArray(LANES, LANES, Array.from(side.precision));
  const priorMean = Matrix.columnVector(rowOf(side.priorMeans, row));
  const precision = Matrix.mul(prior, 1 / TAU);
  const right = precision.mmul(priorMean);
  const entries: { z: Matrix; target: number; spread: number[] }[] = [];
  for (let i = side.ratings.pointers[row] as number; i < (side.ratings.pointers[row + 1] as number); i++) {
    const column = side.ratings.columns[i] as number;
    const means = rowOf(opposite.means, column);
    const spread = rowOf(opposite.variances, column);
    const z = Matrix.columnVector([...means.slice(0, bias), 1]);
    const target = (side.ratings.values[i] as number) - mean - (means[bias] as number);
    precision.add(z.mmul(z.transpose())).add(Matrix.diag([...spread.slice(0, bias), 0]));
    right.add(Matrix.mul(z, target));
    entries.push({ z, target, spread });
  }
  const covariance = inverse(precision).mul(1 / TAU);
  const x = inverse(precision).mmul(right);
  let squaredError = 0;
  for (const { z, target, spread } of entries) {
    const fitted = x.transpose().mmul(z).get(0, 0);
    squaredError += (target - fitted) ** 2 + z.transpose().mmul(covariance).mmul(z).get(0, 0);
    squaredError += spread[bias] as number;
    for (let lane = 0; lane < bias; lane++) {
      squaredError += (spread[lane] as number) * (x.get(lane, 0) ** 2 + covariance.get(lane, lane));
    }
  }
  return { x: x.to1DArray(), covariance, squaredError };
}

test('the row update equals its formulas written out with matrices', () => {
  const { users, movies } = sidesInTraining();
  const expected = Array.from({ length: byUser.rowCount }, (_, row) => naivePosterior(users, movies, row));
  const { covariance, squaredError } = updateRows(users, movies, mean, TAU);
  const sum = Matrix.zeros(LANES, LANES);
  expected.forEach((posterior, row) => {
    sum.add(posterior.covariance);
    posterior.x.forEach((value, lane) => {
      expect(users.means[row * LANES + lane]).toBeCloseTo(value, 6);
      expect(users.variances[row * LANES + lane]).toBeCloseTo(posterior.covariance.get(lane, lane), 7);
    });
  });
  sum.to1DArray().forEach((value, at) => {
    expect(covariance[at]).toBeCloseTo(value, 9);
  });
  const total = expected.reduce((error, posterior) => error + posterior.squaredError, 0);
  expect(squaredError / total).toBeCloseTo(1, 9);
});

test('the prior update equals its formulas written out with matrices', () => {
  const { users, movies } = sidesInTraining();
  const { covariance } = updateRows(users, movies, mean, TAU);
  const count = byUser.rowCount;
  const scales = Array.from(users.featureScales);
  const weights = Array.from({ length: byMovie.rowCount }, (_, j) => rowOf(users.featureWeights, j));
  const sharedMean = Array.from(users.sharedMean);
  const hasRated = Array.from({ length: count }, (_, i) =>
    Array.from(byUser.columns.subarray(byUser.pointers[i], byUser.pointers[i + 1])),
  );
  const unexplained = (i: number, lane: number): number => {
    const features = (hasRated[i] as number[]).reduce((sum, j) => sum + (weights[j]?.[lane] as number), 0);
    return (users.means[i * LANES + lane] as number) - (scales[i] as number) * features;
  };
  for (let j = 0; j < weights.length; j++) {
    const raters = Array.from({ length: count }, (_, i) => i).filter((i) => hasRated[i]?.includes(j));
    const d = raters.reduce((sum, i) => sum + (scales[i] as number) ** 2, 0);
    weights[j] = Array.from({ length: LANES }, (_, lane) => {
      const pull = raters.reduce(
        (sum, i) => sum + (scales[i] as number) * (unexplained(i, lane) - (sharedMean[lane] as number)),
        0,
      );
      return (pull + d * (weights[j]?.[lane] as number)) / (PENALTY + d);
    });
  }
  const y = Matrix.from1DArray(
    count,
    LANES,
    Array.from({ length: count * LANES }, (_, at) => unexplained(Math.floor(at / LANES), at % LANES)),
  );
  const average = y.mean('column');
  const centre = Matrix.rowVector(average);
  const centred = Matrix.sub(y, Matrix.ones(count, 1).mmul(centre));
  const scale = centred
    .transpose()
    .mmul(centred)
    .add(Matrix.from1DArray(LANES, LANES, Array.from(covariance)))
    .add(Matrix.eye(LANES))
    .add(
      centre
        .transpose()
        .mmul(centre)
        .mul((2 * count) / (count + 2)),
    );
  const precision = inverse(scale).mul(count + LANES);

  updatePrior(users, byMovie, covariance, PENALTY);

  weights.flat().forEach((value, at) => {
    expect(users.featureWeights[at]).toBeCloseTo(value, 5);
  });
  average.forEach((value, lane) => {
    expect(users.sharedMean[lane]).toBeCloseTo((count * value) / (count + 2), 5);
  });
  precision.to1DArray().forEach((value, at) => {
    expect(Math.abs((users.precision[at] as number) - value)).toBeLessThan(1e-5 * precision.max());
  });
  const prior = (users.means[0] as number) - unexplained(0, 0) + (users.sharedMean[0] as number);
  expect(users.priorMeans[0]).toBeCloseTo(prior, 5);
});
