import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, inject } from 'vitest';
import { connectStore } from '../../pipeline/store/connect.ts';
import { migrate } from '../../pipeline/store/migrate.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { createEmbeddedDatabase } from './embedded-template.ts';
import { createDatabase } from './postgres.ts';

export interface TestHome {
  /** An empty store with the current schema. Closed after the test. */
  openStore(): Promise<Store>;
  /** A store on a database without tables. Closed after the test. */
  openBareStore(): Promise<Store>;
}

interface ServerHome extends TestHome {
  /** Another connection to the same database, as from another process. */
  openSecondStore(): Promise<Store>;
}

/** Declares the tests on PGlite and, when there is a server, also on PostgreSQL. */
export function onEachHome(declare: (home: TestHome) => void): void {
  describe('on PGlite', () => declare(embeddedHome()));
  const serverUrl = inject('postgresUrl');
  if (serverUrl !== null) describe('on PostgreSQL', () => declare(serverHome(serverUrl)));
}

/** Declares tests that need several connections, and therefore a server. */
export function onServer(declare: (home: ServerHome) => void): void {
  const serverUrl = inject('postgresUrl');
  describe.runIf(serverUrl !== null)('on PostgreSQL', () => declare(serverHome(serverUrl as string)));
}

/** One embedded database for the tests of a file, emptied for each. */
function embeddedHome(): TestHome {
  const folder = mkdtempSync(join(tmpdir(), 'cinematch-store-'));
  const directory = join(folder, 'pg');
  let store: Store | undefined;
  afterAll(async () => {
    await store?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const connect = async (): Promise<Store> => {
    if (store === undefined) {
      await createEmbeddedDatabase(directory);
      store = await connectStore({ directory });
    }
    return store;
  };
  return {
    openBareStore: async () => withoutTables(await connect()),
    openStore: async () => withEmptyTables(await connect()),
  };
}

/** One database of the server for the tests of a file, emptied for each. */
function serverHome(serverUrl: string): ServerHome {
  const stores: Store[] = [];
  let databaseUrl: string | undefined;
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });
  const connect = async (): Promise<Store> => {
    databaseUrl ??= await createDatabase(serverUrl, `cinematch_test_${process.pid}`);
    const store = await connectStore({ databaseUrl, directory: '' });
    stores.push(store);
    return store;
  };
  return {
    openBareStore: async () => withoutTables(await connect()),
    openStore: async () => withEmptyTables(await connect()),
    openSecondStore: connect,
  };
}

async function withoutTables(store: Store): Promise<Store> {
  await store.sql.unsafe('drop schema public cascade; create schema public');
  return store;
}

/** The current schema with empty tables. Emptying the tables is faster than creating them. */
async function withEmptyTables(store: Store): Promise<Store> {
  const tables = await store.sql<{ name: string }[]>`
    select quote_ident(tablename) as name from pg_tables
    where schemaname = 'public' and tablename <> 'migrations'`;
  if (tables.length > 0) {
    const names = tables.map(({ name }) => name).join(', ');
    await store.sql.unsafe(`truncate ${names} restart identity cascade`);
  }
  // An earlier test may have left migrations that `migrate` refuses.
  await migrate(store).catch(async () => migrate(await withoutTables(store)));
  return store;
}
