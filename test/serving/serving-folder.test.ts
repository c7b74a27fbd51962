import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeFiles } from '../../pipeline/model/package-folder.ts';
import { readServing } from '../../pipeline/serving/serving-folder.ts';
import { smallServing } from '../support/small-world.ts';

const bundle = await smallServing();

async function temporaryFolder(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'cinematch-serving-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  return home;
}

test('a bundle that was written to a folder is read back as it was', async () => {
  const folder = join(await temporaryFolder(), 'deep', 'serving');
  await writeFiles(folder, bundle);
  const { files, manifest } = await readServing(folder);
  const plain = (of: typeof files) => new Map([...of].map(([name, bytes]) => [name, Buffer.from(bytes)]));
  expect(new Map([...plain(files)].sort())).toEqual(new Map([...plain(bundle.files)].sort()));
  expect(manifest).toEqual(bundle.manifest);
});

test('nothing of the bundle before is left in its folder', async () => {
  const home = await temporaryFolder();
  const folder = join(home, 'serving');
  await writeFiles(folder, bundle);
  await writeFile(join(folder, 'notes.txt'), '');
  await writeFiles(folder, bundle);
  expect((await readdir(folder)).sort()).toEqual([...bundle.files.keys()].sort());
  expect(await readdir(home)).toEqual(['serving']);
});

test('a folder that is not there is told with what to do', async () => {
  const folder = join(await temporaryFolder(), 'nowhere');
  await expect(readServing(folder)).rejects.toMatchObject({
    code: 'model-unknown',
    message: `There is no bundle to serve at ${folder}.`,
    remedy: expect.stringContaining('npm run serve'),
  });
});

test('a file that was cut short on the disk is told with its folder', async () => {
  const folder = join(await temporaryFolder(), 'serving');
  await writeFiles(folder, bundle);
  await truncate(join(folder, 'model.safetensors'), 100);
  await expect(readServing(folder)).rejects.toMatchObject({
    code: 'model-invalid',
    message: expect.stringContaining(
      `The bundle ${folder} cannot be served: model.safetensors has 100 bytes, its bundle.json says`,
    ),
  });
});
