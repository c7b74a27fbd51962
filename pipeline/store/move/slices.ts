import type postgres from 'postgres';
import { quoted, type TableShape } from './tables.ts';

/** A table in slices of rows by primary key, each small enough for memory. */
export interface SlicedTable extends TableShape {
  readonly rows: number;
  /** On disk, with indexes. */
  readonly diskBytes: number;
  /** Rows of every slice but the last. */
  readonly sliceRows: number;
  /** The last key of every slice but the last, as SQL literals: `'7'::integer, 'all'::text`. */
  readonly ends: readonly string[];
}

/** How much larger than the average a slice may become, because of large rows. */
const LARGEST_SLICES = 8;

/**
 * Divides a table into slices. The same rows give the same slices, on every database.
 *
 * @param sliceBytes about how many bytes a slice has on average, in the binary format of COPY.
 */
export async function sliceTable(
  sql: postgres.ISql,
  table: TableShape,
  sliceBytes: number,
): Promise<SlicedTable> {
  const name = quoted(table.name);
  const size = table.columns.map((column) => `coalesce(pg_column_size(${quoted(column)}), 0)`).join(' + ');
  const [measured] = await sql.unsafe<Measured[]>(`
    select count(*)::double precision as rows, coalesce(sum(size), 0)::double precision as bytes,
      coalesce(max(size), 0)::double precision as largest,
      pg_total_relation_size('${name.replaceAll("'", "''")}'::regclass)::double precision as disk_bytes
    from (select ${size} as size from ${name}) as sizes`);
  const { rows, bytes, largest, diskBytes } = measured as Measured;
  // A row of COPY has the number of its fields, and the length of each.
  const frame = 2 + 4 * table.columns.length;
  const average = bytes / Math.max(rows, 1) + frame;
  const sliceRows = Math.max(
    1,
    Math.floor(Math.min(sliceBytes / average, (LARGEST_SLICES * sliceBytes) / (largest + frame))),
  );
  const order = keyColumns(table);
  const literals = table.key.map(
    ({ name: column, type }) => `quote_literal(${quoted(column)}) || '::${type}'`,
  );
  const ends = await sql.unsafe<{ end: string }[]>(`
    select concat_ws(', ', ${literals.join(', ')}) as end
    from (select *, row_number() over (order by ${order}) as position
      from (select ${table.key.map(({ name: column }) => quoted(column)).join(', ')} from ${name}) as keys) as numbered
    where position % ${sliceRows} = 0 and position < ${rows} order by position`);
  return { ...table, rows, diskBytes, sliceRows, ends: ends.map(({ end }) => end) };
}

interface Measured {
  readonly rows: number;
  readonly bytes: number;
  readonly largest: number;
  readonly diskBytes: number;
}

/** Number of rows in the first `slices` slices. */
export function rowsOfSlices({ rows, sliceRows }: SlicedTable, slices: number): number {
  return Math.min(rows, slices * sliceRows);
}

/** A query for the rows of one slice, ordered by key. The first and the last slice have no limit at the outer side. */
export function sliceQuery(table: SlicedTable, slice: number): string {
  const key = `(${keyColumns(table)})`;
  const [after, upTo] = [table.ends[slice - 1], table.ends[slice]];
  const conditions = [
    ...(after === undefined ? [] : [`${key} > (${after})`]),
    ...(upTo === undefined ? [] : [`${key} <= (${upTo})`]),
  ];
  return `select ${table.columns.map(quoted).join(', ')} from ${quoted(table.name)}
    ${conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`} order by ${keyColumns(table)}`;
}

/** Text in the order of its bytes, because the collations of two databases may differ. */
function keyColumns({ key }: TableShape): string {
  return key.map(({ name, isText }) => `${quoted(name)}${isText ? ' collate "C"' : ''}`).join(', ');
}
