import { expect, test } from 'vitest';
import { seededRandom } from '../../pipeline/lib/random.ts';
import { summariseRatings } from '../../pipeline/ratings/summary.ts';
import { withDriftLock } from '../../pipeline/store/drift-lock.ts';
import { recordFeedback } from '../../pipeline/store/feedback.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import { countBufferRatings, listBatches } from '../../pipeline/store/ledger.ts';
import {
  activeQuarantines,
  listQuarantines,
  QUARANTINE_KINDS,
  type Quarantine,
  type QuarantineSubject,
  quarantineRatings,
  releaseRatings,
} from '../../pipeline/store/quarantine.ts';
import { readStoredRatings } from '../../pipeline/store/read-ratings.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { readSummaries } from '../../pipeline/store/summaries.ts';
import { readRatingsOfUser } from '../../pipeline/store/user-feedback.ts';
import { batchOf, type RatingRow, ratingsOf, rowsOfRatings } from '../support/batches.ts';
import { storeState } from '../support/store-state.ts';
import { onEachHome, onServer } from '../support/stores.ts';

const AT = new Date('2026-03-02T06:17:00Z');
const LATER = new Date('2026-03-03T06:17:00Z');
const limit = { maxRejectShare: 0.05 };

const keepOut = (
  store: Store,
  subjects: readonly QuarantineSubject[],
  at = AT,
): Promise<readonly Quarantine[]> =>
  withDriftLock(store, (lock) => quarantineRatings(lock, store, { subjects, by: 'ada', at, reason: 'bots' }));
const takeBack = (store: Store, subjects: readonly QuarantineSubject[], at = LATER) =>
  withDriftLock(store, (lock) => releaseRatings(lock, store, { subjects, by: 'grace', at }));

const ingest = (store: Store, name: string, rows: readonly RatingRow[]) =>
  ingestBatch(store, batchOf(name, ratingsOf(rows)), limit);
const rowsOf = async (store: Store): Promise<readonly RatingRow[]> =>
  rowsOfRatings(await readStoredRatings(store));

/** What stands of all rows that ever came, by definition: the newest of each pair that is not in quarantine. */
function standing(
  batches: readonly (readonly RatingRow[])[],
  held: readonly QuarantineSubject[],
): readonly RatingRow[] {
  const isHeld = (kind: string, id: number): boolean =>
    held.some((subject) => subject.kind === kind && subject.id === id);
  const newest = new Map<string, RatingRow>();
  for (const [index, rows] of batches.entries()) {
    for (const row of rows) {
      const [user, movie] = row;
      if (isHeld('batch', index + 1) || isHeld('user', user) || isHeld('movie', movie)) continue;
      newest.set(`${user} ${movie}`, row);
    }
  }
  return [...newest.values()].sort(([u, m], [v, n]) => u - v || m - n);
}

async function requireExactSummaries(store: Store): Promise<void> {
  const ids = (await listBatches(store)).map(({ batchId }) => batchId);
  const summaries = await readSummaries(store, ids);
  let buffer = 0;
  for (const id of ids) {
    const ratings = await readStoredRatings(store, { batchIds: [id] });
    expect(summaries.get(id)).toEqual(summariseRatings(ratings));
    buffer += ratings.length;
  }
  expect(await countBufferRatings(store)).toBe(buffer);
}

