import { inverse, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { drawRatings, draws } from './draws.ts';
import { expectClose, ROUNDOFF } from './precision.ts';
import { Workbench } from './workbench.ts';

const LENGTHS = [5, 0, 1, 127, 128, 129, 300, 40];
const OPPOSITES = 320;
const CHUNK = 128;
const GROUP = 8;
const MEAN = 3.5;
const TAU = 1.3;

const ratings = drawRatings(LENGTHS, OPPOSITES);
const rows = LENGTHS.length;

/** The arguments of the kernel, of about the magnitudes that they have in training. */
function someSide(width: number) {
  const root = Matrix.from1DArray(width, width, Array.from(draws(width * width, 0.3)));
  const prior = root.mmul(root.transpose()).add(Matrix.eye(width).mul(4));
  return {
    opposites: draws(OPPOSITES * width, 0.4),
    spreads: draws(OPPOSITES * width, 0.2).map(Math.abs),
    featureMeans: draws(rows * width, 0.2),
    shared: draws(width, 0.2),
    prior: Float32Array.from(prior.add(prior.transpose()).div(2).to1DArray()),
  };
}
type SomeSide = ReturnType<typeof someSide>;

/** The posterior of one row by its formulas, with matrix objects. */
function naivePosterior({ opposites, spreads, featureMeans, shared, prior }: SomeSide, row: number) {
  const width = shared.length;
  const bias = width - 1;
  const of = (values: Float32Array, at: number): number[] =>
    Array.from(values.subarray(at * width, (at + 1) * width));
  const priorMean = Matrix.columnVector(of(featureMeans, row)).add(Matrix.columnVector(shared));
  const precision = Matrix.from1DArray(width, width, Array.from(prior));
  const right = precision.mmul(priorMean);
  const entries: { z: Matrix; target: number; spread: number[] }[] = [];
  for (let j = ratings.pointers[row] as number; j < (ratings.pointers[row + 1] as number); j++) {
    const column = ratings.columns[j] as number;
    const q = of(opposites, column);
    const spread = of(spreads, column);
    const z = Matrix.columnVector([...q.slice(0, bias), 1]);
    const target = (ratings.halves[j] as number) / 2 - MEAN - (q[bias] as number);
    precision.add(z.mmul(z.transpose())).add(Matrix.diag([...spread.slice(0, bias), 0]));
    right.add(Matrix.mul(z, target));
    entries.push({ z, target, spread });
  }
  const inverted = inverse(precision);
  const covariance = Matrix.mul(inverted, 1 / TAU);
  const x = inverted.mmul(right);
  // E (r − μ − b − c − p·q)² under independent posteriors of both sides.
  let squaredError = 0;
  for (const { z, target, spread } of entries) {
    squaredError += (target - z.dot(x)) ** 2 + z.dot(covariance.mmul(z)) + (spread[bias] as number);
    for (let column = 0; column < bias; column++) {
      squaredError += (spread[column] as number) * (x.get(column, 0) ** 2 + covariance.get(column, column));
    }
  }
  return {
    x: x.to1DArray(),
    variances: covariance.diagonal(),
    covariance,
    squaredError,
    deviations: Matrix.sub(x, priorMean).to1DArray(),
  };
}

function updated(side: SomeSide, from = 0, to = rows) {
  const width = side.shared.length;
  const bench = new Workbench();
  const means = bench.floats(rows * width);
  const variances = bench.floats(rows * width);
  const deviations = bench.floats(rows * width);
  const slot = bench.floats(new Float32Array(width * width + 2));
  const scratch = bench.floats((3 * width + CHUNK + 5) * width);
  const args = [
    bench.integers(ratings.pointers),
    bench.integers(ratings.columns),
    bench.bytes(ratings.halves),
    means,
    variances,
    bench.floats(side.featureMeans),
    deviations,
    rows,
    bench.floats(side.opposites),
    bench.floats(side.spreads),
    width,
    MEAN,
    TAU,
    bench.floats(side.prior),
    bench.floats(side.shared),
  ];
  bench.call(
    'updateBayesRows',
    [...args, from, to, slot, scratch],
    [means, variances, deviations, slot, scratch],
  );
  const [squaredError = 0] = new Float64Array(slot.buffer, slot.byteOffset + 4 * width * width, 1);
  const rowOf = (values: Float32Array, row: number): Float32Array =>
    values.slice(row * width, (row + 1) * width);
  return {
    means: (row: number) => rowOf(means, row),
    variances: (row: number) => rowOf(variances, row),
    deviations: (row: number) =>
      Float32Array.from({ length: width }, (_, column) => {
        const group = Math.floor(column / GROUP);
        return deviations[(group * rows + row) * GROUP + (column % GROUP)] as number;
      }),
    covariance: slot.slice(0, width * width),
    scratch,
    squaredError,
  };
}

describe.each([8, 16, 24, 64])('the posterior of rows of %d numbers', (width) => {
  const side = someSide(width);
  const expected = LENGTHS.map((_, row) => naivePosterior(side, row));
  const actual = updated(side);
  /*
   * The smallest eigenvalue of the precision is at least 4, that of the prior. The largest, with 300 ratings, is a few
   * hundred. So rounding errors grow by a factor of up to 100.
   */
  const amplified = 100 * (width + 10) * ROUNDOFF;

  test('has the means of the formula', () => {
    expected.forEach(({ x }, row) => {
      expectClose(actual.means(row), x, amplified * Math.hypot(...x));
    });
  });

  test('has the variances of the formula', () => {
    expected.forEach(({ variances }, row) => {
      expectClose(actual.variances(row), variances, amplified * Math.max(...variances));
    });
  });

  test('has the deviations of the formula, in groups of eight columns', () => {
    expected.forEach(({ deviations, x }, row) => {
      expectClose(actual.deviations(row), deviations, amplified * Math.hypot(...x));
    });
  });

  test('sums up its covariances in the upper triangle', () => {
    const sum = expected.reduce((total, { covariance }) => total.add(covariance), Matrix.zeros(width, width));
    const upper = (values: ArrayLike<number>): number[] =>
      Array.from(values).filter((_, at) => at % width >= Math.floor(at / width));
    expectClose(upper(actual.covariance), upper(sum.to1DArray()), amplified * sum.max());
  });

  test('has the expected squared error of the formula', () => {
    const total = expected.reduce((sum, { squaredError }) => sum + squaredError, 0);
    expectClose([actual.squaredError], [total], amplified * total);
  });
});

test('a row without ratings is the prior', () => {
  const side = someSide(16);
  const actual = updated(side, 1, 2);
  const covariance = inverse(Matrix.from1DArray(16, 16, Array.from(side.prior))).mul(1 / TAU);
  const priorMean = side.shared.map((value, column) => value + (side.featureMeans[16 + column] as number));
  const bound = 1000 * ROUNDOFF;
  expectClose(actual.means(1), priorMean, bound);
  expectClose(actual.deviations(1), new Float32Array(16), bound);
  expectClose(actual.variances(1), covariance.diagonal(), bound);
  expectClose([actual.squaredError], [0], bound);
});

test('the scratch memory contains the inverse of the last precision', () => {
  const side = someSide(16);
  const { scratch } = updated(side, 0, 1);
  const { covariance } = naivePosterior(side, 0);
  const upper = (values: ArrayLike<number>): number[] =>
    Array.from(values).filter((_, at) => at % 16 >= Math.floor(at / 16));
  const inverted = scratch.slice(0, 16 * 16);
  expectClose(upper(inverted), upper(Matrix.mul(covariance, TAU).to1DArray()), 1000 * ROUNDOFF);
});

test('only the rows of the range are updated', () => {
  const side = someSide(8);
  const all = updated(side);
  const some = updated(side, 2, 5);
  LENGTHS.forEach((_, row) => {
    const within = row >= 2 && row < 5;
    const untouched = new Float32Array(8).fill(Number.NaN);
    expect(some.means(row)).toEqual(within ? all.means(row) : untouched);
    expect(some.deviations(row)).toEqual(within ? all.deviations(row) : untouched);
  });
});

test('sums are added to the slot', () => {
  const side = someSide(8);
  const parts = [updated(side, 0, 3), updated(side, 3, 7), updated(side, 7, 8)];
  const whole = updated(side);
  const sum = parts.reduce((total, { squaredError }) => total + squaredError, 0);
  expect(whole.squaredError / sum).toBeCloseTo(1, 12);
});
