import type { Store } from '../../pipeline/store/store.ts';

/**
 * The schema as text, from the catalogue: tables with their columns, types, defaults and storage,
 * constraints and indexes. Parts that differ between PostgreSQL versions are left out, so the text is always the same.
 */
export async function dumpSchema({ sql }: Store): Promise<string> {
  const tables = await sql<{ name: string; oid: number }[]>`
    select relname as name, oid::integer as oid from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname`;
  const texts: string[] = [];
  for (const { name, oid } of tables) {
    const columns = await sql<{ line: string }[]>`
      select attname || ' ' || format_type(atttypid, atttypmod)
        || case when attnotnull then ' not null' else '' end
        || coalesce(' default ' || pg_get_expr(adbin, adrelid), '')
        || case when attstorage <> typstorage then ' storage ' || attstorage::text else '' end
        || case attidentity when 'a' then ' generated always as identity' else '' end as line
      from pg_attribute join pg_type on pg_type.oid = atttypid
        left join pg_attrdef on adrelid = attrelid and adnum = attnum
      where attrelid = ${oid} and attnum > 0 and not attisdropped order by attnum`;
    const constraints = await sql<{ line: string }[]>`
      select 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) as line
      from pg_constraint where conrelid = ${oid} and contype in ('p', 'u', 'f', 'c') order by contype desc, conname`;
    const indexes = await sql<{ line: string }[]>`
      select pg_get_indexdef(indexrelid) || ';' as line from pg_index
      where indrelid = ${oid} and not exists (select from pg_constraint where conindid = indexrelid)
      order by indexrelid::regclass::text`;
    const lines = [...columns, ...constraints].map(({ line }) => `  ${line}`).join(',\n');
    texts.push([`create table ${name} (\n${lines}\n);`, ...indexes.map(({ line }) => line)].join('\n'));
  }
  return `${texts.join('\n\n')}\n`;
}
