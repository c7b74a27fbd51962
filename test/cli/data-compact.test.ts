import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connectStore } from '../../pipeline/store/connect.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import { migrate } from '../../pipeline/store/migrate.ts';
import { batchOf, distinctRatings } from '../support/batches.ts';
import { sharedCli } from '../support/cli.ts';
import { createEmbeddedDatabase } from '../support/embedded-template.ts';
import { storeState } from '../support/store-state.ts';

const runCli = sharedCli();

/** A home with a database as an earlier version left it: training data in plain rows. */
async function homeWithPlainRatings() {
  const home = await mkdtemp(join(tmpdir(), 'cinematch-compact-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const directory = join(home, 'pg');
  await createEmbeddedDatabase(directory);
  const withStore = async <T>(work: (store: Awaited<ReturnType<typeof connectStore>>) => Promise<T>) => {
    const store = await connectStore({ directory });
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  };
  await withStore(async (store) => {
    await migrate(store);
    const ratings = distinctRatings(50_000, 1, { users: 500, movies: 900, taken: new Set() });
    await ingestBatch(store, batchOf('one', ratings), { maxRejectShare: 0 });
    await store.sql`update ingestion_ledger set role = 'baseline'`;
  });
  return { home, state: () => withStore(storeState) };
}

test('a compaction can be tried, packs what was learned, and has nothing to do when it is repeated', async () => {
  const { home, state } = await homeWithPlainRatings();
  const before = await state();
  const tried = JSON.parse((await runCli(home, 'data', 'compact', '--dry-run', '--json')).stdout);
  expect(tried).toMatchObject({ ratings: 50_000, bytes: { after: null } });
  const packed = JSON.parse((await runCli(home, 'data', 'compact', '--json')).stdout);
  expect(packed).toMatchObject({ ratings: 50_000, bytes: { before: tried.bytes.before } });
  expect(packed.bytes.after).toBeLessThan(tried.bytes.before - 50_000 * 40);
  expect(await state()).toEqual(before);
  const repeated = await runCli(home, 'data', 'compact');
  expect(repeated.stdout).toMatch(/^0 ratings packed; the database had .+ and has .+\n$/);
});

test('the status shows the size of the database and its largest tables', async () => {
  const { home } = await homeWithPlainRatings();
  const { stdout } = await runCli(home, 'status');
  expect(stdout).toMatch(/^size {6}\d+(\.\d+)? MB, 0 packed and 50,000 plain ratings$/m);
  expect(stdout).toMatch(/^ ratings +\d+\.\d MB$/m);
  const { size } = JSON.parse((await runCli(home, 'status', '--json')).stdout);
  expect(size).toMatchObject({ limitBytes: null, room: null, ratings: { packed: 0, plain: 50_000 } });
  expect(size.tables[0]).toMatchObject({ name: 'ratings' });
});
