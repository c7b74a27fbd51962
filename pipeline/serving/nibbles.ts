/** Packs numbers below 16 into half a byte each: two in a byte, the first in its low half. */
export function packNibbles(values: ArrayLike<number>): Uint8Array {
  const packed = new Uint8Array((values.length + 1) >> 1);
  for (let at = 0; at < values.length; at++) {
    packed[at >> 1] = (packed[at >> 1] as number) | ((values[at] as number) << (4 * (at & 1)));
  }
  return packed;
}

/** Number `at` of those that `packNibbles` packed, which begin at byte `begin`. */
export function nibbleAt(bytes: Uint8Array, begin: number, at: number): number {
  return ((bytes[begin + (at >> 1)] as number) >> (4 * (at & 1))) & 15;
}
