import { expect, test } from 'vitest';
import { compactRatings, countCompactable } from '../../pipeline/store/compact-ratings.ts';
import { withDriftLock } from '../../pipeline/store/drift-lock.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import { countStored } from '../../pipeline/store/ledger.ts';
import { quarantineRatings, releaseRatings } from '../../pipeline/store/quarantine.ts';
import { readStoredRatings } from '../../pipeline/store/read-ratings.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { readRatingsOfUser } from '../../pipeline/store/user-feedback.ts';
import { batchOf, distinctRatings, ratingsOf, rowsOfRatings } from '../support/batches.ts';
import { rowsDigest, storeState } from '../support/store-state.ts';
import { onEachHome, onServer } from '../support/stores.ts';

/** More users than one slice of a compaction has. */
const USERS = 9_000;
const AT = new Date('2026-03-02T06:17:00Z');

async function ingestBuffer(store: Store, count: number): Promise<void> {
  const ratings = distinctRatings(count, 1, { users: USERS, movies: 500, taken: new Set() });
  await ingestBatch(store, batchOf('week', ratings), { maxRejectShare: 0 });
}

const promote = (store: Store) => store.sql`update ingestion_ledger set role = 'baseline'`;

async function bytesOf({ sql }: Store, table: string): Promise<number> {
  const [row] = await sql<{ bytes: number }[]>`select pg_total_relation_size(${table})::integer as bytes`;
  return row?.bytes ?? 0;
}

onEachHome(({ openStore }) => {
  test('a compaction moves what has become training data, with progress, and gives the space back', async () => {
    const store = await openStore();
    await ingestBuffer(store, 60_000);
    expect(await countCompactable(store)).toBe(0);
    expect(await compactRatings(store)).toBe(0);
    await promote(store);
    const before = { state: await storeState(store), bytes: await bytesOf(store, 'ratings') };
    expect(await countCompactable(store)).toBe(60_000);
    const done: number[] = [];
    expect(await compactRatings(store, (progress) => done.push(progress.done))).toBe(60_000);
    expect(done.length).toBeGreaterThan(2);
    expect(done.at(-1)).toBe(60_000);
    expect(await storeState(store)).toEqual(before.state);
    expect(await countStored(store.sql)).toEqual({ packed: 60_000, plain: 0 });
    expect(await bytesOf(store, 'ratings')).toBeLessThan(before.bytes / 50);
    expect(await bytesOf(store, 'packed_histories')).toBeLessThan(before.bytes / 4);
  });

  test('user 0 is packed and read like others', async () => {
    const store = await openStore();
    const rows = [
      [0, 0, 7, 1_000_000_000],
      [0, 5, 3, 1_000_000_001],
      [4, 0, 9, 1_000_000_000],
    ] as const;
    await ingestBatch(store, batchOf('week', ratingsOf(rows)), { maxRejectShare: 0 });
    await promote(store);
    expect(await compactRatings(store)).toBe(3);
    expect(await countStored(store.sql)).toEqual({ packed: 3, plain: 0 });
    expect(rowsOfRatings(await readStoredRatings(store))).toEqual(rows);
  });

  test('an interrupted compaction has moved whole users, and the next one moves the others', async () => {
    const store = await openStore();
    await ingestBuffer(store, 20_000);
    await promote(store);
    const before = await storeState(store);
    const interrupt = (): never => {
      throw new Error('interrupted');
    };
    await expect(compactRatings(store, interrupt)).rejects.toThrow('interrupted');
    const { packed, plain } = await countStored(store.sql);
    expect(packed).toBeGreaterThan(0);
    expect(plain).toBeGreaterThan(0);
    expect(await storeState(store)).toEqual(before);
    expect(await compactRatings(store)).toBe(plain);
    expect(await storeState(store)).toEqual(before);
    const rows = await rowsDigest(store);
    expect(await compactRatings(store)).toBe(0);
    expect(await rowsDigest(store)).toBe(rows);
  });

  test('a batch of training data is packed when it is stored', async () => {
    const store = await openStore();
    for (const role of ['train', 'holdout', 'baseline'] as const) {
      const one = ratingsOf([[1, role.length, 8, 1_000_000_000]]);
      await ingestBatch(store, batchOf(role, one, { role }), { maxRejectShare: 0 });
    }
    expect(await store.sql`select from ratings`).toHaveLength(0);
    expect((await readRatingsOfUser(store, 1)).map(({ movieId }) => movieId)).toEqual([5, 7, 8]);
  });

  test('a new rating takes the packed one that it replaces out of the history, and keeps it as a revision', async () => {
    const store = await openStore();
    const old = ratingsOf([
      [1, 1, 8, 1_000_000_000],
      [1, 2, 6, 1_000_000_001],
    ]);
    await ingestBatch(store, batchOf('initial', old, { role: 'train' }), { maxRejectShare: 0 });
    const { entry } = await ingestBatch(store, batchOf('week', ratingsOf([[1, 2, 2, 1_000_000_900]])), {
      maxRejectShare: 0,
    });
    expect(entry).toMatchObject({ new: 0, updated: 1, unchanged: 0 });
    expect(await countStored(store.sql, [1])).toEqual({ packed: 1, plain: 0 });
    expect(await countStored(store.sql, [2])).toEqual({ packed: 0, plain: 1 });
    expect(await store.sql`select previous_half, previous_batch_id from rating_revisions`).toMatchObject([
      { previousHalf: 6, previousBatchId: 1 },
    ]);
  });

  test('a rating that stands in for one in quarantine stays a plain row until that comes back', async () => {
    const store = await openStore();
    const rate = (name: string, half: number, time: number) =>
      ingestBatch(store, batchOf(name, ratingsOf([[1, 1, half, time]])), { maxRejectShare: 0 });
    await rate('one', 8, 1_000_000_000);
    await rate('two', 2, 1_000_000_100);
    const subjects = [{ kind: 'batch', id: 2 }] as const;
    const request = { subjects, by: 'ada', at: AT };
    await withDriftLock(store, (lock) => quarantineRatings(lock, store, { ...request, reason: '' }));
    await promote(store);
    expect(await compactRatings(store)).toBe(0);
    expect(rowsOfRatings(await readStoredRatings(store))).toEqual([[1, 1, 8, 1_000_000_000]]);
    await withDriftLock(store, (lock) => releaseRatings(lock, store, request));
    expect(await compactRatings(store)).toBe(1);
    expect(rowsOfRatings(await readStoredRatings(store))).toEqual([[1, 1, 2, 1_000_000_100]]);
  });

  test('a damaged history is refused by its user, wherever it is read', async () => {
    const store = await openStore();
    const ratings = distinctRatings(50, 1, { users: 5, movies: 50, taken: new Set() });
    await ingestBatch(store, batchOf('initial', ratings, { role: 'train' }), { maxRejectShare: 0 });
    await store.sql`
      update packed_histories set history = set_byte(history, 12, get_byte(history, 12) # 1) where user_id = 3`;
    const refusal = { code: 'store-damaged', message: expect.stringContaining('user 3') };
    await expect(readStoredRatings(store)).rejects.toMatchObject(refusal);
    await expect(readRatingsOfUser(store, 3)).rejects.toMatchObject(refusal);
    await expect(
      ingestBatch(store, batchOf('week', ratingsOf([[3, 900, 2, 1_000_000_900]])), { maxRejectShare: 0 }),
    ).rejects.toMatchObject(refusal);
    expect(await readRatingsOfUser(store, 2)).not.toHaveLength(0);
  });
});

