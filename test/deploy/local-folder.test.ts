import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { localFolderTarget } from '../../pipeline/deploy/local-folder.ts';
import { readServing } from '../../pipeline/serving/serving-folder.ts';
import { sampleServing } from '../support/sample-serving.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cinematch-serving-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const current = () => readFile(join(directory, 'current'), 'utf8');
const content = async () => (await readdir(directory)).sort();

test('each model has its folder, `current` names the newest, and only the previous one is kept', async () => {
  const { deploy } = localFolderTarget(directory);
  expect(await deploy(sampleServing({ version: 1 }))).toEqual({ location: join(directory, 'model-v1') });
  await deploy(sampleServing({ version: 2 }));
  expect([await current(), await content()]).toEqual(['model-v2\n', ['current', 'model-v1', 'model-v2']]);
  await deploy(sampleServing({ version: 3 }));
  expect([await current(), await content()]).toEqual(['model-v3\n', ['current', 'model-v2', 'model-v3']]);
  await deploy(sampleServing({ version: 2 }));
  expect([await current(), await content()]).toEqual(['model-v2\n', ['current', 'model-v2', 'model-v3']]);
  expect((await readServing(join(directory, 'model-v2'))).manifest.version).toBe(2);
});

test('deploying the same model again repairs damaged files and removes nothing', async () => {
  const { deploy } = localFolderTarget(directory);
  await deploy(sampleServing({ version: 1 }));
  await deploy(sampleServing({ version: 2 }));
  await writeFile(join(directory, 'model-v2', 'model.safetensors'), 'damaged');
  await deploy(sampleServing({ version: 2 }));
  expect((await readServing(join(directory, 'model-v2'))).model.predict(1, 7).rating).toBe(3.5);
  expect([await current(), await content()]).toEqual(['model-v2\n', ['current', 'model-v1', 'model-v2']]);
});

test('files of an interrupted deployment are removed, other files stay', async () => {
  const { deploy } = localFolderTarget(directory);
  await writeFile(join(directory, 'notes.txt'), 'of the owner');
  await writeFile(join(directory, 'model-v9.unfinished'), '');
  await deploy(sampleServing({ version: 1 }));
  expect(await content()).toEqual(['current', 'model-v1', 'notes.txt']);
});

test('an invalid bundle is not served', async () => {
  const { deploy } = localFolderTarget(directory);
  await deploy(sampleServing({ version: 1 }));
  const broken = sampleServing({ version: 2 });
  const files = new Map([...broken.files, ['model.safetensors', new Uint8Array(3)] as const]);
  await expect(deploy({ ...broken, files })).rejects.toMatchObject({
    code: 'deploy-failed',
    details: { step: 'folder' },
    message: expect.stringMatching(/^Model v2 was not deployed to folder .*model\.safetensors/),
  });
  expect(await current()).toBe('model-v1\n');
});
