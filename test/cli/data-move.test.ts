/** The database of a home goes to another home or to a server, and comes back. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { connectStore } from '../../pipeline/store/connect.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import { migrate } from '../../pipeline/store/migrate.ts';
import { batchOf, distinctRatings } from '../support/batches.ts';
import { sharedCli } from '../support/cli.ts';
import { createEmbeddedDatabase } from '../support/embedded-template.ts';
import { createDatabase } from '../support/postgres.ts';

// Each command opens embedded databases. The limit only ends a test that hangs.
vi.setConfig({ testTimeout: 300_000 });

const runCli = sharedCli();
const serverUrl = inject('postgresUrl');
let folder: string;
let home: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cinematch-data-move-'));
  home = join(folder, 'home');
  const directory = join(home, 'pg');
  await createEmbeddedDatabase(directory);
  const store = await connectStore({ directory });
  await migrate(store);
  const ratings = distinctRatings(2_000, 1, { users: 100, movies: 200, taken: new Set() });
  await ingestBatch(store, batchOf('first', ratings), { maxRejectShare: 0 });
  await store.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Place = Parameters<typeof runCli>[0];

async function done(place: Place, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(place, 'data', 'move', ...args);
  expect(code, stderr).toBe(0);
  return stdout;
}

test('a dry run says what would be moved, and creates nothing', async () => {
  const other = join(folder, 'planned');
  const { rows, diskBytes, tables, from, to } = JSON.parse(
    await done(home, '--to', other, '--dry-run', '--json'),
  );
  expect(tables).toContainEqual({ name: 'ratings', rows: 2_000, diskBytes: expect.any(Number) });
  expect(rows).toBeGreaterThanOrEqual(2_000);
  expect(diskBytes).toBeGreaterThan(60_000);
  expect([from, to]).toEqual([
    `PGlite in ${join(home, 'pg')}`,
    `a new embedded database in ${join(other, 'pg')}`,
  ]);
  expect(await done(home, '--to', other, '--dry-run')).toMatch(/ratings +2,000[\s\S]*Nothing was moved\./);
  expect(existsSync(other)).toBe(false);
});

test('the database of a home goes to another home; the same command again says so', async () => {
  const other = join(folder, 'other');
  const text = await done(home, '--to', other);
  expect(text).toMatch(/ratings +2,000 +76\.0 kB +[0-9a-f]{16}/);
  expect(text).toContain(`set CINEMATCH_HOME to ${other}`);
  expect(await done(home, '--to', other)).toContain('already has all of');
  const { status, resumedRows, tables } = JSON.parse(await done(home, '--to', other, '--json'));
  expect([status, resumedRows]).toEqual(['already-there', 0]);
  expect(tables).toContainEqual({
    name: 'ratings',
    rows: 2_000,
    bytes: 76_000,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test.runIf(serverUrl !== null)(
  'it goes to a server, whose password no output has, and comes back',
  async () => {
    const url = new URL(await createDatabase(serverUrl as string, `cinematch_cli_move_${process.pid}`));
    url.password = 's3cret';
    const DATABASE_URL = url.href;
    const there = await runCli(
      { CINEMATCH_HOME: home, TARGET: DATABASE_URL },
      'data',
      'move',
      '--to-env',
      'TARGET',
    );
    expect(there.code, there.stderr).toBe(0);
    expect(there.stdout).toContain('set DATABASE_URL');
    const back = await runCli(
      { CINEMATCH_HOME: home, DATABASE_URL },
      'data',
      'move',
      '--to',
      join(folder, 'back'),
    );
    expect(back.code, back.stderr).toBe(0);
    expect(back.stdout).toContain('unset DATABASE_URL');
    const digests = (text: string) => text.match(/\b[0-9a-f]{16}\b/g);
    expect(digests(back.stdout)).toEqual(digests(there.stdout));
    const again = await runCli({ CINEMATCH_HOME: home, DATABASE_URL }, 'data', 'move', '--to', DATABASE_URL);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('[store-busy]')]);
    for (const { stdout, stderr } of [there, back, again]) expect(stdout + stderr).not.toContain('s3cret');
  },
);

test.each([
  [['--to', 'mysql://me:s3cret@db/films'], '--to is a URL, but not one of PostgreSQL'],
  [['--to', 'a', '--to-env', 'B'], 'got two'],
  [[], 'got none'],
  [['--to-env', 'NOT_SET_ANYWHERE'], 'The variable NOT_SET_ANYWHERE of --to-env is empty'],
] as const)('%j is refused in words', async (args, message) => {
  const { code, stderr } = await runCli(home, 'data', 'move', ...args);
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  expect(stderr).not.toContain('s3cret');
});

test('a home is not moved into itself, and a home without a database has nothing to move', async () => {
  const same = await runCli(home, 'data', 'move', '--to', home);
  expect([same.code, same.stderr]).toEqual([2, expect.stringContaining('would be moved')]);
  const none = await runCli(join(folder, 'none'), 'data', 'move', '--to', join(folder, 'third'));
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('nothing to move')]);
});
