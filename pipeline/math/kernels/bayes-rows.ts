import { GROUP_BYTES } from './bayes-prior';
import { factorise, invertFactor, solve, squareBytes } from './cholesky';
import { addGram, CHUNK } from './gram';
import { addScaled, clear, copy, dot, dotPairs, F32, V128 } from './vector';

/**
 * Weights for an upper triangle: the sum of their products with that of another symmetric matrix is the trace of the
 * product of both matrices.
 */
function weighUpper(matrix: usize, width: i32, weights: usize): void {
  for (let a = 0; a < width; a++) {
    for (let b = 0; b < width; b++) {
      const at = ((a * width + b) as usize) << 2;
      const value = load<f32>(matrix + at);
      store<f32>(weights + at, a < b ? 2 * value : a === b ? value : 0);
    }
  }
}

/**
 * Updates the posterior of rows `from` to `to` of one side; the opposite side is fixed. A row has ratings r_j of
 * opposites j with factors q_j and bias c_j, and the prior mean M = m + f. With z_j = [q_j, 1] and t_j = r_j − μ − c_j:
 *
 *     A = Λ/τ + Σ z_j z_jᵀ + diag(Σ C_j),   x = A⁻¹ (ΛM/τ + Σ t_j z_j),   covariance = A⁻¹/τ
 *
 * C_j are the variances of the factors of opposite j. The bias is the last column.
 *
 * @param pointers, columns, halves the ratings in half stars, by row.
 * @param means x, rows × width: written.
 * @param variances the diagonal of the covariance, rows × width: written.
 * @param featureMeans f, rows × width.
 * @param deviations x − M, in groups of eight columns, groups × rows × 8: written.
 * @param rows number of rows of this side.
 * @param opposites, oppositeVariances of the opposite side, rows × width.
 * @param mean μ, stars. @param tau τ, 1/stars².
 * @param prior Λ/τ, width × width, symmetric. @param shared m, width long.
 * @param slot Σ of the covariances, upper triangle of width × width; then, as f64, the expected sum of squared
 * errors: both are added to.
 * @param scratch (3 · width + CHUNK + 5) · width numbers. Afterwards the first width × width are the upper triangle of
 * A⁻¹ of the last row.
 */
export function updateBayesRows(
  pointers: usize,
  columns: usize,
  halves: usize,
  means: usize,
  variances: usize,
  featureMeans: usize,
  deviations: usize,
  rows: i32,
  opposites: usize,
  oppositeVariances: usize,
  width: i32,
  mean: f32,
  tau: f32,
  prior: usize,
  shared: usize,
  from: i32,
  to: i32,
  slot: usize,
  scratch: usize,
): void {
  const row: usize = (width as usize) << 2;
  const bias: usize = row - F32;
  const square = squareBytes(width);
  const matrix = scratch;
  const inverse = matrix + square;
  const priorMean = inverse + square;
  const pull = priorMean + row;
  const right = pull + row;
  const uncertainty = right + row;
  const gathered = uncertainty + row;
  const weighted = gathered + (CHUNK as usize) * row;
  const noise: f32 = 1 / tau;
  weighUpper(prior, width, weighted);
  let squaredError: f64 = 0;
  for (let i = from; i < to; i++) {
    const at = (i as usize) * row;
    copy(matrix, prior, square);
    clear(uncertainty, row);
    for (let column: usize = 0; column < row; column += V128) {
      const known = f32x4.add(v128.load(shared + column), v128.load(featureMeans + at + column));
      v128.store(priorMean + column, known);
    }
    for (let column: usize = 0, top = prior; column < row; column += F32, top += row) {
      store<f32>(pull + column, dot(top, priorMean, row));
    }
    copy(right, pull, row);
    let squaredTargets: f64 = 0;
    const end = load<i32>(pointers + ((i as usize) << 2), 4);
    for (let first = load<i32>(pointers + ((i as usize) << 2)); first < end; first += CHUNK) {
      const count = min(CHUNK, end - first);
      let squares: f32 = 0;
      let z = gathered;
      for (let j = first; j < first + count; j++, z += row) {
        const other = (load<i32>(columns + ((j as usize) << 2)) as usize) * row;
        const q = opposites + other;
        const spread = oppositeVariances + other;
        const target: f32 = (load<u8>(halves + (j as usize)) as f32) * 0.5 - mean - load<f32>(q + bias);
        squares += target * target;
        const targets = f32x4.splat(target);
        const last = row - V128;
        for (let column: usize = 0; column < last; column += V128) {
          const value = v128.load(q + column);
          v128.store(z + column, value);
          v128.store(right + column, f32x4.add(v128.load(right + column), f32x4.mul(targets, value)));
          v128.store(
            uncertainty + column,
            f32x4.add(v128.load(uncertainty + column), v128.load(spread + column)),
          );
        }
        const value = f32x4.replace_lane(v128.load(q + last), 3, 1);
        v128.store(z + last, value);
        v128.store(right + last, f32x4.add(v128.load(right + last), f32x4.mul(targets, value)));
        v128.store(uncertainty + last, f32x4.add(v128.load(uncertainty + last), v128.load(spread + last)));
      }
      squaredTargets += squares as f64;
      addGram(gathered, count, width, matrix);
    }
    for (let column: usize = 0, diagonal = matrix; column < bias; column += F32, diagonal += row + F32) {
      store<f32>(diagonal, load<f32>(diagonal) + load<f32>(uncertainty + column));
    }
    const x = means + at;
    copy(x, right, row);
    factorise(matrix, width);
    solve(matrix, width, x);
    invertFactor(matrix, width, inverse);

    // A⁻¹ = WᵀW. The trace of its product with Λ/τ is part of the expected error below.
    clear(matrix, square);
    addGram(inverse, width, width, matrix);
    const trace = dotPairs(matrix, weighted, square);
    addScaled(slot, noise, matrix, square);
    for (let column: usize = 0, diagonal = matrix; column < row; column += F32, diagonal += row + F32) {
      store<f32>(variances + at + column, load<f32>(diagonal) * noise);
    }
    // E Σ(t − x·z)², with x'(Σzz' + ΣC)x = x'Ax − x'(Λ/τ)x.
    const evidence = dot(x, right, row) - dot(x, pull, row);
    let shrinkage: f32 = 0;
    for (let column: usize = 0, top = prior; column < row; column += F32, top += row) {
      shrinkage += load<f32>(x + column) * dot(top, x, row);
    }
    const explained = dot(x, right, row) - shrinkage - 2 * evidence;
    squaredError +=
      squaredTargets +
      ((load<f32>(uncertainty + bias) + explained + ((width as f32) - trace) * noise) as f64);

    for (let column: usize = 0; column < row; column += V128) {
      const group = deviations + (column / GROUP_BYTES) * (rows as usize) * GROUP_BYTES;
      const out = group + (i as usize) * GROUP_BYTES + (column & (GROUP_BYTES - 1));
      v128.store(out, f32x4.sub(v128.load(x + column), v128.load(priorMean + column)));
    }
  }
  store<f64>(slot + square, load<f64>(slot + square) + squaredError);
}
