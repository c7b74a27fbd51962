import { expect, test } from 'vitest';
import { summariseRatings } from '../../pipeline/ratings/summary.ts';
import { apiKeyOf, createApiKey } from '../../pipeline/store/api-keys.ts';
import { withDriftLock } from '../../pipeline/store/drift-lock.ts';
import { type ErasureRequest, eraseUser, planErasure } from '../../pipeline/store/erase-user.ts';
import { listErasures } from '../../pipeline/store/erasures.ts';
import { recordFeedback } from '../../pipeline/store/feedback.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import { recordInteractions } from '../../pipeline/store/interactions.ts';
import { listBatches } from '../../pipeline/store/ledger.ts';
import { quarantineRatings } from '../../pipeline/store/quarantine.ts';
import { readStoredRatings } from '../../pipeline/store/read-ratings.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { readSummaries } from '../../pipeline/store/summaries.ts';
import { batchOf, type RatingRow, ratingsOf, rowsOfRatings } from '../support/batches.ts';
import { listedRejects } from '../support/listed-rejects.ts';
import { onEachHome } from '../support/stores.ts';
import { hmacOf, RARE_USER, tracesInDatabase } from '../support/traces.ts';

const AT = new Date('2026-03-02T06:17:00Z');
const TIME = AT.getTime() / 1000 - 86_400;
const limit = { maxRejectShare: 1 };
const erasure = (userId: number | string = RARE_USER): ErasureRequest => ({ userId, by: 'ada', at: AT });

/** Packed, plain and replaced ratings of two users, in four batches, feedback, and rejected rows. */
async function fill(store: Store): Promise<void> {
  const rows = (half: number, time: number, movies: readonly number[]): RatingRow[] =>
    [7, RARE_USER].flatMap((user) => movies.map((movie): RatingRow => [user, movie, half, time]));
  const ingest = (name: string, ratings: readonly RatingRow[], rest: Parameters<typeof batchOf>[2] = {}) =>
    ingestBatch(store, batchOf(name, ratingsOf(ratings), rest), limit);
  await ingest('train', rows(8, TIME, [1, 2, 3, 4]), { role: 'train' });
  await ingest('holdout', rows(6, TIME + 10, [5]), { role: 'holdout' });
  await ingest('week-1', rows(3, TIME + 20, [2, 6]), {
    rejects: listedRejects([
      { rowNumber: 2, reason: 'superseded', content: `user ${RARE_USER}, movie 2, rating 4, timestamp 9` },
      {
        rowNumber: 3,
        reason: 'rating-invalid',
        content: `a.csv, row 3: user ${RARE_USER}, movie 2, rating 9`,
      },
      { rowNumber: 4, reason: 'quotation-invalid', content: `the line ${RARE_USER},"7,4.5` },
      { rowNumber: 5, reason: 'rating-invalid', content: 'user 7, movie 2, rating 9' },
    ]),
  });
  await ingest('week-2', rows(9, TIME + 30, [6, 7]));
  await recordFeedback(store, [
    { userId: RARE_USER, movieId: 8, half: 5, ratedAt: TIME },
    { userId: 7, movieId: 8, half: 5, ratedAt: TIME },
  ]);
  await createApiKey(store, { name: 'app', key: apiKeyOf(new Uint8Array(32)) }, AT);
  await recordInteractions(
    store.sql,
    [RARE_USER, 7].map((userId) => ({ userId, movieId: 9, kind: 'hidden', at: TIME, times: 1 })),
    store.sql`select key_id from api_keys`,
  );
}

const others = async (store: Store): Promise<readonly RatingRow[]> =>
  rowsOfRatings(await readStoredRatings(store)).filter(([user]) => user !== RARE_USER);

