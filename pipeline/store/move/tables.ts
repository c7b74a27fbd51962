import { readFileSync } from 'node:fs';
import type postgres from 'postgres';

/** The dump of the schema, which names every table of this program. */
const SCHEMA = new URL('../../../data/schema.sql', import.meta.url);

/** A table with what is needed to copy its rows, from the catalogue of the database. */
export interface TableShape {
  readonly name: string;
  /** Stored columns, in their order. */
  readonly columns: readonly string[];
  /** The primary key. */
  readonly key: readonly KeyColumn[];
}

interface KeyColumn {
  readonly name: string;
  /** `integer`, `text` */
  readonly type: string;
  /** Whether its order depends on a collation. */
  readonly isText: boolean;
}

interface CatalogueRow extends TableShape {
  /** Tables that its foreign keys refer to. */
  readonly parents: readonly string[];
}

/**
 * Reads the tables of this program except `migrations`: a table comes after the tables that its foreign keys refer to.
 * Other programs may have tables in the same schema.
 *
 * @throws Error when a table has no primary key, or foreign keys form a circle.
 */
export async function readTables(sql: postgres.ISql): Promise<readonly TableShape[]> {
  const rows = await sql<CatalogueRow[]>`
    select relname as name,
      (select coalesce(json_agg(attname order by attnum), '[]') from pg_attribute
        where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns,
      (select coalesce(json_agg(json_build_object('name', attname, 'type', format_type(atttypid, atttypmod),
          'isText', attcollation <> 0) order by position), '[]')
        from pg_index cross join unnest(indkey) with ordinality as part (number, position)
          join pg_attribute on attrelid = indrelid and attnum = number
        where indrelid = c.oid and indisprimary) as key,
      (select coalesce(json_agg(distinct parent.relname), '[]') from pg_constraint
          join pg_class parent on parent.oid = confrelid
        where conrelid = c.oid and contype = 'f' and confrelid <> conrelid) as parents
    from pg_class c
    where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname = any(${ownTables()})
    order by relname`;
  const ordered: TableShape[] = [];
  const left = new Map(rows.map((row) => [row.name, row]));
  while (left.size > 0) {
    const next = [...left.values()].find(({ parents }) => !parents.some((parent) => left.has(parent)));
    if (next === undefined) throw new Error(`foreign keys form a circle: ${[...left.keys()].join(', ')}`);
    const { parents: _, ...table } = next;
    if (table.key.length === 0) throw new Error(`the table ${table.name} has no primary key`);
    ordered.push(table);
    left.delete(table.name);
  }
  return ordered;
}

function ownTables(): string[] {
  const names = readFileSync(SCHEMA, 'utf8').matchAll(/^create table (\w+) \($/gm);
  return Array.from(names, ([, name = '']) => name).filter((name) => name !== 'migrations');
}

/** The state of the sequence of an identity column. */
export interface Identity {
  readonly table: string;
  readonly column: string;
  readonly lastValue: string;
  /** False while the sequence has given no number. */
  readonly isCalled: boolean;
}

/** Reads the sequences of the identity columns of tables. */
export async function readIdentities(
  sql: postgres.ISql,
  tables: readonly TableShape[],
): Promise<readonly Identity[]> {
  const columns = await sql<{ table: string; column: string; sequence: string }[]>`
    select relname as table, attname as column, pg_get_serial_sequence(quote_ident(relname), attname) as sequence
    from pg_attribute join pg_class c on c.oid = attrelid
    where relnamespace = current_schema()::regnamespace and attidentity <> ''
      and relname = any(${tables.map(({ name }) => name)})
    order by relname, attnum`;
  const identities: Identity[] = [];
  for (const { table, column, sequence } of columns) {
    // `sequence` is quoted by the server.
    const [state] = await sql.unsafe<Pick<Identity, 'lastValue' | 'isCalled'>[]>(
      `select last_value::text, is_called from ${sequence}`,
    );
    identities.push({ table, column, ...(state as Pick<Identity, 'lastValue' | 'isCalled'>) });
  }
  return identities;
}

/** Gives the sequences of identity columns the state of the source. */
export async function setIdentities(sql: postgres.ISql, identities: readonly Identity[]): Promise<void> {
  for (const { table, column, lastValue, isCalled } of identities) {
    await sql`
      select setval(pg_get_serial_sequence(quote_ident(${table}), ${column}), ${lastValue}::bigint, ${isCalled})`;
  }
}

/** An identifier as SQL. */
export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
