import { OperatorError } from '../../lib/errors.ts';
import { MOST_PAGES } from './kernels.ts';

const PAGE = 65_536;
/** Everything begins at a cache line, so that no two arrays share one. */
const ALIGNMENT = 64;
/** The last line stays free too: where an array ended at 4 GiB, its end would have address 0. */
const MOST_BYTES = MOST_PAGES * PAGE - ALIGNMENT;

/** Arrays in memory that kernels and threads share. Nothing is freed before all of it is. */
export class Arena {
  readonly memory: WebAssembly.Memory;
  /** What is in use, bytes. The first line stays free, so that no array lies at address 0. */
  #top = ALIGNMENT;

  constructor() {
    this.memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
  }

  /** Zeros, 32-bit floats. `byteOffset` of an array is its address for the kernels. */
  floats(length: number): Float32Array<ArrayBufferLike> {
    const at = this.#reserve(4 * length);
    return new Float32Array(this.memory.buffer, at, length);
  }

  /** Zeros, 64-bit floats. */
  doubles(length: number): Float64Array<ArrayBufferLike> {
    const at = this.#reserve(8 * length);
    return new Float64Array(this.memory.buffer, at, length);
  }

  /** Zeros, 32-bit integers. */
  integers(length: number): Int32Array<ArrayBufferLike> {
    const at = this.#reserve(4 * length);
    return new Int32Array(this.memory.buffer, at, length);
  }

  /** Zeros, bytes. */
  bytes(length: number): Uint8Array<ArrayBufferLike> {
    const at = this.#reserve(length);
    return new Uint8Array(this.memory.buffer, at, length);
  }

  /** Memory that grows has a new buffer, so the buffer is asked for after this. */
  #reserve(bytes: number): number {
    const at = this.#top;
    const top = Math.ceil((at + bytes) / ALIGNMENT) * ALIGNMENT;
    const missing = Math.ceil(top / PAGE) - this.memory.buffer.byteLength / PAGE;
    if (missing > 0) {
      if (top > MOST_BYTES) throw tooLarge(top);
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
    `The computation needs ${(bytes / 2 ** 30).toFixed(1)} GiB in one piece; there are 4 at most, and no more than this machine has free.`,
    'Use fewer factors, train on fewer ratings, or use a machine with more memory.',
    { cause },
  );
}
