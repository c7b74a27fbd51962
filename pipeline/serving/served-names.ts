import { VarintReader, VarintWriter } from '../lib/varint.ts';

/** The names of users, or of movies. */
export interface NameTable {
  /** The id of a name, −1 for an unknown one. */
  idOf(name: string): number;
  /** Null for an id without a name. */
  nameOf(id: number): string | null;
}

export interface ServedNames {
  readonly users: NameTable;
  readonly movies: NameTable;
}

const FORMAT = 1;

/** Encodes names in the order of their bytes, in which they are found without an index. A UUID takes 40 bytes. */
export function encodeNames(names: {
  readonly users: ReadonlyMap<number, string>;
  readonly movies: ReadonlyMap<number, string>;
}): Uint8Array {
  const writer = new VarintWriter();
  writer.write(FORMAT);
  for (const table of [names.users, names.movies]) {
    const rows = Array.from(table, ([id, name]) => ({ id, bytes: Buffer.from(name) }));
    rows.sort((a, b) => Buffer.compare(a.bytes, b.bytes));
    writer.write(rows.length);
    for (const { id } of rows) writer.write(id);
    for (const { bytes } of rows) writer.write(bytes.length);
    for (const { bytes } of rows) writer.writeBytes(bytes);
  }
  return writer.finish();
}

/** @throws RangeError when the bytes are not encoded names. */
export function decodeNames(bytes: Uint8Array): ServedNames {
  const reader = new VarintReader(bytes);
  const format = reader.read();
  if (format !== FORMAT)
    throw new RangeError(`the names have format ${format}, this version reads ${FORMAT}`);
  const names = { users: decodeTable(bytes, reader), movies: decodeTable(bytes, reader) };
  if (reader.position !== bytes.length) throw new RangeError('the names do not have the expected length');
  return names;
}

function decodeTable(bytes: Uint8Array, reader: VarintReader): NameTable {
  const size = reader.read();
  // A name takes three bytes or more. This refuses a damaged size before it allocates the memory.
  if (3 * size > bytes.length) throw new RangeError(`${size} names go beyond the end`);
  const ids = Int32Array.from({ length: size }, () => reader.read());
  const ends = new Float64Array(size + 1);
  for (let row = 0; row < size; row++) ends[row + 1] = (ends[row] as number) + reader.read();
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = reader.skip(ends[size] as number);
  const slice = (row: number): Buffer =>
    all.subarray(first + (ends[row] as number), first + (ends[row + 1] as number));
  let rows: Map<number, number> | null = null;
  return {
    idOf(name) {
      const wanted = Buffer.from(name);
      let [low, high] = [0, size];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (Buffer.compare(slice(middle), wanted) < 0) low = middle + 1;
        else high = middle;
      }
      return low < size && slice(low).equals(wanted) ? (ids[low] as number) : -1;
    },
    nameOf(id) {
      rows ??= new Map(Array.from(ids, (each, row) => [each, row]));
      const row = rows.get(id);
      return row === undefined ? null : slice(row).toString();
    },
  };
}
