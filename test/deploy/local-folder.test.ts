import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { localFolderTarget } from '../../pipeline/deploy/local-folder.ts';
import { encodeModel } from '../../pipeline/model/artifact.ts';
import type { Baseline } from '../../pipeline/model/baseline.ts';
import { composeModel } from '../../pipeline/model/compose-model.ts';
import { type ModelPackage, packModel } from '../../pipeline/model/package.ts';
import { readPackage } from '../../pipeline/model/package-folder.ts';
import { ratingCountsHead } from '../../pipeline/model/ranking-heads/rating-counts.ts';
import { movieMeansHead } from '../../pipeline/model/ratings-heads/movie-means.ts';
import { vocabularyOf } from '../../pipeline/ratings/vocabulary.ts';
import { manifest } from '../support/report-samples.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cinematch-serving-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const baseline: Baseline = {
  users: vocabularyOf(Int32Array.of(1, 2)),
  movies: vocabularyOf(Int32Array.of(7)),
  mean: 3.5,
  scale: [0.5, 5],
  userOffsets: new Float32Array(2),
  movieOffsets: new Float32Array(1),
  movieCounts: Int32Array.of(2),
};
const model = composeModel('popularity', baseline, {
  ratings: movieMeansHead(baseline),
  ranking: ratingCountsHead(baseline),
  ratingWeight: 0,
});

function packageOf(version: number): ModelPackage {
  const { files: _, ...draft } = manifest;
  return packModel(
    { ...draft, version, algorithm: 'popularity', hyperParameters: {} },
    { 'model.safetensors': encodeModel(model) },
  );
}

const current = () => readFile(join(directory, 'current'), 'utf8');
const content = async () => (await readdir(directory)).sort();

test('each model has its folder, the newest is named, and only the one before it stays', async () => {
  const { deploy } = localFolderTarget(directory);
  expect(await deploy(packageOf(1))).toEqual({ location: join(directory, 'model-v1') });
  await deploy(packageOf(2));
  expect([await current(), await content()]).toEqual(['model-v2\n', ['current', 'model-v1', 'model-v2']]);
  await deploy(packageOf(3));
  expect([await current(), await content()]).toEqual(['model-v3\n', ['current', 'model-v2', 'model-v3']]);
  await deploy(packageOf(2));
  expect([await current(), await content()]).toEqual(['model-v2\n', ['current', 'model-v2', 'model-v3']]);
  expect((await readPackage(join(directory, 'model-v2'))).manifest.version).toBe(2);
});

test('the model that serves can be brought again: that mends what was damaged and removes nothing', async () => {
  const { deploy } = localFolderTarget(directory);
  await deploy(packageOf(1));
  await deploy(packageOf(2));
  await writeFile(join(directory, 'model-v2', 'model.safetensors'), 'damaged');
  await deploy(packageOf(2));
  expect((await readPackage(join(directory, 'model-v2'))).model.predict(1, 7).rating).toBe(3.5);
  expect([await current(), await content()]).toEqual(['model-v2\n', ['current', 'model-v1', 'model-v2']]);
});

test('what an interrupted deployment left is cleared away, and what is not ours stays', async () => {
  const { deploy } = localFolderTarget(directory);
  await writeFile(join(directory, 'notes.txt'), 'of the owner');
  await writeFile(join(directory, 'model-v9.unfinished'), '');
  await deploy(packageOf(1));
  expect(await content()).toEqual(['current', 'model-v1', 'notes.txt']);
});

test('a package that does not hold is not served', async () => {
  const { deploy } = localFolderTarget(directory);
  await deploy(packageOf(1));
  const broken = packageOf(2);
  const files = new Map([...broken.files, ['model.safetensors', new Uint8Array(3)] as const]);
  await expect(deploy({ ...broken, files })).rejects.toMatchObject({
    code: 'deploy-failed',
    message: expect.stringMatching(/^Model v2 was not brought to folder .*model\.safetensors/),
  });
  expect(await current()).toBe('model-v1\n');
});
