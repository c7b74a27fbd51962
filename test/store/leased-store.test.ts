/** A store that others may have while nobody here uses it, with the embedded database as the real thing. */
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

/** A lease whose time runs out when the test says so. */
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

/** As another process would: opens the database, when it is free, and closes it. */
async function takeAndGiveBack(): Promise<void> {
  const store = await connectStore({ directory });
  await store.close();
}

test('uses share one store, and the database is free when its time has run out', async () => {
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

test('time does not run while the store is used', async () => {
  const { lease, isTimed } = openLease();
  let finish = (): void => {};
  const long = lease.use(async () => new Promise<void>((resolve) => (finish = resolve)));
  await lease.use(answer);
  expect(isTimed()).toBe(false);
  finish();
  await long;
  expect(isTimed()).toBe(true);
});

test('a use that comes while the store closes waits and opens it again', async () => {
  const { lease, openings, runOut } = openLease();
  await lease.use(answer);
  runOut();
  expect(await lease.use(answer)).toBe(42);
  expect(openings()).toBe(2);
});

test('a database that is in use is told to every caller, and tried again by the next', async () => {
  const { lease } = openLease();
  const other = await connectStore({ directory });
  const uses = [lease.use(answer), lease.use(answer)];
  for (const use of uses) await expect(use).rejects.toMatchObject({ code: 'store-busy' });
  await other.close();
  expect(await lease.use(answer)).toBe(42);
});

test('work that fails leaves the store open for the next', async () => {
  const { lease, openings } = openLease();
  await expect(lease.use(({ sql }) => sql`select 1 / 0`)).rejects.toThrow('division by zero');
  expect(await lease.use(answer)).toBe(42);
  expect(openings()).toBe(1);
});

test('closing waits for the work that runs, and nothing follows', async () => {
  const { lease } = openLease();
  const running = lease.use(async (store) => [await answer(store), await answer(store)]);
  await lease.close();
  expect(await running).toEqual([42, 42]);
  await takeAndGiveBack();
  await expect(lease.use(answer)).rejects.toThrow('was closed');
});

test('with the clock of the system the store closes by itself', async () => {
  const lease = leasedStore(() => connectStore({ directory }), { idleMs: 1 });
  leases.push(lease);
  await lease.use(answer);
  await expect.poll(() => takeAndGiveBack().then(() => 'free', String)).toBe('free');
});
