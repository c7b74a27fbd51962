/**
 * Numbers in half precision (IEEE 754 binary16): 11 significant bits, largest 65,504. Node 22 has no type for them.
 */

const bits = new Uint32Array(1);
const number = new Float32Array(bits.buffer);

/** Rounds to half precision, ties to even, and returns the 16 bits of each number. Beyond 65,504 they are infinite. */
export function toHalfPrecision(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, halfBits);
}

function halfBits(value: number): number {
  number[0] = value;
  const single = bits[0] as number;
  const sign = (single >>> 16) & 0x8000;
  const magnitude = single & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // Below 2⁻¹⁴ half-precision numbers are multiples of 2⁻²⁴.
  if (magnitude < 0x38800000) {
    number[0] = Math.abs(value) * 2 ** 24;
    return sign | roundToEven(number[0]);
  }
  const rebased = magnitude - 0x38000000;
  const rest = rebased & 0x1fff;
  const truncated = rebased >>> 13;
  const up = rest > 0x1000 || (rest === 0x1000 && (truncated & 1) === 1);
  return sign | (truncated + (up ? 1 : 0));
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** Converts the 16 bits of each number to single precision, which is exact. */
export function fromHalfPrecision(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >>> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}
