/** A process that runs longer than its database server, and connects again when the server is back. */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { connectServer } from '../../pipeline/store/connect-server.ts';
import { type RenewedStore, renewedStore } from '../../pipeline/store/renewed-store.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { startDatabaseProxy } from '../support/database-proxy.ts';

const serverUrl = inject('postgresUrl');
const CONNECT_SECONDS = 3;

const one = ({ sql }: Store) => sql<{ one: number }[]>`select 1 as one`.then(([row]) => row?.one);

/** Runs a query and renews the store after a failure, as the API does. */
async function ask({ use, renew }: RenewedStore): Promise<number | undefined | null> {
  let used: Store | undefined;
  const asked = use((store) => {
    used = store;
    return one(store);
  });
  return asked.catch(() => {
    renew(used as Store);
    return null;
  });
}

describe.runIf(serverUrl !== null)('with a server that comes and goes', () => {
  // A refused postgres.js client does not stop its timer, so a query of the same client would fail.
  test('a store works again when the refusal was longer ago than the connect timeout', async () => {
    const proxy = await startDatabaseProxy(serverUrl as string);
    const store = renewedStore(() =>
      connectServer(proxy.url, { max: 1, lazy: true, connectTimeoutSeconds: CONNECT_SECONDS }),
    );
    onTestFinished(async () => {
      await store.close();
      await proxy.close();
    });
    expect(await ask(store)).toBe(1);
    for (const milliseconds of [0, 1_000 * CONNECT_SECONDS + 150]) {
      await proxy.refuse();
      expect(await ask(store)).toBeNull();
      await setTimeout(milliseconds);
      await proxy.repair();
      expect(await ask(store)).toBe(1);
    }
  });
});

function countedStore() {
  const counts = { opened: 0, closed: 0 };
  const renewed = renewedStore(async () => {
    counts.opened++;
    if (counts.opened === 3) throw new Error('not there');
    return { close: async () => void counts.closed++ } as unknown as Store;
  });
  return { counts, renewed };
}

/** The current store. */
const given = ({ use }: RenewedStore): Promise<Store> => use(async (store) => store);

test('a store is opened once, until it is renewed', async () => {
  const { counts, renewed } = countedStore();
  expect(counts).toEqual({ opened: 0, closed: 0 });
  const [store, same] = await Promise.all([given(renewed), given(renewed)]);
  expect(same).toBe(store);
  expect(counts).toEqual({ opened: 1, closed: 0 });
  renewed.renew(store);
  await given(renewed);
  expect(counts).toEqual({ opened: 2, closed: 1 });
  await renewed.close();
  expect(counts).toEqual({ opened: 2, closed: 2 });
});

test('two failures with the same store renew it once', async () => {
  const { counts, renewed } = countedStore();
  const failed = await given(renewed);
  renewed.renew(failed);
  const next = await given(renewed);
  renewed.renew(failed);
  expect(await given(renewed)).toBe(next);
  expect(counts).toEqual({ opened: 2, closed: 1 });
});

test('opening is tried again after a failure', async () => {
  const { renewed } = countedStore();
  for (let time = 0; time < 2; time++) renewed.renew(await given(renewed));
  await expect(given(renewed)).rejects.toThrow('not there');
  expect(await renewed.use(async () => 4)).toBe(4);
});
