import type postgres from 'postgres';

/**
 * Selects a `bytea` column as base64 text, for the unpacking functions. PostgreSQL's default is hexadecimal, which is 50%
 * longer.
 */
export function base64Column(sql: postgres.ISql, column: string): postgres.Fragment {
  return sql`encode(${sql(column)}, 'base64') as ${sql(column)}`;
}

/** Numbers as the bytes of a `bytea` column, little-endian. */
export function packNumbers(numbers: Int32Array | Float64Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

const WIDTHS = [Uint8Array, Uint16Array, Int32Array] as const;

/**
 * Packs counts, 0 or more, as the bytes of a `bytea` column: one byte with the width of a count in bytes, then the counts
 * with this width. Most batches need one byte per count, a quarter of 32-bit numbers.
 */
export function packCounts(counts: Int32Array): Buffer {
  let largest = 0;
  for (let i = 0; i < counts.length; i++) largest = Math.max(largest, counts[i] as number);
  const Width = largest < 1 << 8 ? Uint8Array : largest < 1 << 16 ? Uint16Array : Int32Array;
  const narrow = new Width(counts);
  return Buffer.concat([Buffer.of(Width.BYTES_PER_ELEMENT), Buffer.from(narrow.buffer)]);
}

/** Unpacks the result of `packCounts`. */
export function unpackCounts(base64: string): Int32Array {
  const bytes = Buffer.from(base64, 'base64');
  const Width = WIDTHS.find(({ BYTES_PER_ELEMENT }) => BYTES_PER_ELEMENT === bytes[0]) ?? Int32Array;
  return new Int32Array(new Width(aligned(bytes.subarray(1))));
}

export function unpackInt32(base64: string): Int32Array {
  return new Int32Array(aligned(Buffer.from(base64, 'base64')));
}

export function unpackFloat64(base64: string): Float64Array {
  return new Float64Array(aligned(Buffer.from(base64, 'base64')));
}

/** Copies the bytes into a new buffer, which is aligned for wider numbers. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
