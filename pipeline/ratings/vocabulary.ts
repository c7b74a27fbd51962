/**
 * Maps ids to rows. An id identifies a user or a movie in the data; a row is its position in a matrix. Rows are the ids
 * in ascending order, so equal sets give equal rows. Nothing else maps ids to rows.
 */
export interface Vocabulary {
  readonly size: number;
  /** The id of each row, ascending. */
  readonly ids: Int32Array;
  /** The row of an id, or -1 for an unknown id. */
  rowOf(id: number): number;
}

const DENSE_LIMIT = 1 << 24;

/** The vocabulary of the distinct values of `ids` (any order, repeats allowed, all ≥ 0). */
export function vocabularyOf(ids: Int32Array): Vocabulary {
  let largest = -1;
  for (let i = 0; i < ids.length; i++) largest = Math.max(largest, ids[i] as number);
  if (largest < DENSE_LIMIT) return vocabularyOfSorted(presentIds(ids, largest));
  const sorted = Int32Array.from(ids).sort();
  let size = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[size++] = sorted[i] as number;
  }
  return vocabularyOfSorted(sorted.slice(0, size));
}

/** The distinct ids, ascending, by a mark for each possible id instead of sorting. */
function presentIds(ids: Int32Array, largest: number): Int32Array {
  const present = new Uint8Array(largest + 1);
  let size = 0;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    if (present[id] === 0) size++;
    present[id] = 1;
  }
  const distinct = new Int32Array(size);
  for (let id = 0, row = 0; id <= largest; id++) if (present[id] === 1) distinct[row++] = id;
  return distinct;
}

/** The vocabulary of ids that are already distinct and ascending, for instance from a model file. */
export function vocabularyOfSorted(ids: Int32Array): Vocabulary {
  const largest = ids[ids.length - 1] ?? -1;
  if (largest < DENSE_LIMIT) {
    const rows = new Int32Array(largest + 1).fill(-1);
    for (let row = 0; row < ids.length; row++) rows[ids[row] as number] = row;
    return { size: ids.length, ids, rowOf: (id) => rows[id] ?? -1 };
  }
  const rows = new Map<number, number>();
  for (let row = 0; row < ids.length; row++) rows.set(ids[row] as number, row);
  return { size: ids.length, ids, rowOf: (id) => rows.get(id) ?? -1 };
}

/** The row of every id; -1 for unknown ids. */
export function rowsOf(vocabulary: Vocabulary, ids: Int32Array): Int32Array {
  const rows = new Int32Array(ids.length);
  for (let i = 0; i < ids.length; i++) rows[i] = vocabulary.rowOf(ids[i] as number);
  return rows;
}
