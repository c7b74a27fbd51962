/**
 * Writes whole numbers in as few bytes as possible (LEB128): seven bits per byte, the low bits first. The top bit of a
 * byte says that another byte follows. Differences of sorted numbers are small and mostly take one byte.
 */
export class VarintWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  /** Number of bytes written. */
  get position(): number {
    return this.#length;
  }

  /** @param value a whole number from 0 to 2³² − 1. */
  write(value: number): void {
    let rest = value >>> 0;
    this.#reserve(5);
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Writes the length in bytes, then the text in UTF-8. */
  writeText(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.write(bytes.length);
    this.writeBytes(bytes);
  }

  /** Writes bytes without their number. */
  writeBytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Writes the count of ascending numbers, then each as the difference from the previous one. */
  writeAscending(values: ArrayLike<number>): void {
    this.write(values.length);
    let before = 0;
    for (let at = 0; at < values.length; at++) {
      this.write((values[at] as number) - before);
      before = values[at] as number;
    }
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * (this.#length + count));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** Keeps a byte order mark as text. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads what `VarintWriter` wrote. @throws RangeError beyond the end. */
export class VarintReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Number of bytes read. */
  get position(): number {
    return this.#at;
  }

  read(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) break;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new RangeError(`no number ends before byte ${this.#at}`);
  }

  /** Passes over bytes, and returns the position of the first. */
  skip(count: number): number {
    const from = this.#at;
    this.#at += count;
    return from;
  }

  readText(): string {
    const length = this.read();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError(`a text of ${length} bytes goes beyond the end`);
    const text = decoder.decode(this.#bytes.subarray(this.#at, end));
    this.#at = end;
    return text;
  }

  readAscending(): Int32Array {
    const count = this.read();
    // A number takes at least one byte. This refuses a damaged count before it allocates the memory.
    if (count > this.#bytes.length - this.#at) throw new RangeError(`${count} numbers go beyond the end`);
    const values = new Int32Array(count);
    let before = 0;
    for (let at = 0; at < count; at++) {
      before += this.read();
      values[at] = before;
    }
    return values;
  }
}
