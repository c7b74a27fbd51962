import { sumLanes } from './vector';

/**
 * One stratum of an epoch of stochastic gradient descent: blocks `from` to `to`. No two blocks share a user or a movie,
 * so they may run in parallel. For a rating r of user u and movie i, with e = r − (μ + b_u + b_i + p·q), where all
 * values on the right are those before the step:
 *
 *     b_u += γ(e − λb_u),  b_i += γ(e − λb_i),  p += γ(eq − λp),  q += γ(ep − λq)
 *
 * Koren, Bell & Volinsky (2009); Gemulla et al., Large-Scale Matrix Factorization with Distributed Stochastic
 * Gradient Descent, KDD 2011, for the strata.
 *
 * @param users, movies, halves row of the user, row of the movie and half stars of each rating, block after
 * block. @param blocks offsets of the blocks, side² + 1 of them.
 * @param side number of blocks on each side. @param stratum number of the diagonal, below `side`.
 * @param userFactors, movieFactors rows × width, width a multiple of 16. @param userBiases, movieBiases rows.
 * @param mean μ. @param rate γ. @param penalty λ.
 */
export function descend(
  users: usize,
  movies: usize,
  halves: usize,
  blocks: usize,
  side: i32,
  stratum: i32,
  userFactors: usize,
  movieFactors: usize,
  userBiases: usize,
  movieBiases: usize,
  width: i32,
  mean: f32,
  rate: f32,
  penalty: f32,
  from: i32,
  to: i32,
  _slot: usize,
  _scratch: usize,
): void {
  const row: usize = (width as usize) << 2;
  const decay: f32 = 1 - rate * penalty;
  const decays = f32x4.splat(decay);
  for (let block = from; block < to; block++) {
    const index = (block * side + ((block + stratum) % side)) as usize;
    const end = load<i32>(blocks + (index << 2), 4) as usize;
    for (let j = load<i32>(blocks + (index << 2)) as usize; j < end; j++) {
      const user = load<i32>(users + (j << 2)) as usize;
      const movie = load<i32>(movies + (j << 2)) as usize;
      const p = userFactors + user * row;
      const q = movieFactors + movie * row;
      let sum0 = f32x4.splat(0);
      let sum1 = sum0;
      let sum2 = sum0;
      let sum3 = sum0;
      for (let at: usize = 0; at < row; at += 64) {
        sum0 = f32x4.add(sum0, f32x4.mul(v128.load(p + at), v128.load(q + at)));
        sum1 = f32x4.add(sum1, f32x4.mul(v128.load(p + at, 16), v128.load(q + at, 16)));
        sum2 = f32x4.add(sum2, f32x4.mul(v128.load(p + at, 32), v128.load(q + at, 32)));
        sum3 = f32x4.add(sum3, f32x4.mul(v128.load(p + at, 48), v128.load(q + at, 48)));
      }
      const match = sumLanes(f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3)));
      const userBias = load<f32>(userBiases + (user << 2));
      const movieBias = load<f32>(movieBiases + (movie << 2));
      const error: f32 = (load<u8>(halves + j) as f32) * 0.5 - (mean + userBias + movieBias + match);
      const step: f32 = rate * error;
      store<f32>(userBiases + (user << 2), decay * userBias + step);
      store<f32>(movieBiases + (movie << 2), decay * movieBias + step);
      const steps = f32x4.splat(step);
      for (let at: usize = 0; at < row; at += 32) {
        const p0 = v128.load(p + at);
        const q0 = v128.load(q + at);
        const p1 = v128.load(p + at, 16);
        const q1 = v128.load(q + at, 16);
        v128.store(p + at, f32x4.add(f32x4.mul(p0, decays), f32x4.mul(q0, steps)));
        v128.store(q + at, f32x4.add(f32x4.mul(q0, decays), f32x4.mul(p0, steps)));
        v128.store(p + at, f32x4.add(f32x4.mul(p1, decays), f32x4.mul(q1, steps)), 16);
        v128.store(q + at, f32x4.add(f32x4.mul(q1, decays), f32x4.mul(p1, steps)), 16);
      }
    }
  }
}
