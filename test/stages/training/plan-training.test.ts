/** What a run that was asked to train does when another was asked before it, or comes after it. */
import { expect, onTestFinished, test } from 'vitest';
import type { ConfigInput } from '../../../pipeline/config.ts';
import type { Ratings } from '../../../pipeline/ratings/ratings.ts';
import { driftMarker } from '../../../pipeline/stages/drift/issue-title.ts';
import { ingestRatings } from '../../../pipeline/stages/ingest/ingest-ratings.ts';
import { deployModel } from '../../../pipeline/stages/release/deploy-model.ts';
import { releaseModel } from '../../../pipeline/stages/release/release-model.ts';
import { rollBack } from '../../../pipeline/stages/release/roll-back.ts';
import type { Candidate } from '../../../pipeline/stages/training/candidate.ts';
import { planTraining } from '../../../pipeline/stages/training/plan-training.ts';
import { trainModel } from '../../../pipeline/stages/training/train-model.ts';
import { openTestPipeline, preparedPipeline, quietWeeks } from '../../support/pipeline.ts';

const weeks = quietWeeks();
const [week1, week2] = weeks.prepared.batches as [Ratings, Ratings];
const drift = { reason: 'drift', issue: null } as const;
const manual = { reason: 'manual', issue: null } as const;

/** v1 serves, and a week of ratings has arrived since. */
const openPipeline = preparedPipeline(async (first) => {
  await ingestRatings(first, await first.write('week-1.csv', week1), 'buffer');
});

/** The same candidate at the mercy of a gate that lets nothing pass. */
const strict: ConfigInput = { gate: { resamples: 200, rmseTolerance: 0, ndcgTolerance: 1 } };

test('a challenger that is released waits for its deployment, until something is different', async () => {
  const pipeline = await openPipeline();
  expect(await planTraining(pipeline, drift)).toEqual({ kind: 'train' });
  const candidate: Candidate = await trainModel(pipeline, 'drift');
  expect(candidate.gate?.outcome).toBe('promote');
  // Recorded and not released: its files are in a run that was cut off.
  expect(await planTraining(pipeline, drift)).toEqual({ kind: 'train' });
  await releaseModel(pipeline, candidate);
  expect(await planTraining(pipeline, drift)).toEqual({ kind: 'awaiting-deployment', version: 2 });
  expect(await planTraining(pipeline, manual)).toEqual({ kind: 'awaiting-deployment', version: 2 });

  const { train, gate } = pipeline.config;
  for (const config of [
    { ...pipeline.config, train: { ...train, seed: 2 } },
    { ...pipeline.config, train: { ...train, hyperParameters: { sweeps: 9 } } },
    { ...pipeline.config, train: { ...train, algorithm: 'bias', hyperParameters: {} } },
    { ...pipeline.config, gate: { ...gate, holdoutShare: 0.3 } },
  ]) {
    expect(await planTraining({ ...pipeline, config }, drift)).toEqual({ kind: 'train' });
  }
  await ingestRatings(pipeline, await pipeline.write('week-2.csv', week2), 'buffer');
  expect(await planTraining(pipeline, drift)).toEqual({ kind: 'train' });

  await deployModel(pipeline, 2, null);
  expect(await planTraining(pipeline, drift)).toEqual({ kind: 'train' });
});

test('after the deployment there is nothing new, also when it was rolled back', async () => {
  const pipeline = await openPipeline();
  await releaseModel(pipeline, await trainModel(pipeline, 'drift'));
  await deployModel(pipeline, 2, null);
  const nothing = (version: number) => ({
    kind: 'nothing-new',
    text: `No rating has arrived since model v${version} was trained.`,
  });
  expect(await planTraining(pipeline, drift)).toEqual(nothing(2));
  await rollBack(pipeline);
  expect(await planTraining(pipeline, manual)).toEqual(nothing(1));
});

