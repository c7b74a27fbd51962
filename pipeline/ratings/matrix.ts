import type { Ratings } from './ratings.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * Ratings as a sparse matrix by rows (CSR). Row `r` holds the entries `pointers[r]` to `pointers[r + 1]`
 * (exclusive) of `columns` and `halves`.
 */
export interface RatingMatrix {
  readonly rowCount: number;
  readonly columnCount: number;
  /** rowCount + 1 offsets. */
  readonly pointers: Int32Array;
  readonly columns: Int32Array;
  /** Half stars, 1 to 10. */
  readonly halves: Uint8Array;
}

/** The number of entries of each row. */
export function rowLengths({ pointers }: Pick<RatingMatrix, 'pointers'>): Int32Array {
  return pointers.slice(1).map((end, row) => end - (pointers[row] as number));
}

/** The rows in descending order of their numbers of entries; of equal ones the lower row first. */
export function longestFirst(matrix: RatingMatrix): Int32Array {
  const lengths = rowLengths(matrix);
  return Int32Array.from(lengths.keys()).sort(
    (a, b) => (lengths[b] as number) - (lengths[a] as number) || a - b,
  );
}

/** Allocates the arrays of a matrix. */
export interface Allocator {
  integers(length: number): Int32Array;
  bytes(length: number): Uint8Array;
}

const heap: Allocator = {
  integers: (length) => new Int32Array(length),
  bytes: (length) => new Uint8Array(length),
};

/** Builds a matrix with the rows of one vocabulary and the columns of another. Entries of a row keep their order. */
export function ratingMatrix(
  rows: Vocabulary,
  columns: Vocabulary,
  rowIds: Int32Array,
  columnIds: Int32Array,
  halves: Uint8Array,
  allocator: Allocator = heap,
): RatingMatrix {
  const matrix = emptyMatrix(rows.size, columns.size, rowIds.length, allocator);
  const { pointers } = matrix;
  for (let i = 0; i < rowIds.length; i++) count(pointers, rows.rowOf(rowIds[i] as number));
  const next = startsOf(pointers);
  for (let i = 0; i < rowIds.length; i++) {
    const at = take(next, rows.rowOf(rowIds[i] as number));
    matrix.columns[at] = columns.rowOf(columnIds[i] as number);
    matrix.halves[at] = halves[i] as number;
  }
  return matrix;
}

/** Ratings by user and by movie; columns ascend inside every row. */
export interface MatrixPair {
  readonly byUser: RatingMatrix;
  readonly byMovie: RatingMatrix;
}

/**
 * Both matrices of a set of ratings. They depend only on the set, not on its order, so sums over them are equal bit for
 * bit for any order. No further memory is needed.
 */
export function matrixPair(
  { userIds, movieIds, halves }: Ratings,
  users: Vocabulary,
  movies: Vocabulary,
  allocator: Allocator = heap,
): MatrixPair {
  const byMovie = ratingMatrix(movies, users, movieIds, userIds, halves, allocator);
  // Transposing sorts the columns. Transposing back reuses the memory of the unsorted matrix.
  const byUser = emptyMatrix(users.size, movies.size, halves.length, allocator);
  transposeInto(byUser, byMovie);
  byMovie.pointers.fill(0);
  transposeInto(byMovie, byUser);
  return { byUser, byMovie };
}

function emptyMatrix(
  rowCount: number,
  columnCount: number,
  entries: number,
  allocator: Allocator,
): RatingMatrix {
  return {
    rowCount,
    columnCount,
    pointers: allocator.integers(rowCount + 1),
    columns: allocator.integers(entries),
    halves: allocator.bytes(entries),
  };
}

/** @param out its pointers are zero. */
function transposeInto(out: RatingMatrix, { rowCount, pointers, columns, halves }: RatingMatrix): void {
  for (let i = 0; i < columns.length; i++) count(out.pointers, columns[i] as number);
  const next = startsOf(out.pointers);
  for (let row = 0; row < rowCount; row++) {
    for (let i = pointers[row] as number; i < (pointers[row + 1] as number); i++) {
      const at = take(next, columns[i] as number);
      out.columns[at] = row;
      out.halves[at] = halves[i] as number;
    }
  }
}

/** Counts an entry of a row at the pointer of the next row. */
function count(pointers: Int32Array, row: number): void {
  pointers[row + 1] = (pointers[row + 1] as number) + 1;
}

/** Turns counts into offsets, and returns a copy of the start of each row. */
function startsOf(pointers: Int32Array): Int32Array {
  for (let row = 1; row < pointers.length; row++) {
    pointers[row] = (pointers[row] as number) + (pointers[row - 1] as number);
  }
  return Int32Array.from(pointers.subarray(0, pointers.length - 1));
}

function take(next: Int32Array, row: number): number {
  const at = next[row] as number;
  next[row] = at + 1;
  return at;
}
