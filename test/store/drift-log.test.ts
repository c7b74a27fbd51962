import { expect, test } from 'vitest';
import type { DriftCheck, Verdict } from '../../pipeline/drift/signal.ts';
import {
  acknowledgeAlerts,
  type CheckRecord,
  latestCheck,
  listChecks,
  newestAcknowledgement,
  openAlerts,
  recordDecision,
  recordDriftCheck,
} from '../../pipeline/store/drift-log.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import { promoteModel, recordModel } from '../../pipeline/store/models.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { batchOf, ratingsOf } from '../support/batches.ts';
import { EVALUATION, manifestOf } from '../support/evaluations.ts';
import { onEachHome, type TestHome } from '../support/stores.ts';

const AT = new Date('2026-03-02T06:17:00Z');
const LATER = new Date('2026-03-02T06:18:00Z');
const EVER = { since: new Date(0) };

const checkWith = (verdict: Verdict): DriftCheck => ({
  preset: 'robust',
  verdict,
  signals: [
    {
      name: 'user_mean_shift',
      window: 'newest',
      value: 3.71,
      reference: 3.5,
      effect: 0.1 + 0.2,
      interval: [0.1, 1 / 3],
      threshold: 0.1,
      verdict,
      pValue: 1e-9,
      note: 'Users rate 0.3★ higher.',
      evidence: { value: 612.5, bar: 520, batches: 3 },
      paired: { value: -0.03, reference: -0.04, effect: 0.0111, interval: [-1 / 3, 0.1 + 0.2] },
    },
    {
      name: 'genre_js',
      window: 'buffer',
      value: null,
      reference: null,
      effect: null,
      interval: null,
      threshold: null,
      verdict: 'insufficient',
      pValue: null,
      note: 'Too few users.',
      evidence: null,
      paired: null,
    },
  ],
  windows: [{ name: 'newest', ratings: 1_000, users: 80, movies: 300 }],
  reference: { ratings: 10_000, users: 500, movies: 400 },
  quality: [],
  contributors: [{ kind: 'genre', label: 'Drama', referenceShare: 0.2, windowShare: 0.4, windowMean: 4.1 }],
  findings: [
    {
      kind: 'user-flood',
      of: 'user',
      who: ['7'],
      count: 1,
      ratings: 900,
      share: 0.9,
      text: 'One user gave 900 ratings.',
      remains: { signal: 'user_mean_shift', effect: 0.1 + 0.2, effectWithout: 0.01 },
    },
  ],
  explanations: [
    {
      signal: 'user_mean_shift',
      window: 'newest',
      contributions: [
        {
          partition: 'user-group',
          total: 0.1 + 0.2,
          parts: [
            {
              label: 'new users',
              referenceShare: 0,
              windowShare: 1,
              before: null,
              now: 3.71,
              contribution: 0.1 + 0.2,
            },
          ],
        },
      ],
      influence: [{ kind: 'user', label: '7', ratings: 900, share: 0.9, effectWithout: 0.01 }],
    },
  ],
});

const recordOf = (verdict: Verdict, rest: Partial<CheckRecord> = {}): Omit<CheckRecord, 'checkId'> => ({
  checkedAt: AT,
  modelVersion: 1,
  check: checkWith(verdict),
  newestBatchId: 2,
  bufferBatchIds: [1, 2],
  bufferRatings: 2,
  inputs: { config: { preset: 'robust' }, snake_case: [1, null] },
  ...rest,
});

/** A store with two models and two batches. */
async function openWithModels({ openStore }: TestHome): Promise<Store> {
  const store = await openStore();
  for (const name of ['one', 'two']) {
    const ratings = ratingsOf([[name.length, name.charCodeAt(0), 5, 1_000]]);
    await ingestBatch(store, batchOf(name, ratings), { maxRejectShare: 0 });
  }
  for (const version of [1, 2]) {
    await recordModel(store, {
      manifest: manifestOf(version),
      evaluation: EVALUATION,
      reference: new Uint8Array(),
      status: 'challenger',
    });
  }
  await promoteModel(store, { version: 1, promotedAt: AT, trainedBatchIds: [] });
  return store;
}

