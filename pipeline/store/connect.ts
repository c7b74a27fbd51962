import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { once } from '../lib/once.ts';
import { type ClientOptions, SHARED_OPTIONS } from './client-options.ts';
import { connectServer } from './connect-server.ts';
import { claimDirectory, PRIVATE } from './directory-claim.ts';
import { embeddedFailure, requireSpace } from './embedded-failure.ts';
import { openPglite, type Pglite } from './load-pglite.ts';
import { migrate, requireSchema } from './migrate.ts';
import { PgliteSocket } from './pglite-socket.ts';
import type { Store } from './store.ts';
import { withStoreErrors } from './with-store-errors.ts';

/**
 * Opens the database: a PostgreSQL server when a URL is given, otherwise PGlite in this process with its files in
 * `directory`.
 *
 * @throws OperatorError `store-unavailable` when the database cannot be opened, `store-busy` when another process uses
 * the embedded database.
 */
export function connectStore(options: {
  readonly databaseUrl?: string | undefined;
  readonly directory: string;
  /** How long to wait while another process uses the embedded database, milliseconds. @default 3000 */
  readonly waitMs?: number;
}): Promise<Store> {
  const { databaseUrl, directory, waitMs } = options;
  return databaseUrl ? connectServer(databaseUrl) : openEmbedded(directory, waitMs);
}

/** Milliseconds. Who only looks waits for a command that is at work, because they would look again anyway. */
const READER_WAIT_MS = 10_000;

/**
 * Opens the database for a command that only reads. Nothing is created and the schema is not changed. If there is no
 * embedded database yet, an empty one in memory is used. When an existing one starts, PostgreSQL writes to its log and
 * control files, but not to tables. Another process that uses the embedded database is waited for up to ten seconds.
 *
 * @throws OperatorError as in `connectStore`, and `store-schema` when the schema is not up to date.
 */
export async function connectToRead(options: Parameters<typeof connectStore>[0]): Promise<Store> {
  const isThere = options.databaseUrl || isCreated(options.directory);
  const store = await (isThere
    ? connectStore({ waitMs: READER_WAIT_MS, ...options })
    : openInMemory(options.directory));
  try {
    await withStoreErrors(store, async () => {
      await (isThere ? requireSchema(store) : migrate(store));
    });
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function openInMemory(absent: string): Promise<Store> {
  const database = await openPglite('memory://');
  return {
    ...embeddedStore(database, () => {}),
    description: `PGlite in ${absent}, which does not exist yet`,
  };
}

async function openEmbedded(directory: string, waitMs?: number): Promise<Store> {
  const release = await claimDirectory(directory, waitMs);
  try {
    const database = isCreated(directory) ? await openPglite(directory) : await createEmbedded(directory);
    return { ...embeddedStore(database, release), description: `PGlite in ${directory}` };
  } catch (cause) {
    release();
    throw embeddedFailure(directory, cause);
  }
}

/** Whether a whole embedded database is in the directory, and not one whose creation was interrupted. */
const isCreated = (directory: string): boolean =>
  existsSync(join(directory, 'PG_VERSION')) && !existsSync(markOf(directory));

/** The file that stands beside the directory while its database is created. */
const markOf = (directory: string): string => `${directory}.unfinished`;

/** Creates the embedded database. What an interrupted creation has left is removed. */
async function createEmbedded(directory: string): Promise<Pglite> {
  requireSpace(directory);
  writeFileSync(markOf(directory), '');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { mode: PRIVATE });
  const database = await openPglite(directory);
  rmSync(markOf(directory));
  return database;
}

function embeddedStore(database: Pglite, release: () => void): Omit<Store, 'description'> {
  const options: ClientOptions = {
    ...SHARED_OPTIONS,
    socket: () => new PgliteSocket(database),
    max: 1,
    database: 'postgres',
    user: 'postgres',
    ssl: false,
  };
  const sql = postgres(options);
  const close = once(async (): Promise<void> => {
    await sql.end({ timeout: 5 });
    await database.close();
    release();
  });
  return { sql, home: 'embedded', planMegabytes: null, close };
}
