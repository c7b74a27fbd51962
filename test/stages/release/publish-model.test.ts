/** What is left when a publication is cut off between two steps, and what the next command makes of it. */
import { beforeEach, expect, test } from 'vitest';
import type { Forge } from '../../../pipeline/forge/forge.ts';
import { PRODUCTION } from '../../../pipeline/forge/forge.ts';
import type { Ratings } from '../../../pipeline/ratings/ratings.ts';
import { settleChampion } from '../../../pipeline/stages/champion/champion.ts';
import { ingestRatings } from '../../../pipeline/stages/ingest/ingest-ratings.ts';
import { promoteRelease } from '../../../pipeline/stages/release/deploy-model.ts';
import { publishModel } from '../../../pipeline/stages/release/publish-model.ts';
import { rollBack } from '../../../pipeline/stages/release/roll-back.ts';
import { readSavedCandidate } from '../../../pipeline/stages/training/candidate.ts';
import { trainModel } from '../../../pipeline/stages/training/train-model.ts';
import { countBufferRatings } from '../../../pipeline/store/ledger.ts';
import { listModels } from '../../../pipeline/store/models.ts';
import { preparedPipeline, quietWeeks, type TestPipeline } from '../../support/pipeline.ts';

const weeks = quietWeeks();
const [week1] = weeks.prepared.batches as [Ratings];
let pipeline: TestPipeline;

const openPipeline = preparedPipeline(async (first) => {
  await ingestRatings(first, await first.write('week-1.csv', week1), 'buffer');
});
beforeEach(async () => {
  pipeline = await openPipeline();
});

/** The same forge, but one of its calls on releases or deployments ends the process, so to speak. */
function cutOffAt(forge: Forge, step: 'upload' | 'publish' | 'promote' | 'deploy'): Forge {
  const cut = () => Promise.reject(new Error(`cut off at ${step}`));
  return {
    ...forge,
    releases: { ...forge.releases, ...(step === 'deploy' ? {} : { [step]: cut }) },
    deployments: step === 'deploy' ? { ...forge.deployments, create: cut } : forge.deployments,
  };
}

test.each(['upload', 'publish', 'promote', 'deploy'] as const)(
  'a publication cut off at %s is completed by repeating it, and adds nothing twice',
  async (step) => {
    const candidate = await trainModel(pipeline, 'drift');
    const broken = { ...pipeline, forge: cutOffAt(pipeline.forge, step) };
    await expect(publishModel(broken, candidate)).rejects.toThrow(`cut off at ${step}`);
    if (step !== 'deploy') expect((await settleChampion(pipeline))?.version).toBe(1);

    await publishModel(pipeline, await readSavedCandidate(pipeline.modelDirectory, 2));

    expect((await settleChampion(pipeline))?.version).toBe(2);
    expect(
      (await pipeline.forge.releases.list()).map(({ tag, state, latest }) => [tag, state, latest]),
    ).toEqual([
      ['model-v2', 'released', true],
      ['model-v1', 'released', false],
    ]);
    expect((await pipeline.forge.deployments.list(PRODUCTION)).map(({ version }) => version)).toEqual([2, 1]);
    expect(await countBufferRatings(pipeline.store)).toBe(0);
  },
);

test('when the release is promoted and the database was not told, the next question for the champion tells it', async () => {
  await publishModel(
    { ...pipeline, forge: cutOffAt(pipeline.forge, 'promote') },
    await trainModel(pipeline, 'drift'),
  ).catch(() => {});
  await pipeline.forge.releases.promote('model-v2');
  expect(await countBufferRatings(pipeline.store)).toBeGreaterThan(0);

  expect((await settleChampion(pipeline))?.version).toBe(2);
  expect(await countBufferRatings(pipeline.store)).toBe(0);
});

test('a model that was never released cannot be promoted, and the champion stays', async () => {
  await trainModel(pipeline, 'drift');
  await expect(promoteRelease(pipeline, 2)).rejects.toMatchObject({ code: 'forge-missing' });
  await expect(promoteRelease(pipeline, 7)).rejects.toMatchObject({ code: 'model-unknown' });
  expect((await settleChampion(pipeline))?.version).toBe(1);
});

test('there is nothing to roll back to before the second champion', async () => {
  await expect(rollBack(pipeline)).rejects.toMatchObject({ code: 'usage' });
  await expect(rollBack(pipeline, 1)).rejects.toMatchObject({ code: 'usage' });
  await expect(rollBack(pipeline, 9)).rejects.toMatchObject({ code: 'usage' });
});

test('training twice with the same seed gives the same model bytes', async () => {
  const one = await trainModel(pipeline, 'drift');
  const two = await trainModel(pipeline, 'drift');
  const digest = ({ manifest }: typeof one) => manifest.files['model.safetensors']?.sha256;
  expect(digest(two)).toBe(digest(one));
  expect(two.manifest.snapshot).toEqual(one.manifest.snapshot);
  expect((await listModels(pipeline.store)).map(({ version }) => version)).toEqual([1, 2, 3]);
});