onEachHome((home) => {
  test('a stored check is read back with all signals', async () => {
    const store = await openWithModels(home);
    expect(await latestCheck(store)).toBeNull();
    const record = recordOf('ok');
    const { checkId, alert } = await recordDriftCheck(store, record);
    expect(alert).toBe('none');
    expect(await latestCheck(store)).toEqual({ ...record, checkId });
  });

  test('a signal of another version is omitted', async () => {
    const store = await openWithModels(home);
    await recordDriftCheck(store, recordOf('ok'));
    await store.sql`update drift_signals set name = 'moon_phase' where name = 'genre_js'`;
    const latest = await latestCheck(store);
    expect(latest?.check.signals.map(({ name }) => name)).toEqual(['user_mean_shift']);
  });

  test('checks are listed newest first', async () => {
    const store = await openWithModels(home);
    for (const verdict of ['ok', 'watch', 'drift'] as const) await recordDriftCheck(store, recordOf(verdict));
    expect((await listChecks(store, 2)).map(({ check }) => check.verdict)).toEqual(['drift', 'watch']);
  });

  test('the same data under the same champion raises one alert, a new batch another', async () => {
    const store = await openWithModels(home);
    const first = await recordDriftCheck(store, recordOf('drift'));
    const second = await recordDriftCheck(store, recordOf('drift', { checkedAt: LATER }));
    const older = await recordDriftCheck(store, recordOf('drift', { newestBatchId: 1 }));
    expect([first.alert, second.alert, older.alert]).toEqual(['raised', 'already-raised', 'raised']);
    expect(await openAlerts(store, EVER)).toEqual([
      { alertId: expect.any(Number), checkId: first.checkId, modelVersion: 1, raisedAt: AT },
      { alertId: expect.any(Number), checkId: older.checkId, modelVersion: 1, raisedAt: AT },
    ]);
  });

  test('alerts before `since` are omitted', async () => {
    const store = await openWithModels(home);
    await recordDriftCheck(store, recordOf('drift'));
    expect(await openAlerts(store, { since: AT })).toHaveLength(1);
    expect(await openAlerts(store, { since: LATER })).toEqual([]);
  });

  test('a promotion acknowledges the alerts, and the same alert cannot be raised again', async () => {
    const store = await openWithModels(home);
    await recordDriftCheck(store, recordOf('drift'));
    await promoteModel(store, { version: 2, promotedAt: LATER, trainedBatchIds: [1, 2] });
    expect(await openAlerts(store, EVER)).toEqual([]);
    expect(await store.sql`select acknowledged_at, acknowledged_by_version from drift_alerts`).toEqual([
      { acknowledgedAt: LATER, acknowledgedByVersion: 2 },
    ]);
    expect((await recordDriftCheck(store, recordOf('drift'))).alert).toBe('already-raised');
    expect(await openAlerts(store, EVER)).toEqual([]);
  });

  test('a user acknowledges the open alerts, until a new one is raised', async () => {
    const store = await openWithModels(home);
    await recordDriftCheck(store, recordOf('drift', { newestBatchId: 1 }));
    expect(await newestAcknowledgement(store, 1)).toBeNull();
    expect(await acknowledgeAlerts(store, { by: 'ada', at: LATER })).toBe(1);
    expect(await acknowledgeAlerts(store, { by: 'grace', at: LATER })).toBe(0);
    expect(await openAlerts(store, EVER)).toEqual([]);
    expect(await newestAcknowledgement(store, 1)).toEqual({ by: 'ada', at: LATER });
    expect(await newestAcknowledgement(store, 2)).toBeNull();

    await recordDriftCheck(store, recordOf('drift'));
    expect(await newestAcknowledgement(store, 1)).toBeNull();
  });

  test('alerts can be acknowledged without a user', async () => {
    const store = await openWithModels(home);
    await recordDriftCheck(store, recordOf('drift'));
    await acknowledgeAlerts(store, { by: null, at: LATER });
    expect(await openAlerts(store, EVER)).toEqual([]);
    expect(await newestAcknowledgement(store, 1)).toBeNull();
  });

  test('a decision is stored with its reasons and inputs', async () => {
    const store = await openWithModels(home);
    const { checkId } = await recordDriftCheck(store, recordOf('drift'));
    const reasons = ['1 alert in the last 168 h (needs 1)', 'buffer holds "2" ratings, needs {1}'];
    await recordDecision(store, {
      checkId,
      decidedAt: LATER,
      decision: { decision: 'retrain', reason: 'gain', expectedGain: 0.02, reasons },
      inputs: { alerts: [1] },
    });
    expect(
      await store.sql`
        select check_id, decided_at, decision, reason, expected_gain, reasons, inputs from retraining_decisions`,
    ).toEqual([
      {
        checkId,
        decidedAt: LATER,
        decision: 'retrain',
        reason: 'gain',
        expectedGain: 0.02,
        reasons,
        inputs: { alerts: [1] },
      },
    ]);
  });
});
