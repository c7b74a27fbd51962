import type { Arena } from '../math/compute/arena.ts';
import type { Address } from '../math/compute/kernels.ts';
import type { RatedRows } from './heads.ts';

/**
 * Puts the ratings of one person into the memory of the kernels: a sparse matrix with one row, written again for each
 * person.
 */
export function kernelRatings(
  arena: Arena,
): (rated: RatedRows) => [pointers: Address, columns: Address, halves: Address] {
  const pointers = arena.integers(2);
  let columns = arena.integers(0);
  let bytes = arena.bytes(0);
  return ({ rows, halves }) => {
    if (columns.length < rows.length) {
      columns = arena.integers(2 * rows.length);
      bytes = arena.bytes(2 * rows.length);
    }
    columns.set(rows);
    bytes.set(halves);
    pointers[1] = rows.length;
    return [pointers.byteOffset, columns.byteOffset, bytes.byteOffset];
  };
}
