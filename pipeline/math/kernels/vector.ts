/** Bytes of one number. */
export const F32: usize = 4;
/** Bytes of one SIMD register: four numbers. */
export const V128: usize = 16;

/** The sum of the four lanes, in a fixed order. */
export function sumLanes(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) +
    f32x4.extract_lane(v, 1) +
    (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

/** a · b over `bytes` bytes, a multiple of 16. */
export function dot(a: usize, b: usize, bytes: usize): f32 {
  let sum = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += V128) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(a + at), v128.load(b + at)));
  }
  return sumLanes(sum);
}

/** a · b over `bytes` bytes, a multiple of 32, as two independent sums. */
export function dotPairs(a: usize, b: usize, bytes: usize): f32 {
  let even = f32x4.splat(0);
  let odd = even;
  for (let at: usize = 0; at < bytes; at += 2 * V128) {
    even = f32x4.add(even, f32x4.mul(v128.load(a + at), v128.load(b + at)));
    odd = f32x4.add(odd, f32x4.mul(v128.load(a + at, 16), v128.load(b + at, 16)));
  }
  return sumLanes(f32x4.add(even, odd));
}

/** out += factor · a over `bytes` bytes, a multiple of 16. */
export function addScaled(out: usize, factor: f32, a: usize, bytes: usize): void {
  const factors = f32x4.splat(factor);
  for (let at: usize = 0; at < bytes; at += V128) {
    v128.store(out + at, f32x4.add(v128.load(out + at), f32x4.mul(factors, v128.load(a + at))));
  }
}

/** out = factor · a over `bytes` bytes, a multiple of 16. */
export function scale(out: usize, factor: f32, a: usize, bytes: usize): void {
  const factors = f32x4.splat(factor);
  for (let at: usize = 0; at < bytes; at += V128) {
    v128.store(out + at, f32x4.mul(factors, v128.load(a + at)));
  }
}

/**
 * out = a over `bytes` bytes, a multiple of 16. Rows are short: the call of a bulk instruction takes longer than these
 * stores. It also checks bounds by a memory size that may be out of date in a thread.
 */
export function copy(out: usize, a: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += V128) v128.store(out + at, v128.load(a + at));
}

/** out = 0 over `bytes` bytes, a multiple of 16. */
export function clear(out: usize, bytes: usize): void {
  const zero = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += V128) v128.store(out + at, zero);
}
