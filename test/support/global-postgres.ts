import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { connectStore } from '../../pipeline/store/connect.ts';
import { migrate } from '../../pipeline/store/migrate.ts';
import { createDatabase, startPostgres } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A server on which tests may create databases, or null. */
    readonly postgresUrl: string | null;
    /** The name of an empty database with the current schema, as a template. */
    readonly migratedDatabase: string;
    /** A folder that the test files of the run share. */
    readonly runFolder: string;
  }
}

const MIGRATED = 'cinematch_migrated';

/** Starts what the whole run shares: a folder, and the PostgreSQL server of TEST_DATABASE_URL or a private one. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const configured = process.env['TEST_DATABASE_URL'];
  const temporary = project.config.env['TMPDIR'] ?? tmpdir();
  const server = configured ? null : await startPostgres(temporary);
  const url = configured || server?.url || null;
  project.provide('postgresUrl', url);
  project.provide('migratedDatabase', MIGRATED);
  if (url !== null) {
    const store = await connectStore({ databaseUrl: await createDatabase(url, MIGRATED), directory: '' });
    await migrate(store);
    await store.close();
  }
  const folder = mkdtempSync(join(temporary, 'cinematch-run-'));
  project.provide('runFolder', folder);
  return async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
