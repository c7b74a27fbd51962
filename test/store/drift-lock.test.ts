import { expect, test } from 'vitest';
import { type DriftLock, withDriftLock } from '../../pipeline/store/drift-lock.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { onEachHome, onServer } from '../support/stores.ts';

/** Work that logs its start and end, with a query in between. */
function workOn(store: Store, name: string, log: string[]): Promise<string> {
  return withDriftLock(store, async () => {
    log.push(`${name} begins`);
    await store.sql`select pg_sleep(0.02)`;
    log.push(`${name} ends`);
    return name;
  });
}

const inTurn = (names: readonly string[]): string[] =>
  names.flatMap((name) => [`${name} begins`, `${name} ends`]);

onEachHome((home) => {
  test('more calls than connections run one at a time, in their order', async () => {
    const store = await home.openBareStore();
    const log: string[] = [];
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    expect(await Promise.all(names.map((name) => workOn(store, name, log)))).toEqual(names);
    expect(log).toEqual(inTurn(names));
  });

  test('the next call starts after a failure', async () => {
    const store = await home.openBareStore();
    const failing = withDriftLock(store, () => Promise.reject(new Error('the forge is away')));
    const next = workOn(store, 'next', []);
    await expect(failing).rejects.toThrow('the forge is away');
    expect(await next).toBe('next');
  });

  test('a nested call fails immediately, and the next call starts', async () => {
    const store = await home.openBareStore();
    await expect(withDriftLock(store, () => workOn(store, 'nested', []))).rejects.toThrow('already held');
    expect(await workOn(store, 'next', [])).toBe('next');
  });

  test('functions that require the lock cannot be called without a DriftLock', async () => {
    const store = await home.openBareStore();
    const needsLock = async (_lock: DriftLock): Promise<string> => 'done';
    // @ts-expect-error: only withDriftLock creates a DriftLock.
    await needsLock({});
    expect(await withDriftLock(store, needsLock)).toBe('done');
  });
});

onServer((home) => {
  test('two processes on one database take turns', async () => {
    const [one, two] = [await home.openBareStore(), await home.openSecondStore()];
    const log: string[] = [];
    await Promise.all([workOn(one, 'one', log), workOn(two, 'two', log)]);
    expect([inTurn(['one', 'two']), inTurn(['two', 'one'])]).toContainEqual(log);
  });
});
