import { once } from '../lib/once.ts';
import { CoarseRows } from './coarse-rows.ts';
import { Arena } from './compute/arena.ts';
import { instantiateKernels, type Kernels } from './compute/kernels.ts';

/** 32-bit floats in one SIMD register. */
const REGISTER = 4;
const LARGEST_FLOAT = 2 ** 127 * (2 - 2 ** -23);

/** Rows of a table and their products with a vector. */
export interface BestRows {
  readonly rows: Int32Array;
  readonly products: Float32Array;
}

/** Rows of factors in kernel memory, to multiply with vectors. */
export class ScoreTable {
  readonly #kernels: Kernels;
  readonly #count: number;
  readonly #rows: Float32Array;
  readonly #vector: Float32Array;
  readonly #scores: Float32Array;
  /** Memory that only `best` needs. */
  readonly #search: () => {
    readonly coarse: CoarseRows;
    /** Candidate rows, and the positions of the best among them. */
    readonly positions: Int32Array;
    readonly order: Int32Array;
    readonly products: Float32Array;
  };

  /** @param rows count × width, row-major: copied. */
  constructor(rows: Float32Array, width: number) {
    const arena = new Arena();
    const count = rows.length / width;
    const padded = Math.ceil(width / REGISTER) * REGISTER;
    this.#count = count;
    this.#kernels = instantiateKernels(arena.memory);
    this.#rows = arena.floats(count * padded);
    this.#vector = arena.floats(padded);
    // Kernels that search the scores read whole registers.
    this.#scores = arena.floats(count + REGISTER - 1);
    if (padded === width) this.#rows.set(rows);
    else {
      for (let row = 0; row < count; row++) {
        this.#rows.set(rows.subarray(row * width, (row + 1) * width), row * padded);
      }
    }
    this.#search = once(() => ({
      coarse: new CoarseRows(arena, this.#kernels, this.#rows, padded),
      positions: arena.integers(count),
      order: arena.integers(count),
      products: arena.floats(count),
    }));
  }

  /**
   * scores += weight · (start + rows · vector), in single precision.
   *
   * @param vector width long. @param scores one for each row.
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

  /** Of some rows the products with a vector, width long. */
  productsOf(vector: ArrayLike<number>, rows: Int32Array): Float32Array {
    const { positions } = this.#search();
    const products = new Float32Array(rows.length);
    this.#vector.set(vector);
    for (let from = 0; from < rows.length; from += positions.length) {
      const some = rows.subarray(from, from + positions.length);
      positions.set(some);
      this.#multiply(positions, some.length);
      products.set(this.#scores.subarray(0, some.length), from);
    }
    return products;
  }

  /**
   * The rows with the `n` largest products, largest first; of equal ones the earlier row first. The result is the same
   * as multiplying all rows and sorting, but faster: it multiplies the `n` rows with the largest upper bounds, then
   * only the rows whose upper bound is not below the smallest of these products.
   *
   * @param vector width long. @param hidden rows to leave out.
   */
  best(vector: ArrayLike<number>, n: number, hidden: Iterable<number>): BestRows {
    const { coarse, positions, order, products } = this.#search();
    const [count, wanted] = [this.#count, Math.min(n, this.#count)];
    this.#vector.set(vector);
    const ceilings = coarse.ceilings(this.#vector);
    for (const row of hidden) ceilings[row] = Number.NEGATIVE_INFINITY;
    const at = ceilings.byteOffset;
    const promising = this.#kernels.topK(at, count, wanted, positions.byteOffset, products.byteOffset);
    const scores = this.#scores;
    this.#multiply(positions, promising);
    let least = promising < wanted ? -LARGEST_FLOAT : Number.POSITIVE_INFINITY;
    for (let i = 0; i < promising; i++) least = Math.min(least, scores[i] as number);
    // After an overflow every row is a candidate, except for the hidden ones.
    if (!Number.isFinite(least)) least = -LARGEST_FLOAT;
    const eligible = this.#kernels.positionsFrom(at, count, least, positions.byteOffset);
    this.#multiply(positions, eligible);
    const found = this.#kernels.topK(
      scores.byteOffset,
      eligible,
      wanted,
      order.byteOffset,
      products.byteOffset,
    );
    return {
      rows: Int32Array.from({ length: found }, (_, i) => positions[order[i] as number] as number),
      products: products.slice(0, found),
    };
  }

  /** Writes the products of the rows at the first `count` positions into the scores. */
  #multiply(positions: Int32Array, count: number): void {
    this.#kernels.scoreSomeRows(
      this.#rows.byteOffset,
      positions.byteOffset,
      count,
      this.#vector.length,
      this.#vector.byteOffset,
      this.#scores.byteOffset,
    );
  }
}