onEachHome(({ openStore }) => {
  test('an erasure leaves no row of the user in any table, and every row of the others', async () => {
    const store = await openStore();
    await fill(store);
    const before = await others(store);
    expect(await tracesInDatabase(store, RARE_USER)).toContain('batch_summaries.user_ids');
    const outcome = await eraseUser(store, erasure());
    expect(outcome.removedNow).toEqual({
      ratings: 7,
      revisions: 2,
      feedback: 1,
      interactions: 1,
      rejectedRows: 3,
      reports: 0,
    });
    expect(outcome).toMatchObject({
      userId: RARE_USER,
      by: 'ada',
      at: AT,
      batches: [1, 2, 3, 4],
      models: [],
    });
    expect(await tracesInDatabase(store, RARE_USER)).toEqual([]);
    expect(await others(store)).toEqual(before);
    expect(await store.sql`select user_id from feedback union all select user_id from interactions`).toEqual([
      { userId: 7 },
      { userId: 7 },
    ]);
    expect(await store.sql`select row_number from rejected_ratings`).toEqual([{ rowNumber: 5 }]);
  });

  test('the batches are counted without the user, and the ledger tells what was read', async () => {
    const store = await openStore();
    await fill(store);
    const ledger = await listBatches(store);
    const { removed } = await eraseUser(store, erasure());
    expect(await listBatches(store)).toEqual(ledger);
    const summaries = await readSummaries(store, [1, 2, 3, 4]);
    let stored = 0;
    for (const [batchId, summary] of summaries) {
      expect(summary).toEqual(summariseRatings(await readStoredRatings(store, { batchIds: [batchId] })));
      stored += summary.count;
    }
    expect(stored + removed.ratings).toBe(ledger.reduce((sum, entry) => sum + entry.new, 0));
    const [packed] = await store.sql`select sum(packed)::integer as packed from ingestion_ledger`;
    expect(packed).toEqual({ packed: 4 });
  });

  test('a second erasure removes nothing and has the same answer', async () => {
    const store = await openStore();
    await fill(store);
    const first = await eraseUser(store, erasure());
    const second = await eraseUser(store, { userId: RARE_USER, by: 'grace', at: new Date('2026-04-01') });
    expect(second).toEqual({ ...first, removedNow: expect.objectContaining({ ratings: 0, revisions: 0 }) });
    expect(Object.values(second.removedNow).every((rows) => rows === 0)).toBe(true);
    expect(await listErasures(store)).toHaveLength(1);
  });

  test('a plan tells the same and changes nothing', async () => {
    const store = await openStore();
    await fill(store);
    const planned = await planErasure(store, erasure());
    expect(await listErasures(store)).toEqual([]);
    expect(await tracesInDatabase(store, RARE_USER)).toContain('ratings.user_id');
    expect((await eraseUser(store, erasure())).removedNow).toEqual(planned.removedNow);
  });

  test('a user in quarantine is erased with what is kept out, and the quarantine forgets who it was', async () => {
    const store = await openStore();
    await fill(store);
    const before = await others(store);
    await withDriftLock(store, (lock) =>
      quarantineRatings(lock, store, {
        subjects: [
          { kind: 'user', id: RARE_USER },
          { kind: 'user', id: 7 },
        ],
        by: 'ada',
        at: AT,
        reason: '',
      }),
    );
    expect((await eraseUser(store, erasure())).removedNow.ratings).toBe(7);
    expect(await tracesInDatabase(store, RARE_USER)).toEqual([]);
    await withDriftLock(store, async (lock) => {
      const { releaseRatings } = await import('../../pipeline/store/quarantine.ts');
      await releaseRatings(lock, store, { subjects: [{ kind: 'user', id: 7 }], by: 'ada', at: AT });
    });
    expect(rowsOfRatings(await readStoredRatings(store))).toEqual(before);
  });

  test('an old batch does not bring an erased user back: its rows are dropped and counted', async () => {
    const store = await openStore();
    await fill(store);
    await eraseUser(store, erasure());
    const before = rowsOfRatings(await readStoredRatings(store));
    for (const role of ['buffer', 'train'] as const) {
      const { entry } = await ingestBatch(
        store,
        batchOf(
          `old ${role}`,
          ratingsOf([
            [RARE_USER, 1, 8, TIME],
            [7, 1, 8, TIME],
            [RARE_USER, 90, 8, TIME],
          ]),
          {
            role,
            rejects: listedRejects([
              {
                rowNumber: 2,
                reason: 'superseded',
                content: `user ${RARE_USER}.0, movie 2, rating 4, timestamp 9`,
              },
              { rowNumber: 3, reason: 'quotation-invalid', content: `the line 12;${RARE_USER};"7` },
              { rowNumber: 4, reason: 'rating-invalid', content: 'user 7, movie 2, rating 9' },
            ]),
          },
        ),
        limit,
      );
      expect(entry).toMatchObject({ read: 6, new: 0, updated: 0, unchanged: 1, rejected: 3, erased: 2 });
    }
    expect(rowsOfRatings(await readStoredRatings(store))).toEqual(before);
    expect(await tracesInDatabase(store, RARE_USER)).toEqual([]);
  });

  test('with names, the name goes and does not come back, and the next new user gets another id', async () => {
    const store = await openStore();
    const names = { users: ['rare name', 'bea'], movies: ['m1', 'm2'] };
    const named = (name: string, users = names.users) =>
      ingestBatch(
        store,
        batchOf(
          name,
          ratingsOf([
            [0, 0, 8, TIME],
            [1, 1, 6, TIME],
          ]),
          { names: { ...names, users } },
        ),
        limit,
      );
    await named('first');
    expect((await eraseUser(store, erasure('rare name'))).removedNow.ratings).toBe(1);
    expect(await tracesInDatabase(store, 'rare name')).toEqual([]);
    const { entry } = await named('second', ['rare name', 'cleo']);
    expect(entry).toMatchObject({ read: 2, new: 1, erased: 1 });
    expect(await tracesInDatabase(store, 'rare name')).toEqual([]);
    expect(await store.sql`select * from user_names order by user_id`).toEqual([
      { userId: 2, name: 'bea' },
      { userId: 3, name: 'cleo' },
    ]);
  });

  test('the tombstone is an HMAC with a key that the database made, and stays when another user is erased', async () => {
    const store = await openStore();
    await eraseUser(store, erasure());
    expect(await store.sql`select hash from tombstones`).toEqual([
      { hash: await hmacOf(store, `id ${RARE_USER}`) },
    ]);
    const [key] = await store.sql<{ secret: Buffer }[]>`select secret from tombstone_key`;
    expect(new Set(key?.secret).size).toBeGreaterThan(16);
    await eraseUser(store, erasure(8));
    expect(await store.sql`select hash from tombstones order by erasure_id`).toEqual([
      { hash: await hmacOf(store, `id ${RARE_USER}`) },
      { hash: await hmacOf(store, 'id 8') },
    ]);
  });
});
