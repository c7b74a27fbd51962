/** From a judged model to one that serves, and back: what is promoted when, and what stops it. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { localFolderTarget } from '../../../pipeline/deploy/local-folder.ts';
import { type Deployments, PRODUCTION } from '../../../pipeline/forge/forge.ts';
import type { Ratings } from '../../../pipeline/ratings/ratings.ts';
import type { ServingFiles } from '../../../pipeline/serving/serving-files.ts';
import { settleChampion } from '../../../pipeline/stages/champion/champion.ts';
import { fetchRelease } from '../../../pipeline/stages/champion/fetch-release.ts';
import { loadReleasedPackage } from '../../../pipeline/stages/champion/released-package.ts';
import { detectDrift } from '../../../pipeline/stages/drift/detect-drift.ts';
import { openDriftIssue } from '../../../pipeline/stages/drift/episode.ts';
import { ingestRatings } from '../../../pipeline/stages/ingest/ingest-ratings.ts';
import { deployModel } from '../../../pipeline/stages/release/deploy-model.ts';
import { releaseModel } from '../../../pipeline/stages/release/release-model.ts';
import { rollBack } from '../../../pipeline/stages/release/roll-back.ts';
import { readSavedCandidate } from '../../../pipeline/stages/training/candidate.ts';
import { trainModel } from '../../../pipeline/stages/training/train-model.ts';
import { runCli } from '../../support/cli.ts';
import { preparedPipeline, quietWeeks, raised, type TestPipeline } from '../../support/pipeline.ts';

const weeks = quietWeeks();
const [week1, week2] = weeks.prepared.batches as [Ratings, Ratings];
const attestation = new TextEncoder().encode('{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}');
const run = { commit: '3f'.repeat(20), url: 'https://github.com/octo/films/actions/runs/77' };

/** v1 serves; v2 and v3 were trained to replace it, of the same ratings, and passed the gate. */
const openJudged = preparedPipeline(async (first) => {
  await ingestRatings(first, await first.write('week-1.csv', week1), 'buffer');
  await trainModel(first, 'drift');
  await trainModel({ ...first, run }, 'drift');
});

/** @param released the versions that are released already. */
async function openPipeline(...released: readonly number[]): Promise<TestPipeline> {
  const pipeline = await openJudged();
  for (const version of released) {
    await releaseModel(pipeline, await readSavedCandidate(pipeline.modelDirectory, version));
  }
  return pipeline;
}

const servingIn = (directory: string) => readFile(join(directory, 'current'), 'utf8');
const served = async ({ forge }: TestPipeline) =>
  (await forge.deployments.list(PRODUCTION)).map(({ version }) => version);

test('a release waits as a prerelease with its attestation, which is no part of the package', async () => {
  const pipeline = await openPipeline();
  const candidate = await readSavedCandidate(pipeline.modelDirectory, 2);
  const once = await releaseModel(pipeline, candidate, { attestation });
  expect(once).toMatchObject({ status: 'released', version: 2, release: { state: 'prerelease' } });
  expect(await releaseModel(pipeline, candidate, { attestation })).toEqual(once);
  expect((await settleChampion(pipeline))?.version).toBe(1);
  expect([...(await loadReleasedPackage(pipeline, 2)).files.keys()].sort()).toEqual(
    [...candidate.package.files.keys()].sort(),
  );

  const folder = join(pipeline.home, 'fetched');
  const fetched = await fetchRelease(pipeline.forge, 2, folder);
  expect(fetched.model).toBe(join(folder, 'model.safetensors'));
  expect(await readFile(fetched.attestation as string)).toEqual(Buffer.from(attestation));
  const verified = await runCli(pipeline.home, 'models', 'verify', folder);
  expect(verified.stdout).toContain('Model v2 (vb-mf) of ');
  await writeFile(join(folder, 'metrics.json'), '{}');
  expect(await runCli(pipeline.home, 'models', 'verify', folder)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('metrics.json has 2 bytes'),
  });
});

