/** A leased store with a real embedded database. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { connectStore } from '../../pipeline/store/connect.ts';
import { type LeasedStore, leasedStore, type SetTimer } from '../../pipeline/store/leased-store.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { createEmbeddedDatabase } from '../support/embedded-template.ts';

let folder: string;
let directory: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cinematch-lease-'));
  directory = join(folder, 'pg');
  await createEmbeddedDatabase(directory);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const leases: LeasedStore[] = [];
afterEach(async () => {
  await Promise.all(leases.splice(0).map((lease) => lease.close()));
});

/** A lease with a timer that the test controls. */
function openLease() {
  const opened: Store[] = [];
  let due: (() => void) | null = null;
  const setTimer: SetTimer = (callback) => {
    due = callback;
    return () => {
      due = null;
    };
  };
  const open = async (): Promise<Store> => {
    const store = await connectStore({ directory });
    opened.push(store);
    return store;
  };
  const lease = leasedStore(open, { idleMs: 1000, setTimer });
  leases.push(lease);
  return {
    lease,
    /** How often the database was opened. */
    openings: () => opened.length,
    isTimed: () => due !== null,
    runOut: () => due?.(),
  };
}

const answer = async ({ sql }: Store): Promise<number | undefined> =>
  (await sql<{ answer: number }[]>`select 42 as answer`)[0]?.answer;

/** Opens and closes the database, like another process. */
async function takeAndGiveBack(): Promise<void> {
  const store = await connectStore({ directory });
  await store.close();
}

test('uses share one store, and the database is free after the idle time', async () => {
  const { lease, openings, runOut } = openLease();
  expect(await Promise.all([lease.use(answer), lease.use(answer), lease.use(answer)])).toEqual([42, 42, 42]);
  expect(await lease.use(answer)).toBe(42);
  expect(openings()).toBe(1);
  await expect(takeAndGiveBack()).rejects.toMatchObject({ code: 'store-busy' });
  runOut();
  await expect.poll(() => takeAndGiveBack().then(() => 'free', String)).toBe('free');
  expect(await lease.use(answer)).toBe(42);
  expect(openings()).toBe(2);
});

test('the idle time does not run while the store is used', async () => {
  const { lease, isTimed } = openLease();
  let finish = (): void => {};
  const long = lease.use(async () => new Promise<void>((resolve) => (finish = resolve)));
  await lease.use(answer);
  expect(isTimed()).toBe(false);
  finish();
  await long;
  expect(isTimed()).toBe(true);
});

test('a use during closing waits and opens the store again', async () => {
  const { lease, openings, runOut } = openLease();
  await lease.use(answer);
  runOut();
  expect(await lease.use(answer)).toBe(42);
  expect(openings()).toBe(2);
});

test('every caller gets the error of a busy database, and the next use tries again', async () => {
  const { lease } = openLease();
  const other = await connectStore({ directory });
  const uses = [lease.use(answer), lease.use(answer)];
  for (const use of uses) await expect(use).rejects.toMatchObject({ code: 'store-busy' });
  await other.close();
  expect(await lease.use(answer)).toBe(42);
});

test('the store stays open after work that fails', async () => {
  const { lease, openings } = openLease();
  await expect(lease.use(({ sql }) => sql`select 1 / 0`)).rejects.toThrow('division by zero');
  expect(await lease.use(answer)).toBe(42);
  expect(openings()).toBe(1);
});

test('closing waits for running work, and no use is possible afterwards', async () => {
  const { lease } = openLease();
  const running = lease.use(async (store) => [await answer(store), await answer(store)]);
  await lease.close();
  expect(await running).toEqual([42, 42]);
  await takeAndGiveBack();
  await expect(lease.use(answer)).rejects.toThrow('was closed');
});

test('with the system timer the store is closed automatically', async () => {
  const lease = leasedStore(() => connectStore({ directory }), { idleMs: 1 });
  leases.push(lease);
  await lease.use(answer);
  await expect.poll(() => takeAndGiveBack().then(() => 'free', String)).toBe('free');
});
