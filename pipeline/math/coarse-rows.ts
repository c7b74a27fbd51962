import type { Arena } from './compute/arena.ts';
import type { Kernels } from './compute/kernels.ts';

/** Bytes in one SIMD register. */
const REGISTER = 16;
/** Rows and vectors are quantised to integers from −MAX_CODE to MAX_CODE. */
const MAX_CODE = { row: 127, vector: 63 };
/** Added to the codes of the vector, because the kernel accepts no negative ones. */
const SHIFT = 64;
const EPSILON = 2 ** -23;
/** The bounds are valid for these magnitudes: products neither underflow nor overflow in single precision. */
const VALID = { min: 2 ** -40, max: 2 ** 50 };

/**
 * Rows quantised to one byte a number. They give an upper bound of each row's product with a vector, for an eighth of
 * the work of the product. `ceilingsOfRows` has the formula.
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

  /** @param rows count × width; not kept. */
  constructor(arena: Arena, kernels: Kernels, rows: Float32Array, width: number) {
    const count = rows.length / width;
    // The kernel processes four rows at a time.
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
    if (!isValid(largest)) {
      this.#norms[row] = Number.POSITIVE_INFINITY;
      return;
    }
    const scale = Math.fround(largest / MAX_CODE.row);
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
   * An upper bound of each row's product with a vector in single precision. It is infinite where the numbers are too
   * small or too large for a bound. Every call returns the same array, which the caller may write to.
   */
  ceilings(vector: Float32Array): Float32Array {
    const largest = largestOf(vector, 0, this.#width);
    if (largest === 0) return this.#ceilings.fill(0);
    if (!isValid(largest)) return this.#ceilings.fill(Number.POSITIVE_INFINITY);
    const step = largest / MAX_CODE.vector;
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
    // Twice the rounding error of a sum of so many products, for this sum and for the exact product.
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

const isValid = (magnitude: number): boolean => magnitude >= VALID.min && magnitude <= VALID.max;

/** The largest magnitude of `count` numbers from position `from`. */
function largestOf(values: Float32Array, from: number, count: number): number {
  let largest = 0;
  for (let at = from; at < from + count; at++) {
    const size = Math.abs(values[at] as number);
    if (size > largest) largest = size;
  }
  return largest;
}