test('the notes of a release made by a workflow say who made it, and how to verify it and go back on GitHub', async () => {
  const pipeline = await openPipeline();
  const onGithub = { ...pipeline, run };
  const candidate = await readSavedCandidate(pipeline.modelDirectory, 3);
  await releaseModel(onGithub, candidate, { attestation });
  const body = (await pipeline.forge.releases.get('model-v3'))?.body;
  expect(body).toContain(`[this run](${run.url}) of the code at commit \`${run.commit}\``);
  expect(body).toContain(
    [
      'gh release download model-v3 --repo octo/films --dir model-v3',
      'gh attestation verify model-v3/model.safetensors --repo octo/films --signer-workflow octo/films/.github/workflows/train.yml',
      'npm run -s cinematch -- models verify model-v3',
    ].join('\n'),
  );
  expect(body).toContain('gh workflow run rollback.yml --repo octo/films -f version=1');

  await releaseModel(onGithub, await readSavedCandidate(pipeline.modelDirectory, 2));
  expect((await pipeline.forge.releases.get('model-v2'))?.body).not.toContain('gh attestation');
});

test('a release that holds the files of another version is not trusted', async () => {
  const pipeline = await openPipeline(2, 3);
  const { forge } = pipeline;
  const { download } = forge.releases;
  const swapped = {
    ...forge,
    releases: { ...forge.releases, download: (_: string, name: string) => download('model-v2', name) },
  };
  await expect(loadReleasedPackage({ ...pipeline, forge: swapped }, 3)).rejects.toMatchObject({
    code: 'model-invalid',
    message: 'model-v3 cannot be trusted: its manifest belongs to model v2.',
  });
});

test('a version that was released with another model in it is left as it is', async () => {
  const pipeline = await openPipeline(2);
  const other = await readSavedCandidate(pipeline.modelDirectory, 3);
  const taken = { ...other, manifest: { ...other.manifest, version: 2 } };
  await expect(releaseModel(pipeline, taken)).rejects.toMatchObject({
    code: 'forge-conflict',
    message: expect.stringContaining('model-v2 was released with another model'),
  });
});

test('nothing is promoted before the target serves; then everything is, once', async () => {
  const pipeline = await openPipeline(2);
  const blocked = join(pipeline.home, 'blocked');
  await writeFile(blocked, 'a file where the folder should be');
  await expect(deployModel(pipeline, 2, localFolderTarget(blocked))).rejects.toMatchObject({
    code: 'deploy-failed',
  });
  expect([(await settleChampion(pipeline))?.version, await served(pipeline)]).toEqual([1, [1]]);

  const serving = join(pipeline.home, 'serving');
  const promoted: number[] = [];
  const mirror = {
    recordRun: async () => {},
    promote: async (version: number) => {
      promoted.push(version);
    },
  };
  for (let time = 0; time < 2; time++) {
    expect(await deployModel({ ...pipeline, mirror }, 2, localFolderTarget(serving))).toMatchObject({
      version: 2,
      release: { tag: 'model-v2', latest: true },
      location: join(serving, 'model-v2'),
    });
  }
  expect(await servingIn(serving)).toBe('model-v2\n');
  expect([(await settleChampion(pipeline))?.version, await served(pipeline)]).toEqual([2, [2, 1]]);
  expect(promoted).toEqual([2, 2]);
});

test('where a model answers is kept with the record of its deployment, and told when the issue closes', async () => {
  const pipeline = await openPipeline(2);
  await ingestRatings(pipeline, await pipeline.write('raised.csv', raised(week2, 2)), 'buffer');
  await detectDrift(pipeline);
  const created: unknown[] = [];
  const { forge } = pipeline;
  const deployments: Deployments = {
    ...forge.deployments,
    create: (deployment) => {
      created.push(deployment);
      return forge.deployments.create(deployment);
    },
  };
  const deployed = await deployModel({ ...pipeline, forge: { ...forge, deployments } }, 2, {
    name: 'a host',
    deploy: async () => ({ location: 'https://films.example' }),
  });
  expect(created).toEqual([
    {
      environment: PRODUCTION,
      version: 2,
      description: 'Model v2 promoted',
      url: 'https://films.example',
    },
  ]);
  expect(deployed.closed?.comments.at(-1)?.body).toContain(
    'in place of v1.** Its API is at https://films.example.',
  );
});