onServer(({ openStore, openSecondStore }) => {
  test('readers see every rating once while a compaction runs', async () => {
    const [store, reader] = [await openStore(), await openSecondStore()];
    await ingestBuffer(store, 60_000);
    await promote(store);
    const expected = await storeState(store);
    const seen: Awaited<ReturnType<typeof storeState>>['ratings'][] = [];
    const compaction = compactRatings(store);
    let isRunning = true;
    const ended = compaction.finally(() => {
      isRunning = false;
    });
    while (isRunning) seen.push((await storeState(reader)).ratings);
    expect(await ended).toBe(60_000);
    expect(seen.length).toBeGreaterThan(1);
    expect(new Set(seen)).toEqual(new Set([expected.ratings]));
  });

  test('a compaction and an ingestion at the same time lose nothing', async () => {
    const [store, other] = [await openStore(), await openSecondStore()];
    await ingestBuffer(store, 30_000);
    await promote(store);
    const newer = distinctRatings(20_000, 2, { users: USERS, movies: 500, taken: new Set() });
    const week = { ...newer, ratedAt: newer.ratedAt.map((time) => time + 1_000_000) };
    const [, { entry }] = await Promise.all([
      compactRatings(store),
      ingestBatch(other, batchOf('next', week), { maxRejectShare: 0 }),
    ]);
    expect(entry.unchanged).toBe(0);
    expect((await readStoredRatings(store)).length).toBe(30_000 + entry.new);
    const { partial } = await storeState(store);
    expect(partial).toEqual([]);
  });
});
