import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compactRatings } from '../../pipeline/store/compact-ratings.ts';
import { withDriftLock } from '../../pipeline/store/drift-lock.ts';
import { recordFeedback } from '../../pipeline/store/feedback.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import { BATCH_ROLES, type BatchRole, countBufferRatings, listBatches } from '../../pipeline/store/ledger.ts';
import {
  listQuarantines,
  QUARANTINE_KINDS,
  type QuarantineSubject,
  quarantineRatings,
  releaseRatings,
} from '../../pipeline/store/quarantine.ts';
import { readRevisedPairs, readStoredRatings } from '../../pipeline/store/read-ratings.ts';
import { readServingStatus } from '../../pipeline/store/serving-status.ts';
import { readSinceTraining } from '../../pipeline/store/since-training.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { readSummaries } from '../../pipeline/store/summaries.ts';
import { readRatingsOfUser } from '../../pipeline/store/user-feedback.ts';
import { batchOf, type RatingRow, ratingsOf } from '../support/batches.ts';
import { storeState } from '../support/store-state.ts';
import { onEachHome } from '../support/stores.ts';
import { SWEEP_NOTE, sweepSize } from '../support/sweep.ts';

const USERS = [1, 2, 3, 4];
const MOVIES = 5;
const MINUTE = 60_000;
const BEGIN = Date.UTC(2026, 2, 2);

type Step =
  | { readonly kind: 'ingest'; readonly role: BatchRole; readonly rows: readonly RatingRow[] }
  /** The batches so far become training data. */
  | { readonly kind: 'promote' }
  /** Only where histories are packed: a compaction that a promotion did not end. */
  | { readonly kind: 'compact' }
  | { readonly kind: 'quarantine' | 'release'; readonly subject: QuarantineSubject };

const rows = fc.uniqueArray(
  fc.tuple(
    fc.constantFrom(...USERS),
    fc.integer({ min: 1, max: MOVIES }),
    fc.integer({ min: 1, max: 10 }),
    fc.integer({ min: 1_000_000_000, max: 1_000_000_003 }),
  ),
  { selector: ([user, movie]) => `${user} ${movie}`, maxLength: 12 },
);
const subject = fc.record({
  kind: fc.constantFrom(...QUARANTINE_KINDS),
  id: fc.integer({ min: 1, max: 5 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('ingest'), role: fc.constantFrom(...BATCH_ROLES), rows }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('promote') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('compact') }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('quarantine'), subject }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('release'), subject }) },
) as fc.Arbitrary<Step>;

/** The refusal of a step is part of what it answers. */
const codeOf = (error: unknown): string => {
  const { code } = error as { readonly code?: string };
  if (code !== 'quarantine-unknown') throw error;
  return code;
};

/** Takes a step. Without packing, every batch comes as plain rows and stays so. */
async function take(store: Store, step: Step, number: number, packs: boolean): Promise<unknown> {
  const at = new Date(BEGIN + number * MINUTE);
  if (step.kind === 'ingest') {
    const batch = batchOf(`batch ${number}`, ratingsOf(step.rows), {
      role: packs ? step.role : 'buffer',
      ingestedAt: at,
      judgeKnown: (known) => [{ name: 'rows_known', severity: 'minor', value: known } as never],
    });
    const { entry } = await ingestBatch(store, batch, { maxRejectShare: 0 });
    await store.sql`update ingestion_ledger set role = ${step.role} where batch_id = ${entry.batchId}`;
    return { ...entry, role: step.role, durationMs: 0 };
  }
  if (step.kind === 'promote') {
    await store.sql`update ingestion_ledger set role = 'baseline' where role in ('buffer', 'holdout')`;
    if (packs) await compactRatings(store);
    return null;
  }
  if (step.kind === 'compact') {
    if (packs) await compactRatings(store);
    return null;
  }
  const request = { subjects: [step.subject], by: 'ada', at, reason: '' };
  const change = step.kind === 'quarantine' ? quarantineRatings : releaseRatings;
  return withDriftLock(store, (lock) => change(lock, store, request)).catch(codeOf);
}

/** What the store answers to every question about ratings. */
async function answers(store: Store): Promise<unknown> {
  const batches = await listBatches(store);
  const ids = batches.map(({ batchId }) => batchId);
  const revised = await readRevisedPairs(store, ids);
  const read = (filter: Parameters<typeof readStoredRatings>[1]) => readStoredRatings(store, filter);
  return {
    state: await storeState(store),
    all: await read({}),
    byBatch: await Promise.all(ids.map((id) => read({ batchIds: [id] }))),
    firstTwo: await read({ batchIds: ids.slice(0, 2) }),
    someUsers: await Promise.all([0.2, 0.5, 0.8].map((userShare) => read({ userShare }))),
    ofTwo: await read({ userIds: Int32Array.of(1, 3) }),
    ofTwoBefore: await read({ userIds: Int32Array.of(2, 3), beforeBatch: 3 }),
    someUsersOfOne: await read({ batchIds: ids.slice(0, 1), userShare: 0.5 }),
    // A set: the order of its pairs says nothing.
    revised: Array.from(revised.userIds, (user, at) => `${user} ${revised.movieIds[at]}`).sort(),
    summaries: await readSummaries(store, ids),
    buffer: await countBufferRatings(store),
    ofUsers: await Promise.all(USERS.map((user) => readRatingsOfUser(store, user))),
    unlearned: [...(await readSinceTraining(store, USERS, ids.slice(0, 2))).unlearned].sort(),
    quarantines: (await listQuarantines(store)).map(({ ratings, kind, id }) => ({ ratings, kind, id })),
    status: await readServingStatus(store, { now: new Date(BEGIN), ingestHours: 1, driftHours: 1 }),
  };
}

async function live(store: Store, steps: readonly Step[], packs: boolean): Promise<readonly unknown[]> {
  await recordFeedback(store, [{ userId: 1, movieId: 2, half: 3, ratedAt: 1_000_000_002 }]);
  const seen: unknown[] = [];
  for (const [number, step] of steps.entries()) {
    seen.push(await take(store, step, number + 1, packs), await answers(store));
  }
  return seen;
}

/** A server has a limited number of connections. The embedded store is the same for all tests. */
const letGo = async (store: Store): Promise<void> => {
  if (store.home === 'postgres') await store.close();
};

onEachHome(({ openStore }) => {
  test('every question has the same answer whether training data is packed or plain', async () => {
    let packed = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
        const empty = await openStore();
        const plain = await live(empty, steps, false);
        await letGo(empty);
        const store = await openStore();
        expect(await live(store, steps, true), SWEEP_NOTE).toEqual(plain);
        const [row] = await store.sql<{ ratings: number }[]>`
          select coalesce(sum(packed), 0)::integer as ratings from ingestion_ledger`;
        packed += row?.ratings ?? 0;
        await letGo(store);
      }),
      { numRuns: sweepSize(150, 8), seed: 3, endOnFailure: true },
    );
    // The histories were in use.
    expect(packed).toBeGreaterThan(0);
  });
});
