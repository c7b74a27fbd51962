import type postgres from 'postgres';

/**
 * A `bytea` column of a select as base64 text, read back by the unpacking functions. Postgres would write it
 * in hexadecimal, which is half as much again to send and to parse.
 */
export function base64Column(sql: postgres.ISql, column: string): postgres.Fragment {
  return sql`encode(${sql(column)}, 'base64') as ${sql(column)}`;
}

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

/** The bytes in memory of their own, so that wider numbers may lie on them. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
