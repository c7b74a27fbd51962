import { Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { drawRatings, draws } from './draws.ts';
import { expectClose, ROUNDOFF } from './precision.ts';
import { Workbench } from './workbench.ts';

const GROUP = 8;
const CHUNK = 128;
const PENALTY = 0.9;

/** rows × lanes as groups of eight lanes, groups × rows × 8. */
function grouped(values: Float32Array, lanes: number): Float32Array {
  const rows = values.length / lanes;
  const out = new Float32Array(values.length);
  values.forEach((value, at) => {
    const [row, lane] = [Math.floor(at / lanes), at % lanes];
    out[(Math.floor(lane / GROUP) * rows + row) * GROUP + (lane % GROUP)] = value;
  });
  return out;
}

describe.each([8, 16, 24])('what features say, in %d lanes', (lanes) => {
  const ROWS = 40;
  /** Rows by feature, one of which no row has. */
  const LENGTHS = [3, 0, 40, 1, 17, 8, 25];
  const rowsByFeature = drawRatings(LENGTHS, ROWS);
  const scales = draws(ROWS).map(Math.abs);
  const deviations = draws(ROWS * lanes);
  const weights = draws(LENGTHS.length * lanes, 0.1);

  function learned(from: number, to: number) {
    const bench = new Workbench();
    const e = bench.floats(grouped(deviations, lanes));
    const w = bench.floats(grouped(weights, lanes));
    const pointers = bench.integers(rowsByFeature.pointers);
    const columns = bench.integers(rowsByFeature.columns);
    const v = bench.floats(scales);
    const args = [pointers, columns, LENGTHS.length, e, ROWS, v, w, PENALTY];
    bench.call('learnFeatureWeights', [...args, from, to, 0, 0], [e, w]);
    return { e, w };
  }

  test('is one pass of Gauss–Seidel as it is written', () => {
    const e = Array.from({ length: ROWS }, (_, i) =>
      Array.from(deviations.subarray(i * lanes, (i + 1) * lanes)),
    );
    const w = LENGTHS.map((_, j) => Array.from(weights.subarray(j * lanes, (j + 1) * lanes)));
    w.forEach((row, j) => {
      const [first, end] = [rowsByFeature.pointers[j], rowsByFeature.pointers[j + 1]];
      const members = Array.from(rowsByFeature.columns.subarray(first, end));
      const d = members.reduce((sum, i) => sum + (scales[i] as number) ** 2, 0);
      row.forEach((before, lane) => {
        const pull = members.reduce((sum, i) => sum + (scales[i] as number) * (e[i]?.[lane] as number), 0);
        const after = members.length === 0 ? before : (pull + d * before) / (PENALTY + d);
        row[lane] = after;
        for (const i of members) {
          (e[i] as number[])[lane] = (e[i]?.[lane] as number) - (scales[i] as number) * (after - before);
        }
      });
    });
    const { e: actual, w: actualWeights } = learned(0, lanes / GROUP);
    // Up to 40 terms, none above 10, a few times over.
    const bound = 10 * 40 * LENGTHS.length * ROUNDOFF;
    expectClose(actualWeights, grouped(Float32Array.from(w.flat()), lanes), bound, GROUP);
    expectClose(actual, grouped(Float32Array.from(e.flat()), lanes), bound, GROUP);
  });

  test('is learned lane by lane, so that groups do not depend on each other', () => {
    const whole = learned(0, lanes / GROUP);
    const last = learned(lanes / GROUP - 1, lanes / GROUP);
    const from = (values: Float32Array, rows: number): Float32Array => values.slice((lanes - GROUP) * rows);
    expect(from(last.e, ROWS)).toEqual(from(whole.e, ROWS));
    expect(from(last.w, LENGTHS.length)).toEqual(from(whole.w, LENGTHS.length));
    expect(last.e.slice(0, (lanes - GROUP) * ROWS)).toEqual(
      grouped(deviations, lanes).slice(0, (lanes - GROUP) * ROWS),
    );
  });

  test('does not change any more once the regression is solved', () => {
    const bench = new Workbench();
    const e = bench.floats(grouped(deviations, lanes));
    const w = bench.floats(grouped(weights, lanes));
    const pointers = bench.integers(rowsByFeature.pointers);
    const columns = bench.integers(rowsByFeature.columns);
    const v = bench.floats(scales);
    const args = [pointers, columns, LENGTHS.length, e, ROWS, v, w, PENALTY, 0, lanes / GROUP, 0, 0];
    for (let pass = 0; pass < 500; pass++) bench.call('learnFeatureWeights', args, [e, w]);
    // The gradient of ½ Σ e² + ½ λ Σ w² is zero where the regression is solved.
    for (let group = 0; group < lanes / GROUP; group++) {
      LENGTHS.forEach((length, j) => {
        for (let lane = 0; length > 0 && lane < GROUP; lane++) {
          let gradient = -PENALTY * (w[(group * LENGTHS.length + j) * GROUP + lane] as number);
          for (
            let at = rowsByFeature.pointers[j] as number;
            at < (rowsByFeature.pointers[j + 1] as number);
            at++
          ) {
            const i = rowsByFeature.columns[at] as number;
            gradient += (scales[i] as number) * (e[(group * ROWS + i) * GROUP + lane] as number);
          }
          // 500 passes over seven features leave their rounding on each deviation.
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
])('the prior of rows of %d lanes, %d rows', (lanes, rows) => {
  const means = draws(rows * lanes);
  const deviations = draws(rows * lanes);
  const shared = draws(lanes);

  function refreshed(from: number, to: number) {
    const bench = new Workbench();
    const informed = bench.floats(rows * lanes);
    const slot = bench.floats(new Float32Array(lanes * lanes + lanes));
    const scratch = bench.floats(CHUNK * lanes);
    const x = bench.floats(means);
    const e = bench.floats(grouped(deviations, lanes));
    const m = bench.floats(shared);
    const args = [x, e, rows, lanes, m, informed, from, to, slot, scratch];
    bench.call('refreshPrior', args, [informed, slot, scratch]);
    return { informed, squares: slot.slice(0, lanes * lanes), sums: slot.slice(lanes * lanes) };
  }

  test('is what deviations and the shared mean leave', () => {
    const expected = Array.from(
      means,
      (x, at) => x - (deviations[at] as number) - (shared[at % lanes] as number),
    );
    // Two subtractions of numbers below 6.
    expectClose(refreshed(0, rows).informed, expected, 2 * 12 * ROUNDOFF, lanes);
  });

  test('comes with the sum of the deviations and of their squares', () => {
    const { squares, sums } = refreshed(0, rows);
    const e = Matrix.from1DArray(rows, lanes, Array.from(deviations));
    const upper = (values: ArrayLike<number>): number[] =>
      Array.from(values).filter((_, at) => at % lanes >= Math.floor(at / lanes));
    // Each of so many terms is below 25, and their absolute values come to no more than two times their number.
    const bound = 2 * rows * (rows + 25) * ROUNDOFF;
    expectClose(upper(squares), upper(e.transpose().mmul(e).to1DArray()), bound);
    expectClose(sums, e.sum('column'), bound);
  });

  test('is refreshed for the rows of the range alone', () => {
    const from = Math.floor(rows / 3);
    const { informed } = refreshed(from, rows);
    expect(informed.subarray(0, from * lanes).every(Number.isNaN)).toBe(true);
    expect(informed.slice(from * lanes)).toEqual(refreshed(0, rows).informed.slice(from * lanes));
  });
});
