import { OperatorError } from '../../lib/errors.ts';
import { MAX_PAGES } from './kernels.ts';

const PAGE = 65_536;
/** Every array begins at a cache line, so that no two arrays share one. */
const ALIGNMENT = 64;
/** The last line stays free: the end address of an array that ends at 4 GiB would be 0. */
const MAX_BYTES = MAX_PAGES * PAGE - ALIGNMENT;

/** Arrays in memory that kernels and threads share. All arrays are freed together. */
export class Arena {
  readonly memory: WebAssembly.Memory;
  /** Bytes in use. The first line stays free, so that no array has address 0. */
  #top = ALIGNMENT;

  constructor() {
    this.memory = new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES, shared: true });
  }

  /** 32-bit floats, all zero. The `byteOffset` of an array is its address for the kernels. */
  floats(length: number): Float32Array<ArrayBufferLike> {
    const at = this.#reserve(4 * length);
    return new Float32Array(this.memory.buffer, at, length);
  }

  /** 64-bit floats, all zero. */
  doubles(length: number): Float64Array<ArrayBufferLike> {
    const at = this.#reserve(8 * length);
    return new Float64Array(this.memory.buffer, at, length);
  }

  /** 32-bit integers, all zero. */
  integers(length: number): Int32Array<ArrayBufferLike> {
    const at = this.#reserve(4 * length);
    return new Int32Array(this.memory.buffer, at, length);
  }

  /** Bytes, all zero. */
  bytes(length: number): Uint8Array<ArrayBufferLike> {
    const at = this.#reserve(length);
    return new Uint8Array(this.memory.buffer, at, length);
  }

  /** Returns an address. Memory that grows gets a new buffer, so callers read the buffer after this. */
  #reserve(bytes: number): number {
    const at = this.#top;
    const top = Math.ceil((at + bytes) / ALIGNMENT) * ALIGNMENT;
    const missing = Math.ceil(top / PAGE) - this.memory.buffer.byteLength / PAGE;
    if (missing > 0) {
      if (top > MAX_BYTES) throw tooLarge(top);
      try {
        this.memory.grow(missing);
      } catch (cause) {
        throw tooLarge(top, cause);
      }
    }
    this.#top = top;
    return at;
  }
}

function tooLarge(bytes: number, cause?: unknown): OperatorError {
  return new OperatorError(
    'training-too-large',
    `The computation needs ${(bytes / 2 ** 30).toFixed(1)} GiB of memory in one block. The limit is 4 GiB, or less if this machine has less free memory.`,
    'Use fewer factors, train on fewer ratings, or use a machine with more memory.',
    { cause },
  );
}
