/** Roles that may not do everything, on a real server. */
import { expect, inject, test } from 'vitest';
import { connectStore, connectToRead } from '../../pipeline/store/connect.ts';
import { migrate } from '../../pipeline/store/migrate.ts';
import { withStoreErrors } from '../../pipeline/store/with-store-errors.ts';
import { sharedCli } from '../support/cli.ts';
import { createDatabase, dropDatabase } from '../support/postgres.ts';

const serverUrl = inject('postgresUrl');
const run = sharedCli();

interface Database {
  readonly owner: string;
  /** The URL for a role that has `grants` on the schema and its tables. */
  as(role: string, grants?: string): Promise<string>;
}

async function withDatabase(template: string | undefined, work: (database: Database) => Promise<void>) {
  const owner = await createDatabase(serverUrl as string, `cinematch_roles_${process.pid}`, template);
  const roles: string[] = [];
  const store = await connectStore({ databaseUrl: owner, directory: '' });
  try {
    await work({
      owner,
      as: async (role, grants) => {
        const name = `${role}_${process.pid}`;
        roles.push(name);
        await store.sql.unsafe(`create role ${name} login`);
        if (grants !== undefined) {
          await store.sql.unsafe(
            `grant ${grants} on all tables in schema public to ${name}; grant usage on all sequences in schema public to ${name}`,
          );
        }
        const url = new URL(owner);
        url.username = name;
        return url.href;
      },
    });
  } finally {
    for (const name of roles) await store.sql.unsafe(`drop owned by ${name}; drop role ${name}`);
    await store.close();
    await dropDatabase(serverUrl as string, owner);
  }
}

test.runIf(serverUrl !== null)(
  'a role that may create nothing works with a database that is up to date',
  () =>
    withDatabase(inject('migratedDatabase'), async ({ as }) => {
      const databaseUrl = await as('worker', 'select, insert, update, delete');
      const store = await connectStore({ databaseUrl, directory: '' });
      expect(await migrate(store)).toMatchObject({ applied: [] });
      await store.close();
      const reading = await connectToRead({ databaseUrl, directory: '' });
      await reading.close();
      const ingested = await run({ DATABASE_URL: databaseUrl, CINEMATCH_HOME: '/nowhere' }, 'status');
      expect([ingested.code, ingested.stderr]).toEqual([0, '']);
    }),
);

test.runIf(serverUrl !== null)(
  'a role that may create nothing is told so, without a stack, where tables are missing',
  () =>
    withDatabase(undefined, async ({ as }) => {
      const databaseUrl = await as('guest');
      const store = await connectStore({ databaseUrl, directory: '' });
      await expect(withStoreErrors(store, () => migrate(store))).rejects.toMatchObject({
        code: 'store-denied',
        message: expect.stringContaining('permission denied for schema public'),
      });
      await store.close();
    }),
);

test.runIf(serverUrl !== null)(
  'commands say what a role and a read-only database do not allow, without a stack',
  () =>
    withDatabase(inject('migratedDatabase'), async ({ as, owner }) => {
      const guest = await as('stranger');
      const readOnly = `${owner}?default_transaction_read_only=on`;
      const commands = [
        ['status'],
        ['models', 'list'],
        ['batches'],
        ['drift'],
        ['train'],
        ['keys', 'create', 'app'],
      ];
      const seen = new Set<string>();
      for (const databaseUrl of [guest, readOnly]) {
        for (const command of commands) {
          const { stderr } = await run(
            { DATABASE_URL: databaseUrl, CINEMATCH_HOME: '/dev/shm/none' },
            ...command,
          );
          expect([command, stderr]).toEqual([command, expect.not.stringMatching(/^\s+at |\[internal\]/m)]);
          for (const [, code = ''] of stderr.matchAll(/\[([a-z-]+)\]$/gm)) seen.add(code);
        }
      }
      expect([...seen]).toEqual(expect.arrayContaining(['store-denied', 'store-read-only']));
    }),
);
