import { factorise, invertFactor, solve, squareBytes } from './cholesky.ts';
import { addGram, CHUNK } from './gram.ts';
import { addScaled, dot, dotPairs, F32, V128 } from './vector.ts';

/** Lanes of one group of the deviations: see `learnFeatureWeights`. */
const GROUP_BYTES: usize = 32;

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
 * @param scratch (3 · lanes + CHUNK + 5) · lanes numbers.
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
    memory.copy(matrix, prior, square);
    memory.fill(uncertainty, 0, row);
    for (let lane: usize = 0; lane < row; lane += V128) {
      const known = f32x4.add(v128.load(shared + lane), v128.load(informed + at + lane));
      v128.store(priorMean + lane, known);
    }
    for (let lane: usize = 0, top = prior; lane < row; lane += F32, top += row) {
      store<f32>(pull + lane, dot(top, priorMean, row));
    }
    memory.copy(right, pull, row);
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
    memory.copy(x, right, row);
    factorise(matrix, lanes);
    solve(matrix, lanes, x);
    invertFactor(matrix, lanes, inverse);

    // A⁻¹ = WᵀW; the trace of its product with Λ/τ enters the expected error below.
    memory.fill(matrix, 0, square);
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

/**
 * Takes the learned part of the prior out of rows `from` to `to`: f = x − e − m, and sums up what is left of
 * them.
 *
 * @param means x, rows × lanes. @param deviations e, groups × rows × 8. @param shared m, lanes long.
 * @param informed f, rows × lanes: written.
 * @param slot Σ e eᵀ, upper triangle of lanes × lanes; then Σ e, lanes long: both are added to.
 * @param scratch CHUNK · lanes numbers.
 */
export function refreshPrior(
  means: usize,
  deviations: usize,
  rows: i32,
  lanes: i32,
  shared: usize,
  informed: usize,
  from: i32,
  to: i32,
  slot: usize,
  scratch: usize,
): void {
  const row: usize = (lanes as usize) << 2;
  const sums = slot + squareBytes(lanes);
  for (let first = from; first < to; first += CHUNK) {
    const count = min(CHUNK, to - first);
    for (let i = 0; i < count; i++) {
      const out = scratch + (i as usize) * row;
      const at = ((first + i) as usize) * row;
      for (let lane: usize = 0; lane < row; lane += V128) {
        const group = deviations + (lane / GROUP_BYTES) * (rows as usize) * GROUP_BYTES;
        const e = v128.load(group + ((first + i) as usize) * GROUP_BYTES + (lane & (GROUP_BYTES - 1)));
        v128.store(out + lane, e);
        const known = f32x4.sub(v128.load(means + at + lane), e);
        v128.store(informed + at + lane, f32x4.sub(known, v128.load(shared + lane)));
      }
      addScaled(sums, 1, out, row);
    }
    addGram(scratch, count, lanes, slot);
  }
}

/**
 * One Gauss–Seidel pass of the ridge regression of the deviations e_i = x_i − m − v_i Σ_j w_j on the sets of
 * opposites j, for groups `from` to `to` of eight lanes each; lanes do not depend on each other:
 *
 *     w_j ← (Σ_i v_i e_i + d_j w_j) / (λ + d_j),   d_j = Σ_i v_i² over the rows i that have a rating with j
 *
 * Each group of lanes lies together in memory, so that two threads never write to one cache line.
 *
 * @param pointers, columns for each opposite j the rows i that have a rating with it.
 * @param deviations e, groups × rows × 8: kept up to date.
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
