import { factorise, solve, squareBytes } from './cholesky';
import { addGram, CHUNK } from './gram';
import { addScaled, clear, copy, dotPairs, F32, scale, V128 } from './vector';

/** The target of a rating, minus the bias of the opposite. */
function targetOf(half: usize, factor: f32, shift: f32, q: usize, bias: usize, hasBias: i32): f32 {
  const target: f32 = (load<u8>(half) as f32) * factor + shift;
  return hasBias !== 0 ? target - load<f32>(q + bias) : target;
}

/** z = q; the last column becomes 1 when it is the bias of the opposite. */
function gather(z: usize, q: usize, row: usize, hasBias: i32): void {
  copy(z, q, row);
  if (hasBias !== 0) store<f32>(z + row - F32, 1);
}

/**
 * Solves the regularised least squares of rows `from` to `to` exactly; the opposite side is fixed:
 *
 *     (B + ρ n I + Σ z_j z_jᵀ) x = Σ t_j z_j   over the n ratings j of a row
 *
 * z_j = q_j. When the last column is a bias, z_j = [q_j, 1] and the bias of the opposite is subtracted from t_j.
 *
 * @param pointers, columns, halves the ratings in half stars, by row.
 * @param means x, rows × width: written. @param opposites q, rows × width; width a multiple of 8.
 * @param base B, width × width, symmetric. @param ridge ρ.
 * @param factor, shift t = factor · half stars + shift.
 * @param hasBias 1 when the last column is a bias, else 0.
 * @param scratch (width + CHUNK) · width numbers. Afterwards the first width × width are the factorised matrix of the
 * last row.
 */
export function solveRows(
  pointers: usize,
  columns: usize,
  halves: usize,
  means: usize,
  opposites: usize,
  width: i32,
  base: usize,
  ridge: f32,
  factor: f32,
  shift: f32,
  hasBias: i32,
  from: i32,
  to: i32,
  _slot: usize,
  scratch: usize,
): void {
  const row: usize = (width as usize) << 2;
  const square = squareBytes(width);
  const matrix = scratch;
  const gathered = matrix + square;
  for (let i = from; i < to; i++) {
    const x = means + (i as usize) * row;
    const first = load<i32>(pointers + ((i as usize) << 2));
    const end = load<i32>(pointers + ((i as usize) << 2), 4);
    copy(matrix, base, square);
    clear(x, row);
    for (let start = first; start < end; start += CHUNK) {
      const count = min(CHUNK, end - start);
      let z = gathered;
      for (let j = start; j < start + count; j++, z += row) {
        const q = opposites + (load<i32>(columns + ((j as usize) << 2)) as usize) * row;
        gather(z, q, row, hasBias);
        addScaled(x, targetOf(halves + (j as usize), factor, shift, q, row - F32, hasBias), z, row);
      }
      addGram(gathered, count, width, matrix);
    }
    const weight: f32 = ridge * ((end - first) as f32);
    for (let column = 0, diagonal = matrix; column < width; column++, diagonal += row + F32) {
      store<f32>(diagonal, load<f32>(diagonal) + weight);
    }
    factorise(matrix, width);
    solve(matrix, width, x);
  }
}

/** out = (B + weight I) v for a symmetric B. */
function multiplyBase(out: usize, base: usize, weight: f32, v: usize, row: usize): void {
  scale(out, weight, v, row);
  for (let column: usize = 0, top = base; column < row; column += F32, top += row) {
    addScaled(out, load<f32>(v + column), top, row);
  }
}

/**
 * Improves an approximate solution of the equations of `solveRows` by steps of conjugate gradients. It does not
 * compute the matrix, so it is cheaper than the exact solution when `width` is large.
 *
 * Takács, Pilászy & Tikk, Applications of the Conjugate Gradient Method for Implicit Feedback Collaborative
 * Filtering, RecSys 2011; Hestenes & Stiefel (1952) for the steps.
 *
 * @param means x, rows × width: read and written.
 * @param steps at most this many; fewer when the residual becomes 0.
 * @param scratch (3 + n) · width numbers, where n is the number of ratings in the longest row.
 */
export function improveRows(
  pointers: usize,
  columns: usize,
  halves: usize,
  means: usize,
  opposites: usize,
  width: i32,
  base: usize,
  ridge: f32,
  factor: f32,
  shift: f32,
  hasBias: i32,
  steps: i32,
  from: i32,
  to: i32,
  _slot: usize,
  scratch: usize,
): void {
  const row: usize = (width as usize) << 2;
  const residual = scratch;
  const direction = residual + row;
  const product = direction + row;
  const gathered = product + row;
  for (let i = from; i < to; i++) {
    const x = means + (i as usize) * row;
    const first = load<i32>(pointers + ((i as usize) << 2));
    const count = load<i32>(pointers + ((i as usize) << 2), 4) - first;
    const end = gathered + (count as usize) * row;
    const weight: f32 = ridge * (count as f32);
    multiplyBase(product, base, weight, x, row);
    scale(residual, -1, product, row);
    for (let z = gathered, j = first; z < end; z += row, j++) {
      const q = opposites + (load<i32>(columns + ((j as usize) << 2)) as usize) * row;
      gather(z, q, row, hasBias);
      const target = targetOf(halves + (j as usize), factor, shift, q, row - F32, hasBias);
      addScaled(residual, target - dotPairs(z, x, row), z, row);
    }
    copy(direction, residual, row);
    let squares = dotPairs(residual, residual, row);
    for (let step = 0; step < steps && squares > 1e-12; step++) {
      multiplyBase(product, base, weight, direction, row);
      for (let z = gathered; z < end; z += row) addScaled(product, dotPairs(z, direction, row), z, row);
      const length: f32 = squares / dotPairs(direction, product, row);
      addScaled(x, length, direction, row);
      addScaled(residual, -length, product, row);
      const before = squares;
      squares = dotPairs(residual, residual, row);
      const keep = f32x4.splat(squares / before);
      for (let column: usize = 0; column < row; column += V128) {
        const turned = f32x4.mul(keep, v128.load(direction + column));
        v128.store(direction + column, f32x4.add(v128.load(residual + column), turned));
      }
    }
  }
}