test('a challenger that was judged against another champion, a former champion and an unknown one are not deployed', async () => {
  const pipeline = await openPipeline(2, 3);
  await deployModel(pipeline, 2, null);
  await expect(deployModel(pipeline, 3, null)).rejects.toMatchObject({
    code: 'forge-conflict',
    message: expect.stringContaining('compared with v1, but v2 serves now'),
  });
  await expect(deployModel(pipeline, 1, null)).rejects.toMatchObject({
    code: 'usage',
    remedy: expect.stringContaining('models rollback --to 1'),
  });
  await expect(deployModel(pipeline, 9, null)).rejects.toMatchObject({ code: 'model-unknown' });
  expect(await served(pipeline)).toEqual([2, 1]);

  await rollBack(pipeline, 1);
  await deployModel(pipeline, 3, null);
  expect(await served(pipeline)).toEqual([3, 1, 2, 1]);
});

test('a deployment that is repeated later does not answer the drift that was found since', async () => {
  const pipeline = await openPipeline(2);
  await deployModel(pipeline, 2, null);
  await ingestRatings(pipeline, await pipeline.write('raised.csv', raised(week2, 2)), 'buffer');
  await detectDrift(pipeline);
  expect(await openDriftIssue(pipeline)).not.toBeNull();

  expect(await deployModel(pipeline, 2, null)).toMatchObject({ version: 2, closed: null });
  expect(await openDriftIssue(pipeline)).not.toBeNull();
  const gate = { ...pipeline.config.gate, rmseTolerance: 1, precisionTolerance: 1 };
  const config = { ...pipeline.config, gate };
  await releaseModel(pipeline, await trainModel({ ...pipeline, config }, 'drift'));
  expect(await deployModel(pipeline, 4, null)).toMatchObject({ closed: { state: 'closed' } });
  expect(await openDriftIssue(pipeline)).toBeNull();
});

test('a release that was damaged reaches no target', async () => {
  const pipeline = await openPipeline(2);
  await writeFile(join(pipeline.home, 'forge/releases/model-v2/assets/model.safetensors'), 'damaged');
  const brought: ServingFiles[] = [];
  const target = {
    name: 'a target',
    deploy: async (serving: ServingFiles) => {
      brought.push(serving);
      return { location: '' };
    },
  };
  await expect(deployModel(pipeline, 2, target)).rejects.toMatchObject({ code: 'model-invalid' });
  expect([brought, await served(pipeline)]).toEqual([[], [1]]);
});

test('a rollback brings the earlier model to the target first, and one that was cut off is completed', async () => {
  const pipeline = await openPipeline(2);
  const serving = join(pipeline.home, 'serving');
  const target = localFolderTarget(serving);
  await deployModel(pipeline, 2, target);
  const blocked = join(pipeline.home, 'blocked');
  await writeFile(blocked, '');
  await expect(rollBack(pipeline, 1, localFolderTarget(blocked))).rejects.toMatchObject({
    code: 'deploy-failed',
  });
  expect((await settleChampion(pipeline))?.version).toBe(2);

  const create = () => Promise.reject(new Error('cut off'));
  const { forge } = pipeline;
  const cut = { ...pipeline, forge: { ...forge, deployments: { ...forge.deployments, create } } };
  await expect(rollBack(cut, 1, target)).rejects.toThrow('cut off');
  expect(await rollBack(pipeline, 1, target)).toMatchObject({ from: 2, to: 1, release: { latest: true } });

  expect(await servingIn(serving)).toBe('model-v1\n');
  expect([(await settleChampion(pipeline))?.version, await served(pipeline)]).toEqual([1, [1, 2, 1]]);
  await expect(rollBack(pipeline, 1, target)).rejects.toMatchObject({
    code: 'usage',
    message: 'Model v1 already serves.',
  });
});
