/** A model that cannot be brought to serve: who is told, and how often. */
import { expect, test } from 'vitest';
import { PRODUCTION } from '../../../pipeline/forge/forge.ts';
import { type DeployStep, OperatorError } from '../../../pipeline/lib/errors.ts';
import type { Ratings } from '../../../pipeline/ratings/ratings.ts';
import { detectDrift } from '../../../pipeline/stages/drift/detect-drift.ts';
import { openDriftIssue } from '../../../pipeline/stages/drift/episode.ts';
import { ingestRatings } from '../../../pipeline/stages/ingest/ingest-ratings.ts';
import { deployModel } from '../../../pipeline/stages/release/deploy-model.ts';
import { releaseModel } from '../../../pipeline/stages/release/release-model.ts';
import { rollBack } from '../../../pipeline/stages/release/roll-back.ts';
import { readSavedCandidate } from '../../../pipeline/stages/training/candidate.ts';
import { trainModel } from '../../../pipeline/stages/training/train-model.ts';
import { muteDrift } from '../../../pipeline/store/drift-mutes.ts';
import { preparedPipeline, quietWeeks, raised } from '../../support/pipeline.ts';

const weeks = quietWeeks();
const run = { commit: '3f'.repeat(20), url: 'https://github.com/octo/films/actions/runs/77' };

/** v1 serves, drift is open, and v2 is released to answer it. */
const openPipeline = preparedPipeline(
  async (first) => {
    const [week] = weeks.prepared.batches as [Ratings];
    await ingestRatings(first, await first.write('raised.csv', raised(week, 2)), 'buffer');
    await detectDrift(first);
    await trainModel(first, 'drift');
    await releaseModel(first, await readSavedCandidate(first.modelDirectory, 2));
  },
  { gate: { resamples: 200, rmseTolerance: 1, ndcgTolerance: 1 } },
);

/** A target that fails as told, at first while it builds. */
async function openFailing(message: string) {
  const pipeline = await openPipeline();
  const announced: string[] = [];
  const failure: { message: string; step: DeployStep } = { message, step: 'build' };
  const target = {
    name: 'a host',
    deploy: async () => {
      const { message, step } = failure;
      throw new OperatorError('deploy-failed', message, 'Run it again.', { details: { step } });
    },
  };
  const announce = async ({ text }: { readonly text: string }): Promise<void> => {
    announced.push(text);
  };
  const comments = async () => ((await openDriftIssue(pipeline))?.comments ?? []).map(({ body }) => body);
  return { pipeline: { ...pipeline, run, announce }, target, failure, announced, comments };
}

test('a deployment that fails is told on the issue and elsewhere, once for each step that fails', async () => {
  const { pipeline, target, failure, announced, comments } = await openFailing('It was not built: code 1');
  await expect(deployModel(pipeline, 2, target)).rejects.toMatchObject({
    message: 'It was not built: code 1',
  });
  failure.message = 'Code 2 after 3 s: the function was not built';
  await expect(deployModel(pipeline, 2, target)).rejects.toThrow('Code 2');
  expect(await comments()).toHaveLength(1);
  failure.message = 'It was not built: nobody took it';
  failure.step = 'upload';
  await expect(deployModel(pipeline, 2, target)).rejects.toThrow('nobody took it');
  expect(await comments()).toEqual([
    [
      '**The deployment of model v2 failed.** Model v1 keeps serving.',
      'It was not built: code 1',
      'Run it again.',
      `[The run that failed](${run.url})`,
      '<!-- cinematch:deployment-failed v2 build -->',
    ].join('\n\n'),
    expect.stringContaining('It was not built: nobody took it'),
  ]);
  expect(announced).toEqual(Array(2).fill('The deployment of model v2 failed. Model v1 keeps serving.'));
});

test('a failure is told on a muted issue, and nowhere else', async () => {
  const { pipeline, target, announced, comments } = await openFailing('It was not built: code 1');
  const at = pipeline.clock();
  await muteDrift(pipeline.store, { at, until: new Date(at.getTime() + 86_400_000), by: 'octocat' });
  await expect(deployModel(pipeline, 2, target)).rejects.toThrow('It was not built');
  expect([(await comments()).length, announced]).toEqual([1, []]);
});

test('a rollback that cannot be brought to the target is told as well', async () => {
  const { pipeline, target, comments } = await openFailing('It was not built: code 1');
  await pipeline.forge.deployments.create({ environment: PRODUCTION, version: 2, description: 'Before' });
  await pipeline.forge.deployments.create({ environment: PRODUCTION, version: 1, description: 'Now' });
  await expect(rollBack(pipeline, 2, target)).rejects.toMatchObject({ code: 'deploy-failed' });
  expect(await comments()).toEqual([
    expect.stringContaining('**The deployment of model v2 failed.** Model v1 keeps serving.'),
  ]);
});

test('a failure that the issue could not be told of is still the failure', async () => {
  const { pipeline, target } = await openFailing('It was not built: code 1');
  const { forge } = pipeline;
  const comment = () => Promise.reject(new Error('GitHub is away'));
  const cut = { ...pipeline, forge: { ...forge, issues: { ...forge.issues, comment } } };
  await expect(deployModel(cut, 2, target)).rejects.toMatchObject({
    code: 'deploy-failed',
    message: 'It was not built: code 1 This could not be reported on the drift issue: GitHub is away',
  });
});
