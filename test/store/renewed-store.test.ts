/** A process that outlives its database server, and is answered again when the server is back. */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { connectServer } from '../../pipeline/store/connect-server.ts';
import { type RenewedStore, renewedStore } from '../../pipeline/store/renewed-store.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { startDatabaseProxy } from '../support/database-proxy.ts';

const serverUrl = inject('postgresUrl');
const CONNECT_SECONDS = 1;

const one = ({ sql }: Store) => sql<{ one: number }[]>`select 1 as one`.then(([row]) => row?.one);

/** Asks, and takes another store after a failure, as the API does. */
async function ask({ use, renew }: RenewedStore): Promise<number | undefined | null> {
  return use(one).catch(() => {
    renew();
    return null;
  });
}

describe.runIf(serverUrl !== null)('with a server that comes and goes', () => {
  // A client that was refused forgets to stop its clock: with the same client the answer comes too late.
  test('a store answers again after a refusal that was longer ago than a connection may take', async () => {
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
      await proxy.mend();
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

test('a store is opened once, for as long as it does', async () => {
  const { counts, renewed } = countedStore();
  expect(counts).toEqual({ opened: 0, closed: 0 });
  await Promise.all([renewed.use(async () => 1), renewed.use(async () => 2)]);
  expect(counts).toEqual({ opened: 1, closed: 0 });
  renewed.renew();
  await renewed.use(async () => 3);
  expect(counts).toEqual({ opened: 2, closed: 1 });
  await renewed.close();
  expect(counts).toEqual({ opened: 2, closed: 2 });
});

test('one that could not be opened is tried again after it was given up', async () => {
  const { renewed } = countedStore();
  for (let time = 0; time < 2; time++) {
    await renewed.use(async () => 1);
    renewed.renew();
  }
  await expect(renewed.use(async () => 1)).rejects.toThrow('not there');
  renewed.renew();
  expect(await renewed.use(async () => 4)).toBe(4);
});