test('what the gate refused is not tried again under the same rules', async () => {
  const pipeline = await openPipeline({
    ...strict,
    train: { algorithm: 'popularity', hyperParameters: {} },
  });
  const { gate } = await trainModel(pipeline, 'drift');
  expect(gate?.outcome).toBe('refuse');
  expect(await planTraining(pipeline, drift)).toEqual({ kind: 'refused-before', version: 2 });
  expect(await planTraining(pipeline, manual)).toEqual({ kind: 'refused-before', version: 2 });
  const looser = { ...pipeline.config, gate: { ...pipeline.config.gate, rmseTolerance: 0.5 } };
  expect(await planTraining({ ...pipeline, config: looser }, drift)).toEqual({ kind: 'train' });
});

test('what an earlier release refused by other rules, stored in words alone, is tried again', async () => {
  const pipeline = await openPipeline({
    ...strict,
    train: { algorithm: 'popularity', hyperParameters: {} },
  });
  await trainModel(pipeline, 'drift');
  const { sql } = pipeline.store;
  await sql`
    update gate_decisions set decision = jsonb_set(jsonb_set(
      decision #- '{rules,0,bar}' #- '{rules,1,bar}',
      '{rules,0,rule}', '"at most 0% higher than the champion"'),
      '{rules,1,rule}', '"at most 0 lower than the champion; no user has a liked movie in the holdout to measure it on"')`;
  expect(await planTraining(pipeline, drift)).toEqual({ kind: 'train' });
});

test('a model whose manifest calls the number of factors lanes is still the same model', async () => {
  const pipeline = await openPipeline();
  await releaseModel(pipeline, await trainModel(pipeline, 'drift'));
  const renamed = await pipeline.store.sql`
    update models set manifest = replace(manifest::text, '"factors"', '"lanes"')::jsonb
    where version = 2 and manifest::text like '%"factors"%'`;
  expect(renamed.count).toBe(1);
  expect(await planTraining(pipeline, drift)).toEqual({ kind: 'awaiting-deployment', version: 2 });
});

test('an issue that is closed, or is not the one of this data set, has its answer', async () => {
  const pipeline = await openPipeline();
  const { issues } = pipeline.forge;
  const open = (marker: string) => issues.open({ marker, title: 'Drift', body: '', labels: [] });
  const other = await open('<!-- another -->');
  expect(await planTraining(pipeline, { reason: 'drift', issue: other.number })).toEqual({
    kind: 'answered',
    text: 'Issue 1 is not an open drift issue of the data set ratings.',
  });
  const ours = await open(driftMarker('ratings'));
  const asked = { reason: 'drift', issue: ours.number } as const;
  expect(await planTraining(pipeline, asked)).toEqual({ kind: 'train' });
  expect(await planTraining(pipeline, { reason: 'drift', issue: other.number })).toMatchObject({
    kind: 'answered',
    text: expect.stringContaining('that is issue 2'),
  });
  await issues.close(ours.number, 'Done.');
  expect(await planTraining(pipeline, asked)).toEqual({
    kind: 'answered',
    text: 'Issue 2 is closed, so no training is needed.',
  });
  expect(await planTraining(pipeline, { ...asked, reason: 'manual' })).toEqual({ kind: 'train' });
  await expect(planTraining(pipeline, { ...asked, issue: 99 })).rejects.toMatchObject({
    code: 'forge-missing',
  });
});

test('the first model is trained once, however often it is asked for', async () => {
  const pipeline = await openTestPipeline();
  onTestFinished(() => pipeline.close());
  await ingestRatings(pipeline, await pipeline.write('train.csv', weeks.prepared.train), 'train');
  expect(await planTraining(pipeline, manual)).toEqual({ kind: 'train' });
  await releaseModel(pipeline, await trainModel(pipeline, 'manual'));
  expect(await planTraining(pipeline, manual)).toEqual({ kind: 'awaiting-deployment', version: 1 });
});
