/**
 * A sparse matrix by rows (CSR). Row `r` holds the entries `pointers[r]` to `pointers[r + 1]` (exclusive)
 * of `columns` and `values`; columns ascend inside a row when they did in the input.
 */
export interface SparseMatrix {
  readonly rowCount: number;
  readonly columnCount: number;
  /** rowCount + 1 offsets. */
  readonly pointers: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float32Array;
}

/** Builds the matrix from coordinates by counting, in one pass over rows and one over entries. */
export function sparseMatrix(
  rowCount: number,
  columnCount: number,
  rows: Int32Array,
  columns: Int32Array,
  values: ArrayLike<number>,
): SparseMatrix {
  const pointers = new Int32Array(rowCount + 1);
  for (let i = 0; i < rows.length; i++) {
    const next = (rows[i] as number) + 1;
    pointers[next] = (pointers[next] as number) + 1;
  }
  for (let r = 0; r < rowCount; r++) pointers[r + 1] = (pointers[r + 1] as number) + (pointers[r] as number);
  const cursor = pointers.slice(0, rowCount);
  const sortedColumns = new Int32Array(rows.length);
  const sortedValues = new Float32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    const at = cursor[row] as number;
    cursor[row] = at + 1;
    sortedColumns[at] = columns[i] as number;
    sortedValues[at] = values[i] as number;
  }
  return { rowCount, columnCount, pointers, columns: sortedColumns, values: sortedValues };
}
