import type { Arena } from '../math/compute/arena.ts';
import type { Address } from '../math/compute/kernels.ts';
import type { RatedRows } from './heads.ts';

/** The ratings of one person in the memory of the kernels: a sparse matrix with one row, written again for each person. */
export class KernelRatings {
  readonly #arena: Arena;
  readonly #pointers: Int32Array;
  #columns: Int32Array;
  #halves: Uint8Array;

  constructor(arena: Arena) {
    this.#arena = arena;
    this.#pointers = arena.integers(2);
    this.#columns = arena.integers(0);
    this.#halves = arena.bytes(0);
  }

  /** Replaces the ratings. @returns the addresses for the kernel */
  put({ rows, halves }: RatedRows): [pointers: Address, columns: Address, halves: Address] {
    if (this.#columns.length < rows.length) {
      this.#columns = this.#arena.integers(2 * rows.length);
      this.#halves = this.#arena.bytes(2 * rows.length);
    }
    this.#columns.set(rows);
    this.#halves.set(halves);
    this.#pointers[1] = rows.length;
    return [this.#pointers.byteOffset, this.#columns.byteOffset, this.#halves.byteOffset];
  }
}
