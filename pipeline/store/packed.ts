/** Numbers as the bytes of a `bytea` column: little-endian, back to back. */
export function packNumbers(numbers: Int32Array | Float64Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
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
