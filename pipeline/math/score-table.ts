import { Arena } from './compute/arena.ts';
import { kernelModule } from './compute/kernel-module.ts';
import { instantiateKernels, type Kernels } from './compute/kernels.ts';

/** Lanes of one register. */
const REGISTER = 4;

/** Rows of factors laid out so that a vector is multiplied with all of them at once. */
export class ScoreTable {
  readonly #kernels: Kernels;
  readonly #rows: Float32Array;
  readonly #vector: Float32Array;
  readonly #scores: Float32Array;

  /** @param rows count × lanes, row-major: copied. */
  constructor(rows: Float32Array, lanes: number) {
    const arena = new Arena();
    const count = rows.length / lanes;
    const padded = Math.ceil(lanes / REGISTER) * REGISTER;
    this.#kernels = instantiateKernels(kernelModule, arena.memory);
    this.#rows = arena.floats(count * padded);
    this.#vector = arena.floats(padded);
    this.#scores = arena.floats(count);
    if (padded === lanes) this.#rows.set(rows);
    else {
      for (let row = 0; row < count; row++) {
        this.#rows.set(rows.subarray(row * lanes, (row + 1) * lanes), row * padded);
      }
    }
  }

  /**
   * scores += weight · (start + rows · vector), in single precision.
   *
   * @param vector lanes long. @param scores one for each row.
   */
  addProducts(vector: ArrayLike<number>, start: number, weight: number, scores: Float32Array): void {
    this.#vector.set(vector);
    this.#kernels.scoreRows(
      this.#rows.byteOffset,
      scores.length,
      this.#vector.length,
      this.#vector.byteOffset,
      this.#scores.byteOffset,
    );
    const products = this.#scores;
    for (let row = 0; row < scores.length; row++) {
      scores[row] = (scores[row] as number) + weight * (start + (products[row] as number));
    }
  }
}
