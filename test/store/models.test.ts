import { expect, test } from 'vitest';
import { readGate, recordGate } from '../../pipeline/store/gate.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import { listBatches } from '../../pipeline/store/ledger.ts';
import {
  championModel,
  listModels,
  nextVersion,
  promoteModel,
  readReference,
  recordModel,
  rollbackModel,
} from '../../pipeline/store/models.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { batchOf, ratingsOf } from '../support/batches.ts';
import { EVALUATION, GATE, manifestOf } from '../support/evaluations.ts';
import { onEachHome } from '../support/stores.ts';

const AT = new Date('2026-03-02T06:17:00Z');
const LATER = new Date('2026-03-09T06:17:00Z');

const record = (store: Store, version: number): Promise<void> =>
  recordModel(store, {
    manifest: manifestOf(version),
    evaluation: EVALUATION,
    reference: Uint8Array.of(version, 0, 255),
    status: 'challenger',
  });

const statuses = async (store: Store) =>
  (await listModels(store)).map(({ version, status, promotedAt }) => ({ version, status, promotedAt }));

onEachHome(({ openStore }) => {
  test('a recorded model is read back with its metrics, nulls and reference', async () => {
    const store = await openStore();
    expect(await nextVersion(store)).toBe(1);
    await record(store, 1);
    expect(await nextVersion(store)).toBe(2);
    expect(await listModels(store)).toEqual([
      {
        version: 1,
        status: 'challenger',
        algorithm: 'vb-mf',
        trainedAt: AT,
        promotedAt: null,
        manifest: manifestOf(1),
        evaluation: EVALUATION,
      },
    ]);
    expect(await readReference(store, 1)).toEqual(Uint8Array.of(1, 0, 255));
    expect(await championModel(store)).toBeNull();
  });

  test('metrics that an earlier release did not record are null', async () => {
    const store = await openStore();
    await record(store, 1);
    const added = ['novelty', 'popularityLift', 'calibration', 'meanDeviation', 'intervals'];
    const { count } = await store.sql`
      delete from model_metrics where metric = any(${[...added, 'folded-in', 'genres']})`;
    expect(count).toBe(3 * added.length + 2);
    const none = {
      novelty: null,
      popularityLift: null,
      calibration: null,
      meanDeviation: null,
      intervals: 0,
    };
    expect((await listModels(store))[0]?.evaluation).toEqual({
      ...EVALUATION,
      ...none,
      warm: { ...EVALUATION.warm, ...none },
      cold: { ...EVALUATION.cold, ...none },
    });
  });

  test('recording the same model again changes nothing, another under its version is refused', async () => {
    const store = await openStore();
    await record(store, 1);
    await record(store, 1);
    const other = { ...manifestOf(1), seed: 2 };
    await expect(
      recordModel(store, {
        manifest: other,
        evaluation: EVALUATION,
        reference: new Uint8Array(),
        status: 'challenger',
      }),
    ).rejects.toMatchObject({ code: 'model-invalid', message: expect.stringContaining('Version 1') });
    expect((await listModels(store)).map(({ manifest }) => manifest.seed)).toEqual([1]);
  });

  test('promoting retires the champion and changes the role of the training batches to baseline', async () => {
    const store = await openStore();
    for (const [index, role] of (['train', 'holdout', 'buffer', 'buffer'] as const).entries()) {
      const batch = batchOf(`batch ${index}`, ratingsOf([[index + 1, 1, 5, 1_000]]), { role });
      await ingestBatch(store, batch, { maxRejectShare: 0 });
    }
    await record(store, 1);
    await record(store, 2);
    await promoteModel(store, { version: 1, promotedAt: AT, trainedBatchIds: [1] });
    await promoteModel(store, { version: 2, promotedAt: LATER, trainedBatchIds: [1, 2, 3] });
    expect(await statuses(store)).toEqual([
      { version: 1, status: 'retired', promotedAt: AT },
      { version: 2, status: 'champion', promotedAt: LATER },
    ]);
    expect((await listBatches(store)).map(({ role }) => role)).toEqual([
      'train',
      'baseline',
      'baseline',
      'buffer',
    ]);
    expect((await championModel(store))?.version).toBe(2);
  });

  test('promoting the champion again changes nothing', async () => {
    const store = await openStore();
    await record(store, 1);
    await promoteModel(store, { version: 1, promotedAt: AT, trainedBatchIds: [] });
    await promoteModel(store, { version: 1, promotedAt: LATER, trainedBatchIds: [] });
    expect(await statuses(store)).toEqual([{ version: 1, status: 'champion', promotedAt: AT }]);
  });

  test('rolling back restores the earlier champion and does not change the batches', async () => {
    const store = await openStore();
    const batch = batchOf('week', ratingsOf([[1, 1, 5, 1_000]]));
    await ingestBatch(store, batch, { maxRejectShare: 0 });
    await record(store, 1);
    await record(store, 2);
    await promoteModel(store, { version: 1, promotedAt: AT, trainedBatchIds: [] });
    await promoteModel(store, { version: 2, promotedAt: AT, trainedBatchIds: [1] });
    await rollbackModel(store, 1, LATER);
    expect(await statuses(store)).toEqual([
      { version: 1, status: 'champion', promotedAt: LATER },
      { version: 2, status: 'retired', promotedAt: AT },
    ]);
    expect(await listBatches(store, ['baseline'])).toHaveLength(1);
  });

  test('an unknown model can neither be promoted nor read, and nothing changes', async () => {
    const store = await openStore();
    await record(store, 1);
    await promoteModel(store, { version: 1, promotedAt: AT, trainedBatchIds: [] });
    const unknown = { code: 'model-unknown', message: 'The database has no model v7.' };
    const promotion = { version: 7, promotedAt: LATER, trainedBatchIds: [] };
    await expect(promoteModel(store, promotion)).rejects.toMatchObject(unknown);
    await expect(rollbackModel(store, 7, LATER)).rejects.toMatchObject(unknown);
    await expect(readReference(store, 7)).rejects.toMatchObject(unknown);
    expect((await championModel(store))?.version).toBe(1);
  });

  test('gate decisions are stored, and the newest one is read', async () => {
    const store = await openStore();
    await record(store, 1);
    await record(store, 2);
    expect(await readGate(store, 2)).toBeNull();
    await recordGate(store, { ...GATE, outcome: 'refuse' }, 1, 2, AT);
    await recordGate(store, GATE, 1, 2, LATER);
    expect(await readGate(store, 2)).toEqual(GATE);
    expect(await store.sql`select outcome from gate_decisions order by decision_id`).toEqual([
      { outcome: 'refuse' },
      { outcome: 'promote' },
    ]);
  });
});
