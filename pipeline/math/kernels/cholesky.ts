import { addScaled, clear, dot, F32, V128 } from './vector';

/** The smallest pivot, as a part of the diagonal of A. A smaller one is a rounding error, and may be 0 or negative. */
const LEAST_PART: f32 = 1e-6;
/** The divisor when the diagonal of A is 0. */
const LEAST_DIAGONAL: f32 = 1e-30;

/**
 * Replaces the upper triangle of A by U, where A = UᵀU. Numbers below the diagonal are not read, and are undefined
 * afterwards. Eight numbers of a row are summed in registers over all rows above:
 * U_jr = (A_jr − Σ_k<j U_kj U_kr) / U_jj.
 *
 * A row whose pivot is a rounding error depends linearly on the rows above it. Only its diagonal is kept: dividing by
 * the pivot would multiply rounding errors from row to row.
 *
 * Golub & Van Loan, Matrix Computations, 4th ed., section 4.2.
 *
 * @param matrix A, size × size, row-major, symmetric positive definite.
 * @param size a multiple of 8.
 */
export function factorise(matrix: usize, size: i32): void {
  const row: usize = (size as usize) << 2;
  for (let j = 0, top = matrix, at: usize = 0; j < size; j++, top += row, at += F32) {
    const first: usize = at & ~31;
    const diagonal = load<f32>(top + at);
    let negligible = false;
    let scales = f32x4.splat(0);
    for (let block: usize = first; block < row; block += 2 * V128) {
      let left = v128.load(top + block);
      let right = v128.load(top + block, 16);
      for (let above = matrix; above < top; above += row) {
        const weight = v128.load32_splat(above + at);
        left = f32x4.sub(left, f32x4.mul(weight, v128.load(above + block)));
        right = f32x4.sub(right, f32x4.mul(weight, v128.load(above + block, 16)));
      }
      if (block === first) {
        const least = max(diagonal * LEAST_PART, LEAST_DIAGONAL);
        v128.store(top + block, left);
        v128.store(top + block, right, 16);
        const pivot = load<f32>(top + at);
        negligible = pivot < least;
        scales = f32x4.splat(negligible ? 0 : 1 / Mathf.sqrt(pivot));
      }
      v128.store(top + block, f32x4.mul(scales, left));
      v128.store(top + block, f32x4.mul(scales, right), 16);
    }
    if (negligible) store<f32>(top + at, Mathf.sqrt(max(diagonal, LEAST_DIAGONAL)));
  }
}

/**
 * Solves UᵀU x = b in place.
 *
 * @param factor U as `factorise` leaves it.
 * @param vector b, replaced by x.
 */
export function solve(factor: usize, size: i32, vector: usize): void {
  const row: usize = (size as usize) << 2;
  for (let i = 0; i < size; i++) {
    const at: usize = (i as usize) << 2;
    const top = factor + (i as usize) * row;
    const value: f32 = load<f32>(vector + at) / load<f32>(top + at);
    let next = at + F32;
    for (; next < row && (next & 15) !== 0; next += F32) {
      store<f32>(vector + next, load<f32>(vector + next) - value * load<f32>(top + next));
    }
    addScaled(vector + next, -value, top + next, row - next);
    store<f32>(vector + at, value);
  }
  for (let i = size - 1; i >= 0; i--) {
    const at: usize = (i as usize) << 2;
    const top = factor + (i as usize) * row;
    let value = load<f32>(vector + at);
    let next = at + F32;
    for (; next < row && (next & 15) !== 0; next += F32) {
      value -= load<f32>(vector + next) * load<f32>(top + next);
    }
    store<f32>(vector + at, (value - dot(vector + next, top + next, row - next)) / load<f32>(top + at));
  }
}

/**
 * Inverts the triangular factor: W = U⁻ᵀ is lower triangular, and (UᵀU)⁻¹ = WᵀW is the Gram matrix of its rows.
 * W_ir = (δ_ir − Σ_k<i U_ki W_kr) / U_ii.
 *
 * @param factor U as `factorise` leaves it.
 * @param inverse W, size × size: written, zeros above the diagonal.
 */
export function invertFactor(factor: usize, size: i32, inverse: usize): void {
  const row: usize = (size as usize) << 2;
  for (let i = 0, at: usize = 0; i < size; i++, at += F32) {
    const out = inverse + (i as usize) * row;
    const below = factor + (i as usize) * row;
    const scales = f32x4.splat(1 / load<f32>(below + at));
    clear(out, row);
    store<f32>(out + at, 1);
    for (let block: usize = 0; block <= at; block += 2 * V128) {
      let left = v128.load(out + block);
      let right = v128.load(out + block, 16);
      // Rows before the block have zeros in it.
      let w = inverse + (block >> 2) * row + block;
      for (let u = factor + (block >> 2) * row + at; u < below; u += row, w += row) {
        const weight = v128.load32_splat(u);
        left = f32x4.sub(left, f32x4.mul(weight, v128.load(w)));
        right = f32x4.sub(right, f32x4.mul(weight, v128.load(w, 16)));
      }
      v128.store(out + block, f32x4.mul(scales, left));
      v128.store(out + block, f32x4.mul(scales, right), 16);
    }
  }
}

/** Bytes of a matrix of `width` × `width` numbers. */
export function squareBytes(width: i32): usize {
  return (width as usize) * (width as usize) * F32;
}
