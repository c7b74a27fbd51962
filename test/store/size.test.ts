import { expect, test } from 'vitest';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import { parseDatabaseUrl } from '../../pipeline/store/server-url.ts';
import { readStoreSize, requireRoom } from '../../pipeline/store/size.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { batchOf, distinctRatings } from '../support/batches.ts';
import { onEachHome } from '../support/stores.ts';

const MEGABYTE = 2 ** 20;

const ingest = (store: Store, name: string, role: 'train' | 'buffer', seed: number, count: number) =>
  ingestBatch(
    store,
    batchOf(name, distinctRatings(count, seed, { users: 9_000, movies: 900, taken: new Set() }), { role }),
    { maxRejectShare: 0 },
  );

test('a database at Neon has the limit of its free plan, and others have none', () => {
  const { planMegabytes } = parseDatabaseUrl(
    'postgres://a:b@ep-cool-1-pooler.eu-central-1.aws.neon.tech/films',
  );
  expect(planMegabytes).toBe(512);
  expect(parseDatabaseUrl('postgres://a:b@neon.tech.example.org/films').planMegabytes).toBeNull();
});

onEachHome(({ openStore }) => {
  test('the size says what each table takes, how many ratings are packed, and how many more fit', async () => {
    const store = await openStore();
    await ingest(store, 'initial', 'train', 1, 20_000);
    const { entry } = await ingest(store, 'week', 'buffer', 2, 10_000);
    const size = await readStoreSize(store, 64);
    expect(size.ratings).toEqual({ packed: 20_000 - entry.updated, plain: 10_000 - entry.unchanged });
    expect(size.limitBytes).toBe(64 * MEGABYTE);
    const free = 64 * MEGABYTE - size.bytes;
    expect(size.room?.plain).toBeGreaterThan(free / 100);
    expect(size.room?.plain).toBeLessThan(free / 50);
    expect(size.room?.packed).toBeGreaterThan(8 * (size.room?.plain ?? 0));
    const bytesOf = (table: string) => size.tables.find(({ name }) => name === table)?.bytes ?? 0;
    expect(bytesOf('ratings')).toBeGreaterThan(50 * 10_000);
    expect(bytesOf('packed_histories')).toBeGreaterThan(4 * 20_000);
    expect(size.tables.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(size.bytes);
    expect((await readStoreSize(store, null)).room).toBeNull();
  });

  test('a plain rating takes about what the room is computed with, and a packed one less', async () => {
    const store = await openStore();
    const bytes = async () => (await readStoreSize(store, null)).bytes;
    const empty = await bytes();
    await ingest(store, 'initial', 'train', 1, 200_000);
    const packed = await bytes();
    await ingest(store, 'week', 'buffer', 2, 200_000);
    const both = await bytes();
    const { room } = await readStoreSize({ ...store, planMegabytes: null }, both / MEGABYTE + 75);
    expect(packed - empty).toBeLessThan(200_000 * 10);
    expect((both - packed) / 200_000).toBeGreaterThan(45);
    expect((both - packed) / 200_000).toBeLessThan(90);
    expect(room?.plain).toBe(MEGABYTE);
  });

  test('a batch that does not fit is refused, with its size, that of the database, and what to do', async () => {
    const store = await openStore();
    const batch = { source: 'week.parquet', ratings: 1_000_000, isPacked: false };
    await expect(requireRoom(store, batch, 60)).rejects.toMatchObject({
      code: 'store-full',
      message: expect.stringMatching(
        /^week\.parquet does not fit into the database \(.+\): its 1000000 ratings need about 72 MB, and \d+ MB of 60 MB are in use\.$/,
      ),
      remedy: expect.stringContaining('cinematch data compact'),
    });
    await expect(requireRoom({ ...store, planMegabytes: 60 }, batch, null)).rejects.toMatchObject({
      code: 'store-full',
    });
    // Packed, or without a limit, it fits.
    await requireRoom(store, { ...batch, isPacked: true }, 60);
    await requireRoom(store, batch, null);
  });
});
