import type { Arena } from './compute/arena.ts';
import type { Kernels } from './compute/kernels.ts';

/** Lanes of one register. */
const REGISTER = 16;
/** The whole numbers that a row and a vector are made of, from −MOST to MOST. */
const MOST = { row: 127, vector: 63 };
/** Added to those of the vector: the kernel takes none below zero. */
const SHIFT = 64;
const EPSILON = 2 ** -23;
/** Magnitudes whose products single precision holds to their last bit, as the bounds take for granted. */
const SOUND = { least: 2 ** -40, most: 2 ** 50 };

/**
 * Rows in whole numbers of one byte, an eighth of the work: they do not say what the product with a vector is, but what
 * it is at most. See `ceilingsOfRows` for how.
 */
export class CoarseRows {
  readonly #kernels: Kernels;
  readonly #width: number;
  readonly #padded: number;
  readonly #codes: Int8Array;
  readonly #offsets: Int32Array;
  readonly #scales: Float32Array;
  readonly #residuals: Float32Array;
  readonly #norms: Float32Array;
  readonly #vector: Uint8Array;
  readonly #ceilings: Float32Array;

  /** @param rows count × width: not kept. */
  constructor(arena: Arena, kernels: Kernels, rows: Float32Array, width: number) {
    const count = rows.length / width;
    // The kernel takes four rows at a time.
    const counted = Math.ceil(count / 4) * 4;
    this.#kernels = kernels;
    this.#width = width;
    this.#padded = Math.ceil(width / REGISTER) * REGISTER;
    const codes = arena.bytes(counted * this.#padded);
    this.#codes = new Int8Array(codes.buffer, codes.byteOffset, codes.length);
    this.#offsets = arena.integers(counted);
    this.#scales = arena.floats(counted);
    this.#residuals = arena.floats(counted);
    this.#norms = arena.floats(counted);
    this.#vector = arena.bytes(this.#padded);
    this.#ceilings = arena.floats(counted);
    for (let row = 0; row < count; row++) this.#encodeRow(row, rows);
  }

  #encodeRow(row: number, rows: Float32Array): void {
    const [width, codes] = [this.#width, this.#codes];
    const [from, to] = [row * width, row * this.#padded];
    const largest = largestOf(rows, from, width);
    if (largest === 0) return;
    if (!isSound(largest)) {
      this.#norms[row] = Number.POSITIVE_INFINITY;
      return;
    }
    const scale = Math.fround(largest / MOST.row);
    let sum = 0;
    let square = 0;
    let left = 0;
    for (let column = 0; column < width; column++) {
      const value = rows[from + column] as number;
      const code = Math.round(value / scale);
      const rest = value - scale * code;
      codes[to + column] = code;
      sum += code;
      square += code * code;
      left += rest * rest;
    }
    this.#offsets[row] = SHIFT * sum;
    this.#scales[row] = scale;
    this.#residuals[row] = Math.sqrt(left);
    this.#norms[row] = scale * Math.sqrt(square);
  }

  /**
   * What each row's product with a vector, worked out in single precision, is at most: infinity where the numbers are
   * too small or too large to say. The array is the same every time, and may be written to.
   */
  ceilings(vector: Float32Array): Float32Array {
    const largest = largestOf(vector, 0, this.#width);
    if (largest === 0) return this.#ceilings.fill(0);
    if (!isSound(largest)) return this.#ceilings.fill(Number.POSITIVE_INFINITY);
    const step = largest / MOST.vector;
    let square = 0;
    let left = 0;
    for (let column = 0; column < this.#width; column++) {
      const value = vector[column] as number;
      const code = Math.round(value / step);
      this.#vector[column] = code + SHIFT;
      square += value ** 2;
      left += (value - step * code) ** 2;
    }
    const length = Math.sqrt(square);
    // Twice what rounding can do to a sum of so many products, here and where it is worked out.
    const rounding = 2 * (this.#width + REGISTER) * EPSILON * length;
    this.#kernels.ceilingsOfRows(
      this.#codes.byteOffset,
      this.#offsets.length,
      this.#padded,
      this.#offsets.byteOffset,
      this.#scales.byteOffset,
      this.#residuals.byteOffset,
      this.#norms.byteOffset,
      this.#vector.byteOffset,
      step,
      length,
      Math.sqrt(left) + rounding,
      this.#ceilings.byteOffset,
    );
    return this.#ceilings;
  }
}

const isSound = (magnitude: number): boolean => magnitude >= SOUND.least && magnitude <= SOUND.most;

/** The largest magnitude of some numbers in a row. */
function largestOf(values: Float32Array, from: number, count: number): number {
  let largest = 0;
  for (let at = from; at < from + count; at++) {
    const size = Math.abs(values[at] as number);
    if (size > largest) largest = size;
  }
  return largest;
}