onEachHome(({ openStore }) => {
  test.each([1, 2, 3])(
    'ratings, summaries and ledger are those of what is not in quarantine, and after every release as if nothing had been (case %i)',
    async (seed) => {
      const store = await openStore();
      const random = seededRandom(seed);
      const upTo = (most: number): number => 1 + Math.floor(most * random());
      const batches: RatingRow[][] = [];
      let held: QuarantineSubject[] = [];
      let minutes = 0;
      const next = (): Date => new Date(AT.getTime() + 60_000 * ++minutes);
      const ingestNext = async (): Promise<void> => {
        const pairs = new Map<string, RatingRow>();
        for (let i = 0; i < 30; i++) {
          const [user, movie] = [upTo(6), upTo(8)];
          // Each batch is newer than the one before, so that it replaces what stands.
          pairs.set(`${user} ${movie}`, [user, movie, upTo(10), 1_000_000_000 + 1_000 * batches.length + i]);
        }
        batches.push([...pairs.values()]);
        await ingest(store, `batch ${batches.length}`, batches.at(-1) as RatingRow[]);
      };
      await ingestNext();
      for (let step = 0; step < 14; step++) {
        const action = random();
        if (action < 0.3) await ingestNext();
        else if (action < 0.7 || held.length === 0) {
          const kind = QUARANTINE_KINDS[upTo(3) - 1] as QuarantineSubject['kind'];
          const subject = { kind, id: kind === 'batch' ? upTo(batches.length) : upTo(6) };
          const without = held.filter(({ kind: k, id }) => k !== subject.kind || id !== subject.id);
          const isKnown = standing(batches, []).some(([user, movie], row) =>
            subject.kind === 'user'
              ? user === subject.id
              : subject.kind === 'movie'
                ? movie === subject.id
                : row < 0,
          );
          if (!isKnown && subject.kind !== 'batch') continue;
          try {
            await keepOut(store, [subject], next());
            held = [...without, subject];
          } catch (error) {
            // All of its ratings were replaced.
            expect(error).toMatchObject({ code: 'quarantine-unknown' });
          }
        } else {
          const [released, ...rest] = held;
          await takeBack(store, [released as QuarantineSubject], next());
          held = rest;
        }
        expect(await rowsOf(store)).toEqual(standing(batches, held));
        await requireExactSummaries(store);
      }
      for (const subject of held) await takeBack(store, [subject], next());
      expect(await rowsOf(store)).toEqual(standing(batches, []));
      await requireExactSummaries(store);
      expect((await storeState(store)).partial).toEqual([]);
      expect(await store.sql`select from quarantined_ratings`).toHaveLength(0);
    },
  );

  test('quarantine and release leave the same digests', async () => {
    const store = await openStore();
    await ingest(store, 'one', [
      [1, 1, 8, 1_000],
      [1, 2, 6, 1_001],
      [2, 1, 4, 1_002],
    ]);
    await ingest(store, 'two', [
      [1, 1, 1, 2_000],
      [3, 2, 1, 2_001],
    ]);
    const before = await storeState(store);
    for (const subject of [
      { kind: 'user', id: 1 },
      { kind: 'movie', id: 2 },
      { kind: 'batch', id: 2 },
    ] as const) {
      await keepOut(store, [subject]);
      expect((await storeState(store)).ratings).not.toBe(before.ratings);
      await takeBack(store, [subject]);
      expect(await storeState(store)).toEqual(before);
    }
  });

  test('the list says who, when, why, how many ratings, and who released them', async () => {
    const store = await openStore();
    await ingest(store, 'one', [
      [1, 1, 8, 1_000],
      [1, 2, 6, 1_001],
      [2, 1, 4, 1_002],
    ]);
    await keepOut(store, [{ kind: 'user', id: 1 }]);
    await keepOut(store, [{ kind: 'batch', id: 1 }]);
    await takeBack(store, [{ kind: 'user', id: 1 }]);
    const began = { reason: 'bots', by: 'ada', at: AT };
    expect(await listQuarantines(store)).toEqual([
      { quarantineId: 1, kind: 'user', id: 1, ...began, releasedBy: 'grace', releasedAt: LATER, ratings: 0 },
      { quarantineId: 2, kind: 'batch', id: 1, ...began, releasedBy: null, releasedAt: null, ratings: 3 },
    ]);
    expect(await activeQuarantines(store)).toEqual([2]);
    expect(await listBatches(store)).toMatchObject([{ quarantined: true, read: 3, new: 3 }]);
  });

  test('a repeated request changes nothing, also after its release, and a new one begins again', async () => {
    const store = await openStore();
    await ingest(store, 'one', [[1, 1, 8, 1_000]]);
    const user = [{ kind: 'user', id: 1 }] as const;
    await keepOut(store, user);
    expect(await keepOut(store, user, LATER)).toMatchObject([{ at: AT, releasedAt: null }]);
    await takeBack(store, user);
    expect(await keepOut(store, user)).toMatchObject([{ at: AT, releasedAt: LATER }]);
    expect(await rowsOf(store)).toHaveLength(1);
    await keepOut(store, user, new Date(LATER.getTime() + 1));
    expect(await rowsOf(store)).toEqual([]);
    expect(await listQuarantines(store)).toHaveLength(2);
  });

  test('a subject without ratings is refused, and so is a release of what is not in quarantine; nothing is done', async () => {
    const store = await openStore();
    await ingest(store, 'one', [[1, 1, 8, 1_000]]);
    await expect(
      keepOut(store, [
        { kind: 'user', id: 1 },
        { kind: 'user', id: 7 },
      ]),
    ).rejects.toMatchObject({
      code: 'quarantine-unknown',
      message: 'The database has no rating of user 7, so nothing was quarantined.',
    });
    await expect(keepOut(store, [{ kind: 'batch', id: 2_000_000_000 }])).rejects.toMatchObject({
      code: 'quarantine-unknown',
    });
    await expect(takeBack(store, [{ kind: 'movie', id: 1 }])).rejects.toMatchObject({
      code: 'quarantine-unknown',
      message: 'The movie 1 is not in quarantine, so nothing was released.',
    });
    expect(await listQuarantines(store)).toEqual([]);
    expect(await rowsOf(store)).toHaveLength(1);
  });

  test('ratings and feedback of a user in quarantine are in no list of what was seen', async () => {
    const store = await openStore();
    await ingest(store, 'one', [
      [1, 1, 8, 1_000],
      [2, 2, 8, 1_000],
    ]);
    await recordFeedback(store, [
      { userId: 1, movieId: 5, half: 9, ratedAt: 2_000 },
      { userId: 2, movieId: 5, half: 9, ratedAt: 2_000 },
    ]);
    await keepOut(store, [{ kind: 'user', id: 1 }]);
    expect(await readRatingsOfUser(store, 1)).toEqual([]);
    expect(await readRatingsOfUser(store, 2)).toHaveLength(2);
    await takeBack(store, [{ kind: 'user', id: 1 }]);
    expect(await readRatingsOfUser(store, 1)).toHaveLength(2);
  });
});

onServer(({ openStore, openSecondStore }) => {
  test('two processes that quarantine and ingest at the same time lose nothing', async () => {
    const store = await openStore();
    const second = await openSecondStore();
    const rows = Array.from({ length: 300 }, (_, i): RatingRow => [1 + (i % 10), 1 + i, 5, 1_000 + i]);
    await ingest(store, 'one', rows);
    await Promise.all([
      keepOut(store, [{ kind: 'user', id: 1 }]),
      keepOut(second, [{ kind: 'movie', id: 2 }]),
      ingest(store, 'two', [[1, 900, 3, 2_000]]),
      ingest(second, 'three', [[2, 901, 3, 2_000]]),
    ]);
    expect(await rowsOf(store)).toHaveLength(300 - 30 - 1 + 1);
    await requireExactSummaries(store);
    await Promise.all([
      takeBack(store, [{ kind: 'movie', id: 2 }]),
      takeBack(second, [{ kind: 'user', id: 1 }]),
    ]);
    expect(await rowsOf(store)).toHaveLength(302);
    await requireExactSummaries(store);
  });
});
