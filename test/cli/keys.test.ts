/** From a new key to the next batch: ratings that were sent with the key are ingested like those of other sources. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sha256 } from '../../pipeline/lib/digest.ts';
import { acceptFeedback } from '../../pipeline/store/accept-feedback.ts';
import { connectStore } from '../../pipeline/store/connect.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { readRatingsOfUser } from '../../pipeline/store/user-feedback.ts';
import { sharedCli } from '../support/cli.ts';
import { createEmbeddedDatabase } from '../support/embedded-template.ts';

// Each command is a process that opens the embedded database. The limit only ends a test that hangs.
vi.setConfig({ testTimeout: 300_000 });

const runCli = sharedCli();
let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cinematch-keys-'));
  await createEmbeddedDatabase(join(home, 'pg'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function json(...args: readonly string[]) {
  const { code, stdout, stderr } = await runCli(home, ...args, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

async function inStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await connectStore({ directory: join(home, 'pg') });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

test('ratings sent with a new key are the next batch, before a week of the simulation', async () => {
  const { name, key, createdAt } = await json('keys', 'create', 'site');
  expect(key).toMatch(/^cm_[A-Za-z0-9_-]{43}$/);
  const outcome = await inStore((store) =>
    acceptFeedback(store, {
      keySha256: sha256(key),
      idempotencyKey: 'evening',
      ratings: [
        { userId: 900_001, movieId: 1, half: 9 },
        { userId: 900_001, movieId: 2, half: 3 },
      ],
      now: new Date(createdAt),
      limit: { ratings: 1000, windowSeconds: 3600 },
    }),
  );
  expect(outcome).toMatchObject({ status: 'recorded', recorded: 2 });
  const { taken } = await json('batches', '--take');
  expect(taken).toMatchObject([
    { source: 'feedback-1-2.parquet', role: 'buffer', read: 2, new: 2, rejected: 0 },
    { source: 'synthetic-3-1/week-01.parquet' },
  ]);
  await inStore(async (store) => {
    expect(await readRatingsOfUser(store, 900_001)).toEqual([
      { movieId: 1, stars: 4.5 },
      { movieId: 2, stars: 1.5 },
    ]);
    expect(await store.sql`select distinct batch_id from feedback`).toEqual([{ batchId: taken[0].batch }]);
  });
  expect(await json('keys', 'list')).toEqual([
    { name, scopes: ['read', 'write'], users: null, createdAt, revokedAt: null },
  ]);
});

test('a key is printed alone on standard output, listed by name, and revoked', async () => {
  const created = await runCli(home, 'keys', 'create', 'shop');
  expect(created.stdout).toMatch(/^cm_[A-Za-z0-9_-]{43}\n$/);
  expect(created.stderr).toContain('is not shown again');
  const twice = await runCli(home, 'keys', 'create', 'shop');
  expect([twice.code, twice.stderr]).toEqual([1, expect.stringContaining('[key-exists]')]);
  expect(await json('keys', 'revoke', 'shop')).toMatchObject({ name: 'shop', revokedAt: expect.any(String) });
  const again = await runCli(home, 'keys', 'revoke', 'shop');
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('[key-unknown]')]);
  const { stdout } = await runCli(home, 'keys', 'list');
  expect(stdout).toContain('shop');
  expect(stdout).not.toContain(created.stdout.trim());
});

test('a key says what it may do, and for whom', async () => {
  const created = await runCli(
    home,
    'keys',
    'create',
    'one-app',
    '--scope',
    'read',
    '--users',
    '7,1000-1999',
  );
  expect(created.stderr).toContain('It may read, for 7,1000-1999.');
  const { stdout } = await runCli(home, 'keys', 'list');
  expect(stdout).toMatch(/one-app +read +7,1000-1999/);
  const { code, stderr } = await runCli(home, 'keys', 'create', 'other', '--scope', 'all');
  expect([code, stderr]).toEqual([2, expect.stringContaining('read, write, admin')]);
  const prefix = await runCli(home, 'keys', 'create', 'other', '--users', 'app1:*');
  expect([prefix.code, prefix.stderr]).toEqual([
    2,
    expect.stringContaining('ids of users in this database are numbers'),
  ]);
});

test('an invalid name is wrong usage', async () => {
  const { code, stderr } = await runCli(home, 'keys', 'create', 'My Site');
  expect([code, stderr]).toEqual([2, expect.stringContaining('lower-case letters')]);
});
