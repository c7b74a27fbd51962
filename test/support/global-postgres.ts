import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { connectStore } from '../../pipeline/store/connect.ts';
import { migrate } from '../../pipeline/store/migrate.ts';
import { createDatabase, startPostgres } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A server where tests may create databases, or null when there is none. */
    readonly postgresUrl: string | null;
    /** The name of a database there with the current schema and nothing in it, to copy. */
    readonly migratedDatabase: string;
    /** A folder for what test files of the run share. */
    readonly runFolder: string;
  }
}

const MIGRATED = 'cinematch_migrated';

/** What the whole run shares: a folder, and one PostgreSQL server, that of TEST_DATABASE_URL or a private one. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL'];
  const server = given ? null : await startPostgres();
  const url = given || server?.url || null;
  project.provide('postgresUrl', url);
  project.provide('migratedDatabase', MIGRATED);
  if (url !== null) {
    const store = await connectStore({ databaseUrl: await createDatabase(url, MIGRATED), directory: '' });
    await migrate(store);
    await store.close();
  }
  const folder = mkdtempSync(join(project.config.env['TMPDIR'] ?? tmpdir(), 'cinematch-run-'));
  project.provide('runFolder', folder);
  return async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
