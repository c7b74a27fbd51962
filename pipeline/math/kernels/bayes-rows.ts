import { GROUP_BYTES } from './bayes-prior';
import { factorise, invertFactor, solve, squareBytes } from './cholesky';
import { addGram, CHUNK } from './gram';
import { addScaled, clear, copy, dot, dotPairs, F32, V128 } from './vector';

/**
 * A symmetric matrix as weights on an upper triangle: the sum of their products is the trace of the product of
 * the two matrices.
 */
function weighUpper(matrix: usize, lanes: i32, weights: usize): void {
  for (let a = 0; a < lanes; a++) {
    for (let b = 0; b < lanes; b++) {
      const at = ((a * lanes + b) as usize) << 2;
      const value = load<f32>(matrix + at);
      store<f32>(weights + at, a < b ? 2 * value : a === b ? value : 0);
    }
  }
}

/**
 * Updates the posterior of rows `from` to `to` of one side, the opposite side being fixed. For a row with
 * ratings r_j and prior mean M = m + f, z_j = [q_j, 1] and t_j = r_j − μ − c_j of its opposites j:
 *
 *     A = Λ/τ + Σ z_j z_jᵀ + diag(Σ C_j),   x = A⁻¹ (ΛM/τ + Σ t_j z_j),   covariance = A⁻¹/τ
 *
 * C_j being the factor variances of the opposites. The bias is the last lane.
 *
 * @param pointers, columns, halves the ratings in half stars, by row.
 * @param means x, rows × lanes: written.
 * @param variances the diagonal of the covariance, rows × lanes: written.
 * @param informed f, rows × lanes.
 * @param deviations x − M, in groups of eight lanes, groups × rows × 8: written.
 * @param rows of this side.
 * @param opposites, oppositeVariances of the opposite side, rows × lanes.
 * @param mean μ, stars. @param tau τ, 1/stars².
 * @param prior Λ/τ, lanes × lanes, symmetric. @param shared m, lanes long.
 * @param slot Σ of the covariances, upper triangle of lanes × lanes; then, as f64, the expected sum of squared
 * errors: both are added to.
 * @param scratch (3 · lanes + CHUNK + 5) · lanes numbers; the first lanes × lanes are left as the upper triangle of
 * A⁻¹ of the last row.
 */
export function updateBayesRows(
  pointers: usize,
  columns: usize,
  halves: usize,
  means: usize,
  variances: usize,
  informed: usize,
  deviations: usize,
  rows: i32,
  opposites: usize,
  oppositeVariances: usize,
  lanes: i32,
  mean: f32,
  tau: f32,
  prior: usize,
  shared: usize,
  from: i32,
  to: i32,
  slot: usize,
  scratch: usize,
): void {
  const row: usize = (lanes as usize) << 2;
  const bias: usize = row - F32;
  const square = squareBytes(lanes);
  const matrix = scratch;
  const inverse = matrix + square;
  const priorMean = inverse + square;
  const pull = priorMean + row;
  const right = pull + row;
  const uncertainty = right + row;
  const gathered = uncertainty + row;
  const weighted = gathered + (CHUNK as usize) * row;
  const noise: f32 = 1 / tau;
  weighUpper(prior, lanes, weighted);
  let squaredError: f64 = 0;
  for (let i = from; i < to; i++) {
    const at = (i as usize) * row;
    copy(matrix, prior, square);
    clear(uncertainty, row);
    for (let lane: usize = 0; lane < row; lane += V128) {
      const known = f32x4.add(v128.load(shared + lane), v128.load(informed + at + lane));
      v128.store(priorMean + lane, known);
    }
    for (let lane: usize = 0, top = prior; lane < row; lane += F32, top += row) {
      store<f32>(pull + lane, dot(top, priorMean, row));
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
        for (let lane: usize = 0; lane < last; lane += V128) {
          const value = v128.load(q + lane);
          v128.store(z + lane, value);
          v128.store(right + lane, f32x4.add(v128.load(right + lane), f32x4.mul(targets, value)));
          v128.store(uncertainty + lane, f32x4.add(v128.load(uncertainty + lane), v128.load(spread + lane)));
        }
        const value = f32x4.replace_lane(v128.load(q + last), 3, 1);
        v128.store(z + last, value);
        v128.store(right + last, f32x4.add(v128.load(right + last), f32x4.mul(targets, value)));
        v128.store(uncertainty + last, f32x4.add(v128.load(uncertainty + last), v128.load(spread + last)));
      }
      squaredTargets += squares as f64;
      addGram(gathered, count, lanes, matrix);
    }
    for (let lane: usize = 0, diagonal = matrix; lane < bias; lane += F32, diagonal += row + F32) {
      store<f32>(diagonal, load<f32>(diagonal) + load<f32>(uncertainty + lane));
    }
    const x = means + at;
    copy(x, right, row);
    factorise(matrix, lanes);
    solve(matrix, lanes, x);
    invertFactor(matrix, lanes, inverse);

    // A⁻¹ = WᵀW; the trace of its product with Λ/τ enters the expected error below.
    clear(matrix, square);
    addGram(inverse, lanes, lanes, matrix);
    const trace = dotPairs(matrix, weighted, square);
    addScaled(slot, noise, matrix, square);
    for (let lane: usize = 0, diagonal = matrix; lane < row; lane += F32, diagonal += row + F32) {
      store<f32>(variances + at + lane, load<f32>(diagonal) * noise);
    }
    // E Σ(t − x·z)² written with what is at hand: x'(Σzz' + ΣC)x = x'Ax − x'(Λ/τ)x.
    const evidence = dot(x, right, row) - dot(x, pull, row);
    let shrinkage: f32 = 0;
    for (let lane: usize = 0, top = prior; lane < row; lane += F32, top += row) {
      shrinkage += load<f32>(x + lane) * dot(top, x, row);
    }
    const explained = dot(x, right, row) - shrinkage - 2 * evidence;
    squaredError +=
      squaredTargets +
      ((load<f32>(uncertainty + bias) + explained + ((lanes as f32) - trace) * noise) as f64);

    for (let lane: usize = 0; lane < row; lane += V128) {
      const group = deviations + (lane / GROUP_BYTES) * (rows as usize) * GROUP_BYTES;
      const out = group + (i as usize) * GROUP_BYTES + (lane & (GROUP_BYTES - 1));
      v128.store(out, f32x4.sub(v128.load(x + lane), v128.load(priorMean + lane)));
    }
  }
  store<f64>(slot + square, load<f64>(slot + square) + squaredError);
}
