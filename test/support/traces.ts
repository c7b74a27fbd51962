import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Store } from '../../pipeline/store/store.ts';

/** A number that stands nowhere by chance, as a user id. */
export const RARE_USER = 1_234_567_891;

/** How a number or a name may stand in bytes: as text, and as 32 bits in either order. */
export function needlesOf(user: number | string): readonly Buffer[] {
  if (typeof user === 'string') return [Buffer.from(user)];
  const [little, big] = [Buffer.alloc(4), Buffer.alloc(4)];
  little.writeInt32LE(user);
  big.writeInt32BE(user);
  return [Buffer.from(String(user)), little, big];
}

const has = (bytes: Buffer, needles: readonly Buffer[]): boolean =>
  needles.some((needle) => bytes.includes(needle));

/** The columns of all tables in which a user stands, `drift_checks.explanations`, of every row. Packed bytes are searched too. */
export async function tracesInDatabase({ sql }: Store, user: number | string): Promise<readonly string[]> {
  const needles = needlesOf(user);
  const columns = await sql<{ table: string; column: string; type: string }[]>`
    select table_name as table, column_name as column, data_type as type
    from information_schema.columns where table_schema = current_schema() order by table_name, ordinal_position`;
  const traces = new Set<string>();
  for (const { table, column, type } of columns) {
    const rows = await sql<{ bytes: Buffer | null }[]>`
      select ${type === 'bytea' ? sql(column) : sql`convert_to(${sql(column)}::text, 'UTF8')`} as bytes from ${sql(table)}`;
    if (rows.some(({ bytes }) => bytes !== null && has(bytes, needles))) traces.add(`${table}.${column}`);
  }
  return [...traces];
}

/** The files of a folder in which a user stands, also inside of compressed ones, by their paths. */
export function tracesInFiles(folder: string, user: number | string): readonly string[] {
  const needles = needlesOf(user);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => contentsOf(path).some((bytes) => has(bytes, needles)))
    .map((path) => relative(folder, path))
    .sort();
}

function contentsOf(path: string): readonly Buffer[] {
  const bytes = readFileSync(path);
  const unpacked = [gunzipSync, zstdDecompressSync, brotliDecompressSync].flatMap((unpack) => {
    try {
      return [unpack(bytes)];
    } catch {
      return [];
    }
  });
  return [bytes, ...unpacked];
}

/** The hash of a user by Node's HMAC, with the key of a database. */
export async function hmacOf({ sql }: Store, text: string): Promise<string> {
  const [key] = await sql<{ secret: Buffer }[]>`select secret from tombstone_key`;
  return createHmac('sha256', (key as { secret: Buffer }).secret)
    .update(text)
    .digest('hex');
}
