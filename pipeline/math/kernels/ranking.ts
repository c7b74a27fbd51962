import { dot, F32, V128 } from './vector';

/**
 * scores = Q x, four rows at a time.
 *
 * @param rows Q, count × width, row-major; width a multiple of 4. @param vector x, width long.
 * @param scores count long.
 */
export function scoreRows(rows: usize, count: i32, width: i32, vector: usize, scores: usize): void {
  const row: usize = (width as usize) << 2;
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const q0 = rows + (i as usize) * row;
    const q1 = q0 + row;
    const q2 = q1 + row;
    const q3 = q2 + row;
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    for (let at: usize = 0; at < row; at += V128) {
      const x = v128.load(vector + at);
      a = f32x4.add(a, f32x4.mul(x, v128.load(q0 + at)));
      b = f32x4.add(b, f32x4.mul(x, v128.load(q1 + at)));
      c = f32x4.add(c, f32x4.mul(x, v128.load(q2 + at)));
      d = f32x4.add(d, f32x4.mul(x, v128.load(q3 + at)));
    }
    // Sums the lanes of four registers at once, each in the order of `sumLanes`.
    const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 2, 4, 6), v128.shuffle<f32>(a, b, 1, 3, 5, 7));
    const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 2, 4, 6), v128.shuffle<f32>(c, d, 1, 3, 5, 7));
    const sums = f32x4.add(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7));
    v128.store(scores + ((i as usize) << 2), sums);
  }
  for (; i < count; i++) {
    store<f32>(scores + ((i as usize) << 2), dot(rows + (i as usize) * row, vector, row));
  }
}

/**
 * The scores of some rows, bit for bit equal to those of `scoreRows`.
 *
 * @param positions of the rows, count long. @param scores count long, in the order of the positions.
 */
export function scoreSomeRows(
  rows: usize,
  positions: usize,
  count: i32,
  width: i32,
  vector: usize,
  scores: usize,
): void {
  const row: usize = (width as usize) << 2;
  for (let i = 0; i < count; i++) {
    const at = (i as usize) << 2;
    store<f32>(scores + at, dot(rows + (load<i32>(positions + at) as usize) * row, vector, row));
  }
}

/**
 * The positions of all scores that are at least `least`, ascending. Four scores are compared at a time.
 *
 * @param scores count long, followed by three arbitrary numbers; NaN is never selected.
 * @param positions count long: the positions found are written.
 * @returns the number of positions found.
 */
export function positionsFrom(scores: usize, count: i32, least: f32, positions: usize): i32 {
  const bars = f32x4.splat(least);
  let found = 0;
  for (let i = 0; i < count; i += 4) {
    if (!v128.any_true(f32x4.ge(v128.load(scores + ((i as usize) << 2)), bars))) continue;
    for (let position = i; position < min(i + 4, count); position++) {
      if (!(load<f32>(scores + ((position as usize) << 2)) >= least)) continue;
      store<i32>(positions + ((found as usize) << 2), position);
      found++;
    }
  }
  return found;
}

/**
 * The positions of the k largest scores, largest first; of equal scores the earlier position first. Four scores at a
 * time are compared with the smallest in the list so far, and nearly all are skipped.
 *
 * @param scores count long, followed by three arbitrary numbers; −Infinity and NaN are never selected.
 * @param positions, values k long: written.
 * @returns the number of positions found.
 */
export function topK(scores: usize, count: i32, k: i32, positions: usize, values: usize): i32 {
  if (k < 1) return 0;
  let length = 0;
  let bar: f32 = -Infinity;
  let bars = f32x4.splat(bar);
  for (let i = 0; i < count; i += 4) {
    if (!v128.any_true(f32x4.gt(v128.load(scores + ((i as usize) << 2)), bars))) continue;
    for (let position = i; position < min(i + 4, count); position++) {
      const score = load<f32>(scores + ((position as usize) << 2));
      if (!(score > bar)) continue;
      let at = (length < k ? length++ : k - 1) as usize;
      for (; at > 0 && load<f32>(values + ((at - 1) << 2)) < score; at--) {
        store<f32>(values + (at << 2), load<f32>(values + ((at - 1) << 2)));
        store<i32>(positions + (at << 2), load<i32>(positions + ((at - 1) << 2)));
      }
      store<f32>(values + (at << 2), score);
      store<i32>(positions + (at << 2), position);
      if (length === k) {
        bar = load<f32>(values + ((k - 1) as usize) * F32);
        bars = f32x4.splat(bar);
      }
    }
  }
  return length;
}
