import { V128 } from './vector';

/**
 * Upper bounds of the products of rows q_i with a vector x, four rows at a time. Rows and vector are quantised to
 * one-byte integers n_i and m with scales s_i and t:
 *
 *     q_i · x ≤ s_i t (n_i · m) + |q_i − s_i n_i| |x| + |s_i n_i| |x − t m|
 *
 * @param codes n, count × width, −127 to 127; count a multiple of 4, width of 16.
 * @param offsets 64 times the sum of each row of n. @param scales s. @param residuals |q_i − s_i n_i|.
 * @param norms |s_i n_i|. @param vector m + 64, width long, 1 to 127: the instruction accepts no negative numbers here.
 * @param step t. @param length |x|. @param residual |x − t m|.
 * @param ceilings count long: written.
 */
export function ceilingsOfRows(
  codes: usize,
  count: i32,
  width: i32,
  offsets: usize,
  scales: usize,
  residuals: usize,
  norms: usize,
  vector: usize,
  step: f32,
  length: f32,
  residual: f32,
  ceilings: usize,
): void {
  const row = width as usize;
  const steps = f32x4.splat(step);
  const lengths = f32x4.splat(length);
  const rest = f32x4.splat(residual);
  for (let i = 0; i < count; i += 4) {
    const n0 = codes + (i as usize) * row;
    const n1 = n0 + row;
    const n2 = n1 + row;
    const n3 = n2 + row;
    let a = i32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    for (let at: usize = 0; at < row; at += V128) {
      const m = v128.load(vector + at);
      a = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(n0 + at), m, a);
      b = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(n1 + at), m, b);
      c = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(n2 + at), m, c);
      d = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(n3 + at), m, d);
    }
    const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
    const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
    const sums = i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
    const at = (i as usize) << 2;
    const product = f32x4.convert_i32x4_s(i32x4.sub(sums, v128.load(offsets + at)));
    const near = f32x4.mul(f32x4.mul(product, steps), v128.load(scales + at));
    const left = f32x4.mul(v128.load(residuals + at), lengths);
    const leftOfVector = f32x4.mul(v128.load(norms + at), rest);
    v128.store(ceilings + at, f32x4.add(near, f32x4.add(left, leftOfVector)));
  }
}
