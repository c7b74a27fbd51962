import { Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { drawRatings, draws } from './draws.ts';
import { expectClose, ROUNDOFF } from './precision.ts';
import { Workbench } from './workbench.ts';

const GROUP = 8;
const CHUNK = 128;
const PENALTY = 0.9;

/** rows × width as groups of eight columns, groups × rows × 8. */
function grouped(values: Float32Array, width: number): Float32Array {
  const rows = values.length / width;
  const out = new Float32Array(values.length);
  values.forEach((value, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    out[(Math.floor(column / GROUP) * rows + row) * GROUP + (column % GROUP)] = value;
  });
  return out;
}

describe.each([8, 16, 24])('an update of feature weights in width %d', (width) => {
  const ROWS = 40;
  /** Numbers of rows with each feature; no row has the second one. */
  const LENGTHS = [3, 0, 40, 1, 17, 8, 25];
  const rowsByFeature = drawRatings(LENGTHS, ROWS);
  const scales = draws(ROWS).map(Math.abs);
  const deviations = draws(ROWS * width);
  const weights = draws(LENGTHS.length * width, 0.1);

  function learned(from: number, to: number) {
    const bench = new Workbench();
    const e = bench.floats(grouped(deviations, width));
    const w = bench.floats(grouped(weights, width));
    const pointers = bench.integers(rowsByFeature.pointers);
    const columns = bench.integers(rowsByFeature.columns);
    const v = bench.floats(scales);
    const args = [pointers, columns, LENGTHS.length, e, ROWS, v, w, PENALTY];
    bench.call('learnFeatureWeights', [...args, from, to, 0, 0], [e, w]);
    return { e, w };
  }

  test('is one Gauss–Seidel pass of the formula', () => {
    const e = Array.from({ length: ROWS }, (_, i) =>
      Array.from(deviations.subarray(i * width, (i + 1) * width)),
    );
    const w = LENGTHS.map((_, j) => Array.from(weights.subarray(j * width, (j + 1) * width)));
    w.forEach((row, j) => {
      const [first, end] = [rowsByFeature.pointers[j], rowsByFeature.pointers[j + 1]];
      const members = Array.from(rowsByFeature.columns.subarray(first, end));
      const d = members.reduce((sum, i) => sum + (scales[i] as number) ** 2, 0);
      row.forEach((before, column) => {
        const pull = members.reduce((sum, i) => sum + (scales[i] as number) * (e[i]?.[column] as number), 0);
        const after = members.length === 0 ? before : (pull + d * before) / (PENALTY + d);
        row[column] = after;
        for (const i of members) {
          (e[i] as number[])[column] = (e[i]?.[column] as number) - (scales[i] as number) * (after - before);
        }
      });
    });
    const { e: actual, w: actualWeights } = learned(0, width / GROUP);
    // Up to 40 terms, none above 10, a few times over.
    const bound = 10 * 40 * LENGTHS.length * ROUNDOFF;
    expectClose(actualWeights, grouped(Float32Array.from(w.flat()), width), bound, GROUP);
    expectClose(actual, grouped(Float32Array.from(e.flat()), width), bound, GROUP);
  });

  test('does not depend on other groups of columns', () => {
    const whole = learned(0, width / GROUP);
    const last = learned(width / GROUP - 1, width / GROUP);
    const from = (values: Float32Array, rows: number): Float32Array => values.slice((width - GROUP) * rows);
    expect(from(last.e, ROWS)).toEqual(from(whole.e, ROWS));
    expect(from(last.w, LENGTHS.length)).toEqual(from(whole.w, LENGTHS.length));
    expect(last.e.slice(0, (width - GROUP) * ROWS)).toEqual(
      grouped(deviations, width).slice(0, (width - GROUP) * ROWS),
    );
  });

  test('converges to the solution of the regression', () => {
    const bench = new Workbench();
    const e = bench.floats(grouped(deviations, width));
    const w = bench.floats(grouped(weights, width));
    const pointers = bench.integers(rowsByFeature.pointers);
    const columns = bench.integers(rowsByFeature.columns);
    const v = bench.floats(scales);
    const args = [pointers, columns, LENGTHS.length, e, ROWS, v, w, PENALTY, 0, width / GROUP, 0, 0];
    for (let pass = 0; pass < 500; pass++) bench.call('learnFeatureWeights', args, [e, w]);
    // The gradient of ½ Σ e² + ½ λ Σ w² is zero where the regression is solved.
    for (let group = 0; group < width / GROUP; group++) {
      LENGTHS.forEach((length, j) => {
        for (let column = 0; length > 0 && column < GROUP; column++) {
          let gradient = -PENALTY * (w[(group * LENGTHS.length + j) * GROUP + column] as number);
          for (
            let at = rowsByFeature.pointers[j] as number;
            at < (rowsByFeature.pointers[j + 1] as number);
            at++
          ) {
            const i = rowsByFeature.columns[at] as number;
            gradient += (scales[i] as number) * (e[(group * ROWS + i) * GROUP + column] as number);
          }
          // Each deviation has the rounding errors of 500 passes over seven features.
          expect(Math.abs(gradient)).toBeLessThan(1e-3);
        }
      });
    }
  });
});

describe.each([
  [8, 1],
  [16, 128],
  [24, 129],
  [16, 300],
])('the prior of rows of %d numbers, %d rows', (width, rows) => {
  const means = draws(rows * width);
  const deviations = draws(rows * width);
  const shared = draws(width);

  function refreshed(from: number, to: number) {
    const bench = new Workbench();
    const featureMeans = bench.floats(rows * width);
    const slot = bench.floats(new Float32Array(width * width + width));
    const scratch = bench.floats(CHUNK * width);
    const x = bench.floats(means);
    const e = bench.floats(grouped(deviations, width));
    const m = bench.floats(shared);
    const args = [x, e, rows, width, m, featureMeans, from, to, slot, scratch];
    bench.call('refreshPrior', args, [featureMeans, slot, scratch]);
    return { featureMeans, squares: slot.slice(0, width * width), sums: slot.slice(width * width) };
  }

  test('is the mean minus the deviation and the shared mean', () => {
    const expected = Array.from(
      means,
      (x, at) => x - (deviations[at] as number) - (shared[at % width] as number),
    );
    // Two subtractions of numbers below 6.
    expectClose(refreshed(0, rows).featureMeans, expected, 2 * 12 * ROUNDOFF, width);
  });

  test('has the sum of the deviations and of their squares', () => {
    const { squares, sums } = refreshed(0, rows);
    const e = Matrix.from1DArray(rows, width, Array.from(deviations));
    const upper = (values: ArrayLike<number>): number[] =>
      Array.from(values).filter((_, at) => at % width >= Math.floor(at / width));
    // Each term is below 25, and the sum of their absolute values is at most twice their number.
    const bound = 2 * rows * (rows + 25) * ROUNDOFF;
    expectClose(upper(squares), upper(e.transpose().mmul(e).to1DArray()), bound);
    expectClose(sums, e.sum('column'), bound);
  });

  test('is refreshed only for the rows of the range', () => {
    const from = Math.floor(rows / 3);
    const { featureMeans } = refreshed(from, rows);
    expect(featureMeans.subarray(0, from * width).every(Number.isNaN)).toBe(true);
    expect(featureMeans.slice(from * width)).toEqual(refreshed(0, rows).featureMeans.slice(from * width));
  });
});
