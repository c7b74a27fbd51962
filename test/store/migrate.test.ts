import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { migrate, requireSchema } from '../../pipeline/store/migrate.ts';
import { onEachHome, onServer } from '../support/stores.ts';

const names = readdirSync(new URL('../../data/migrations/', import.meta.url))
  .map((file) => file.replace('.sql', ''))
  .sort();
const version = names.length;

onEachHome(({ openBareStore, openStore }) => {
  test('migrating applies every migration once', async () => {
    const store = await openBareStore();
    expect(names[0]).toBe('0001-ratings');
    expect(await migrate(store)).toEqual({ applied: names, version });
    expect(await migrate(store)).toEqual({ applied: [], version });
  });

  test('requireSchema names the first missing migration, and creates nothing', async () => {
    const store = await openBareStore();
    const missing = (name: string) => ({ code: 'store-schema', message: expect.stringContaining(name) });
    await expect(requireSchema(store)).rejects.toMatchObject(missing('0001-ratings'));
    expect(await store.sql`select to_regclass('migrations') as found`).toEqual([{ found: null }]);
    await migrate(store);
    await requireSchema(store);
    await store.sql`delete from migrations where version = 5`;
    await expect(requireSchema(store)).rejects.toMatchObject(missing('0005-api'));
  });

  test('a migration that was edited after it ran is refused', async () => {
    const store = await openStore();
    await store.sql`update migrations set sha256 = 'of another text' where version = 2`;
    await expect(migrate(store)).rejects.toMatchObject({
      code: 'store-schema',
      message: expect.stringContaining('0002-models'),
    });
  });

  test('a database of a newer program is refused', async () => {
    const store = await openStore();
    await store.sql`insert into migrations values (99, '0099-from-the-future', 'x')`;
    await expect(migrate(store)).rejects.toMatchObject({
      code: 'store-schema',
      message: expect.stringContaining('0099-from-the-future'),
    });
  });
});

onServer(({ openBareStore, openSecondStore }) => {
  test('processes that migrate at the same time take turns', async () => {
    const stores = [await openBareStore(), await openSecondStore(), await openSecondStore()];
    const outcomes = await Promise.all(stores.map(migrate));
    expect(outcomes.flatMap(({ applied }) => applied).sort()).toEqual(names);
    expect(outcomes.map((outcome) => outcome.version)).toEqual([version, version, version]);
  });
});

test('every migration has a number of its own: of two with one number only the first would run', () => {
  const folder = new URL('../../data/migrations/', import.meta.url);
  const numbers = readdirSync(folder).map((file) => file.slice(0, 4));
  expect(new Set(numbers).size).toBe(numbers.length);
});
