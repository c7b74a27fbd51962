import { V128 } from './vector';

/** Rows that are gathered before their Gram matrix is added. They fit into the first-level cache. */
export const CHUNK: i32 = 128;

/**
 * matrix += ZᵀZ. Tiles of 4 × 8 entries are summed in registers. Afterwards only the upper triangle with the diagonal
 * is defined.
 *
 * @param rows Z, row-major, count × width, packed.
 * @param width columns of Z, a multiple of 8.
 * @param matrix width × width.
 */
export function addGram(rows: usize, count: i32, width: i32, matrix: usize): void {
  const row: usize = (width as usize) << 2;
  const end = rows + (count as usize) * row;
  for (let a: usize = 0; a < row; a += V128) {
    for (let b: usize = a & ~31; b < row; b += 2 * V128) {
      let sum00 = f32x4.splat(0);
      let sum01 = sum00;
      let sum10 = sum00;
      let sum11 = sum00;
      let sum20 = sum00;
      let sum21 = sum00;
      let sum30 = sum00;
      let sum31 = sum00;
      for (let z = rows; z < end; z += row) {
        const left = v128.load(z + b);
        const right = v128.load(z + b, 16);
        let value = v128.load32_splat(z + a);
        sum00 = f32x4.add(sum00, f32x4.mul(value, left));
        sum01 = f32x4.add(sum01, f32x4.mul(value, right));
        value = v128.load32_splat(z + a, 4);
        sum10 = f32x4.add(sum10, f32x4.mul(value, left));
        sum11 = f32x4.add(sum11, f32x4.mul(value, right));
        value = v128.load32_splat(z + a, 8);
        sum20 = f32x4.add(sum20, f32x4.mul(value, left));
        sum21 = f32x4.add(sum21, f32x4.mul(value, right));
        value = v128.load32_splat(z + a, 12);
        sum30 = f32x4.add(sum30, f32x4.mul(value, left));
        sum31 = f32x4.add(sum31, f32x4.mul(value, right));
      }
      let out = matrix + (a >> 2) * row + b;
      v128.store(out, f32x4.add(v128.load(out), sum00));
      v128.store(out, f32x4.add(v128.load(out, 16), sum01), 16);
      out += row;
      v128.store(out, f32x4.add(v128.load(out), sum10));
      v128.store(out, f32x4.add(v128.load(out, 16), sum11), 16);
      out += row;
      v128.store(out, f32x4.add(v128.load(out), sum20));
      v128.store(out, f32x4.add(v128.load(out, 16), sum21), 16);
      out += row;
      v128.store(out, f32x4.add(v128.load(out), sum30));
      v128.store(out, f32x4.add(v128.load(out, 16), sum31), 16);
    }
  }
}

/**
 * Adds the Gram matrix of rows `from` to `to` to the slot.
 *
 * @param rows rows × width.
 * @param slot width × width.
 */
export function gramRows(rows: usize, width: i32, from: i32, to: i32, slot: usize, _scratch: usize): void {
  const row: usize = (width as usize) << 2;
  for (let first = from; first < to; first += CHUNK) {
    addGram(rows + (first as usize) * row, min(CHUNK, to - first), width, slot);
  }
}
