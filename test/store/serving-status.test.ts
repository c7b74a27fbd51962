import { expect, test } from 'vitest';
import type { DriftCheck, SignalResult } from '../../pipeline/drift/signal.ts';
import { servingStatusSchema } from '../../pipeline/serving/serving-status.ts';
import { acknowledgeAlerts, recordDriftCheck } from '../../pipeline/store/drift-log.ts';
import { markFeedback, recordFeedback } from '../../pipeline/store/feedback.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import { promoteModel, recordModel } from '../../pipeline/store/models.ts';
import { readServingStatus } from '../../pipeline/store/serving-status.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { batchOf, ratingsOf } from '../support/batches.ts';
import { EVALUATION, manifestOf } from '../support/evaluations.ts';
import { listedRejects } from '../support/listed-rejects.ts';
import { onEachHome } from '../support/stores.ts';

const SUNDAY = new Date('2026-03-01T06:17:00Z');
const MONDAY = new Date('2026-03-02T06:17:00.123Z');
const TUESDAY = new Date('2026-03-03T06:17:00Z');
const SETTINGS = { now: TUESDAY, ingestHours: 216, driftHours: 50 };

const signal = (name: SignalResult['name'], verdict: SignalResult['verdict'], effect: number | null) => ({
  name,
  window: 'newest' as const,
  value: effect === null ? null : 3.5 + effect,
  reference: 3.5,
  effect,
  interval: null,
  threshold: 0.1,
  verdict,
  pValue: null,
  note: '',
  evidence: null,
  paired: null,
});

const CHECK: DriftCheck = {
  preset: 'robust',
  verdict: 'drift',
  signals: [
    signal('user_mean_shift', 'drift', 0.25),
    signal('rating_std', 'ok', 0.01),
    signal('genre_js', 'insufficient', null),
  ],
  windows: [],
  reference: { ratings: 1, users: 1, movies: 1 },
  contributors: [],
  quality: [],
  explanations: [],
  findings: [],
};

async function promote(store: Store, version: number, trainedBatchIds: readonly number[]): Promise<void> {
  const model = { manifest: manifestOf(version), evaluation: EVALUATION, reference: new Uint8Array() };
  await recordModel(store, { ...model, status: 'challenger' });
  await promoteModel(store, { version, promotedAt: SUNDAY, trainedBatchIds });
}

const checkAt = (store: Store, newestBatchId: number, modelVersion: number) =>
  recordDriftCheck(store, {
    checkedAt: MONDAY,
    modelVersion,
    check: CHECK,
    newestBatchId,
    bufferBatchIds: [newestBatchId],
    bufferRatings: 1,
    inputs: {},
  });

onEachHome(({ openStore }) => {
  test('the status of an empty store is empty', async () => {
    const status = await readServingStatus(await openStore(), SETTINGS);
    expect(status).toEqual({
      at: '2026-03-03T06:17:00.000Z',
      champion: null,
      lastIngest: null,
      lastCheck: null,
      openAlerts: 0,
      bufferRatings: 0,
      feedbackWaiting: 0,
      ingestHours: 216,
      driftHours: 50,
    });
    expect(servingStatusSchema.parse(JSON.parse(JSON.stringify(status)))).toEqual(status);
  });

  test('the status has the champion, the newest batch, the newest check and waiting feedback', async () => {
    const store = await openStore();
    const initial = ratingsOf([[1, 1, 5, 1_000]]);
    await ingestBatch(store, batchOf('initial', initial, { role: 'train' }), { maxRejectShare: 0 });
    await promote(store, 1, [1]);
    const week = ratingsOf([
      [1, 1, 6, 2_000],
      [2, 1, 6, 2_000],
      [3, 1, 6, 2_000],
    ]);
    const rejects = listedRejects([{ rowNumber: 4, reason: 'rating-invalid', content: '4,1,,2000' }]);
    await ingestBatch(store, batchOf('week', week, { ingestedAt: MONDAY, rejects }), { maxRejectShare: 1 });
    await checkAt(store, 2, 1);
    await recordFeedback(
      store,
      [1, 2, 3].map((movieId) => ({ userId: 1, movieId, half: 5, ratedAt: 3_000 })),
    );
    await markFeedback(store, [1], 2);

    const status = await readServingStatus(store, SETTINGS);
    expect(status).toEqual({
      at: '2026-03-03T06:17:00.000Z',
      champion: { version: 1, promotedAt: '2026-03-01T06:17:00.000Z' },
      lastIngest: {
        batchId: 2,
        source: 'week.parquet',
        at: '2026-03-02T06:17:00.123Z',
        new: 2,
        updated: 1,
        unchanged: 0,
        rejected: 1,
      },
      lastCheck: {
        at: '2026-03-02T06:17:00.123Z',
        verdict: 'drift',
        modelVersion: 1,
        signals: [
          {
            name: 'user_mean_shift',
            window: 'newest',
            value: 3.75,
            effect: 0.25,
            threshold: 0.1,
            verdict: 'drift',
          },
          {
            name: 'genre_js',
            window: 'newest',
            value: null,
            effect: null,
            threshold: 0.1,
            verdict: 'insufficient',
          },
        ],
      },
      openAlerts: 1,
      bufferRatings: 3,
      feedbackWaiting: 2,
      ingestHours: 216,
      driftHours: 50,
    });
    expect(servingStatusSchema.parse(JSON.parse(JSON.stringify(status)))).toEqual(status);
  });

  test('alerts about an earlier champion and acknowledged alerts are not open', async () => {
    const store = await openStore();
    for (const name of ['one', 'two']) {
      await ingestBatch(store, batchOf(name, ratingsOf([])), { maxRejectShare: 0 });
    }
    await promote(store, 1, []);
    await checkAt(store, 1, 1);
    await promote(store, 2, []);
    expect((await readServingStatus(store, SETTINGS)).openAlerts).toBe(0);
    await checkAt(store, 2, 2);
    expect((await readServingStatus(store, SETTINGS)).openAlerts).toBe(1);
    await acknowledgeAlerts(store, { by: 'ada', at: TUESDAY });
    expect((await readServingStatus(store, SETTINGS)).openAlerts).toBe(0);
  });
});
