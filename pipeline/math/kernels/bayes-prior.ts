import { squareBytes } from './cholesky';
import { addGram, CHUNK } from './gram';
import { addScaled, V128 } from './vector';

/** Bytes of one group of eight columns of the deviations: see `learnFeatureWeights`. */
export const GROUP_BYTES: usize = 32;

/**
 * Computes the part of the prior mean that comes from features, f = x − e − m, for rows `from` to `to`, and sums up
 * their deviations.
 *
 * @param means x, rows × width. @param deviations e, groups × rows × 8. @param shared m, width long.
 * @param featureMeans f, rows × width: written.
 * @param slot Σ e eᵀ, upper triangle of width × width; then Σ e, width long: both are added to.
 * @param scratch CHUNK · width numbers.
 */
export function refreshPrior(
  means: usize,
  deviations: usize,
  rows: i32,
  width: i32,
  shared: usize,
  featureMeans: usize,
  from: i32,
  to: i32,
  slot: usize,
  scratch: usize,
): void {
  const row: usize = (width as usize) << 2;
  const sums = slot + squareBytes(width);
  for (let first = from; first < to; first += CHUNK) {
    const count = min(CHUNK, to - first);
    for (let i = 0; i < count; i++) {
      const out = scratch + (i as usize) * row;
      const at = ((first + i) as usize) * row;
      for (let column: usize = 0; column < row; column += V128) {
        const group = deviations + (column / GROUP_BYTES) * (rows as usize) * GROUP_BYTES;
        const e = v128.load(group + ((first + i) as usize) * GROUP_BYTES + (column & (GROUP_BYTES - 1)));
        v128.store(out + column, e);
        const known = f32x4.sub(v128.load(means + at + column), e);
        v128.store(featureMeans + at + column, f32x4.sub(known, v128.load(shared + column)));
      }
      addScaled(sums, 1, out, row);
    }
    addGram(scratch, count, width, slot);
  }
}

/**
 * One Gauss–Seidel pass of the ridge regression with the deviations e_i = x_i − m − v_i Σ_j w_j, where j are the
 * features of row i, for groups `from` to `to` of eight columns each. Columns do not depend on each other:
 *
 *     w_j ← (Σ_i v_i e_i + d_j w_j) / (λ + d_j),   d_j = Σ_i v_i² over the rows i that have feature j
 *
 * Each group of columns is contiguous in memory, so that two threads never write to one cache line.
 *
 * @param pointers, columns for each feature j the rows i that have it.
 * @param deviations e, groups × rows × 8: updated.
 * @param scales v, rows long. @param weights w, groups × features × 8: updated.
 */
export function learnFeatureWeights(
  pointers: usize,
  columns: usize,
  features: i32,
  deviations: usize,
  rows: i32,
  scales: usize,
  weights: usize,
  penalty: f32,
  from: i32,
  to: i32,
  _slot: usize,
  _scratch: usize,
): void {
  for (let group = from; group < to; group++) {
    const e = deviations + (group as usize) * (rows as usize) * GROUP_BYTES;
    const w = weights + (group as usize) * (features as usize) * GROUP_BYTES;
    for (let j = 0; j < features; j++) {
      const first = load<i32>(pointers + ((j as usize) << 2));
      const end = load<i32>(pointers + ((j as usize) << 2), 4);
      if (first === end) continue;
      let low = f32x4.splat(0);
      let high = low;
      let squares: f32 = 0;
      for (let i = first; i < end; i++) {
        const at = load<i32>(columns + ((i as usize) << 2)) as usize;
        const v = load<f32>(scales + (at << 2));
        const vs = f32x4.splat(v);
        squares += v * v;
        low = f32x4.add(low, f32x4.mul(vs, v128.load(e + at * GROUP_BYTES)));
        high = f32x4.add(high, f32x4.mul(vs, v128.load(e + at * GROUP_BYTES, 16)));
      }
      const out = w + (j as usize) * GROUP_BYTES;
      const lowBefore = v128.load(out);
      const highBefore = v128.load(out, 16);
      const ds = f32x4.splat(squares);
      const shrink = f32x4.splat(1 / (penalty + squares));
      const lowAfter = f32x4.mul(shrink, f32x4.add(low, f32x4.mul(ds, lowBefore)));
      const highAfter = f32x4.mul(shrink, f32x4.add(high, f32x4.mul(ds, highBefore)));
      v128.store(out, lowAfter);
      v128.store(out, highAfter, 16);
      const lowChange = f32x4.sub(lowAfter, lowBefore);
      const highChange = f32x4.sub(highAfter, highBefore);
      for (let i = first; i < end; i++) {
        const at = load<i32>(columns + ((i as usize) << 2)) as usize;
        const vs = v128.load32_splat(scales + (at << 2));
        const deviation = e + at * GROUP_BYTES;
        v128.store(deviation, f32x4.sub(v128.load(deviation), f32x4.mul(vs, lowChange)));
        v128.store(deviation, f32x4.sub(v128.load(deviation, 16), f32x4.mul(vs, highChange)), 16);
      }
    }
  }
}
