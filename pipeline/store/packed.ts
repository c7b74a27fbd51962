/** Numbers as the bytes of a `bytea` column: little-endian, back to back. */
export function packNumbers(numbers: Int32Array | Float64Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

const WIDTHS = [Uint8Array, Uint16Array, Int32Array] as const;

/**
 * Counts, 0 or more, as the bytes of a `bytea` column: one byte that says how many bytes a count takes, then
 * the counts in that width. Most batches need one byte a count, so a check reads a quarter of what it would.
 */
export function packCounts(counts: Int32Array): Buffer {
  let largest = 0;
  for (let i = 0; i < counts.length; i++) largest = Math.max(largest, counts[i] as number);
  const Width = largest < 1 << 8 ? Uint8Array : largest < 1 << 16 ? Uint16Array : Int32Array;
  const narrow = new Width(counts);
  return Buffer.concat([Buffer.of(Width.BYTES_PER_ELEMENT), Buffer.from(narrow.buffer)]);
}

/** Reads what `packCounts` wrote. */
export function unpackCounts(bytes: Uint8Array): Int32Array {
  const Width = WIDTHS.find(({ BYTES_PER_ELEMENT }) => BYTES_PER_ELEMENT === bytes[0]) ?? Int32Array;
  return new Int32Array(new Width(aligned(bytes.subarray(1))));
}

export function unpackInt32(bytes: Uint8Array): Int32Array {
  return new Int32Array(aligned(bytes));
}

export function unpackFloat64(bytes: Uint8Array): Float64Array {
  return new Float64Array(aligned(bytes));
}

/** The bytes in memory of their own, so that wider numbers may lie on them. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
