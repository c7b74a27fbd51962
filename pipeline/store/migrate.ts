import { readdirSync, readFileSync } from 'node:fs';
import type postgres from 'postgres';
import { sha256 } from '../lib/digest.ts';
import { OperatorError } from '../lib/errors.ts';
import type { Store } from './store.ts';
import { moveIsUnfinished, UNFINISHED_MOVE } from './unfinished-move.ts';

interface Migration {
  readonly version: number;
  /** `0001-ratings`. */
  readonly name: string;
  readonly sha256: string;
  readonly sql: string;
}

const DIRECTORY = new URL('../../data/migrations/', import.meta.url);
/** The key of the advisory lock: the first bytes of the SHA-256 of "migrations". */
const MIGRATION_LOCK = 0x2f9b_41d6;

/**
 * Updates the schema: runs every missing migration, each in its own transaction. Concurrent processes take turns, and
 * later ones find the migrations done.
 *
 * @returns the names of the migrations run now, and the schema version after them.
 * @throws OperatorError `store-schema` when a migration was edited after it ran, or when a newer program migrated the
 * database; `state-conflict` while data is moved into the database.
 */
export async function migrate(
  store: Store,
): Promise<{ readonly applied: readonly string[]; readonly version: number }> {
  const migrations = readMigrations();
  const version = migrations.at(-1)?.version ?? 0;
  // Looked at first, so that a role that may create no tables can use a database that is up to date.
  if ((await missingMigration(store, migrations)) === undefined) return { applied: [], version };
  const applied: string[] = [];
  for (;;) {
    const next = await store.sql.begin((sql) => applyNext(sql, migrations, store.description));
    if (next === null) return { applied, version };
    applied.push(next.name);
  }
}

/**
 * Checks that the schema is up to date. Changes nothing.
 *
 * @throws OperatorError `store-schema` when a migration is missing, and in the cases of `migrate`.
 */
export async function requireSchema(store: Store): Promise<void> {
  const next = await missingMigration(store, readMigrations());
  if (next === undefined) return;
  throw new OperatorError(
    'store-schema',
    `The database (${store.description}) does not have migration ${next.name}, which this program needs.`,
    'A command that only reads does not change the schema. Update the schema first: cinematch migrate.',
  );
}

/** The first missing migration, or undefined. Changes nothing, also where there are no migrations yet. */
async function missingMigration(
  { sql, description }: Store,
  migrations: readonly Migration[],
): Promise<Migration | undefined> {
  const [table] = await sql<{ exists: boolean }[]>`select to_regclass('migrations') is not null as exists`;
  return table?.exists ? nextMigration(sql, migrations, description) : migrations[0];
}

function readMigrations(): readonly Migration[] {
  const files = readdirSync(DIRECTORY).filter((file) => /^\d{4}-.+\.sql$/.test(file));
  return files.sort().map((file) => {
    // Windows line endings do not change the migration.
    const sql = readFileSync(new URL(file, DIRECTORY), 'utf8').replaceAll('\r\n', '\n');
    return { version: Number(file.slice(0, 4)), name: file.slice(0, -4), sha256: sha256(sql), sql };
  });
}

/** Applies and returns the first missing migration, or null if there is none. */
async function applyNext(
  sql: postgres.TransactionSql,
  migrations: readonly Migration[],
  place: string,
): Promise<Migration | null> {
  await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`;
  await sql`
    create table if not exists migrations (
      version integer primary key,
      name text not null,
      sha256 text not null,
      applied_at timestamptz not null default now()
    )`;
  const next = await nextMigration(sql, migrations, place);
  if (next === undefined) return null;
  await sql.unsafe(next.sql);
  await sql`insert into migrations ${sql({ version: next.version, name: next.name, sha256: next.sha256 })}`;
  return next;
}

/** The first missing migration, or undefined. */
async function nextMigration(
  sql: postgres.ISql,
  migrations: readonly Migration[],
  place: string,
): Promise<Migration | undefined> {
  const known = await sql<{ version: number; name: string; sha256: string }[]>`
    select version, name, sha256 from migrations order by version`;
  for (const recorded of known) {
    if (recorded.version === UNFINISHED_MOVE) throw moveIsUnfinished({ description: place });
    const own = migrations.find(({ version }) => version === recorded.version);
    if (own?.sha256 !== recorded.sha256) throw schemaMismatch(recorded.name, own, place);
  }
  return migrations.find(({ version }) => !known.some((recorded) => recorded.version === version));
}

function schemaMismatch(recorded: string, own: Migration | undefined, place: string): OperatorError {
  return own === undefined
    ? new OperatorError(
        'store-schema',
        `The database (${place}) has migration ${recorded}, which this program does not know.`,
        'A newer version of the program migrated the database: update the program.',
      )
    : new OperatorError(
        'store-schema',
        `Migration ${own.name} differs from ${recorded}, which was applied to the database (${place}).`,
        'An applied migration must not be edited: restore data/migrations and add a new migration.',
      );
}
