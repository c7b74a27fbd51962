import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A server where tests may create databases, or null when there is none. */
    readonly postgresUrl: string | null;
  }
}

/** One PostgreSQL server for the whole run: that of TEST_DATABASE_URL, or a private one. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env['TEST_DATABASE_URL'];
  const server = given ? null : await startPostgres();
  project.provide('postgresUrl', given || server?.url || null);
  return server?.stop;
}
