/** Releases whose files were changed with every digest that they state of themselves: the database finds each. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeTensors, encodeTensors } from '../../../pipeline/lib/safetensors.ts';
import { decodeModel } from '../../../pipeline/model/artifact.ts';
import { goldenPredictions } from '../../../pipeline/model/golden.ts';
import type { Manifest } from '../../../pipeline/model/manifest.ts';
import { MODEL_FILE, packModel } from '../../../pipeline/model/package.ts';
import {
  fetchReleasedPackage,
  loadReleasedPackage,
} from '../../../pipeline/stages/champion/released-package.ts';
import { deployModel } from '../../../pipeline/stages/release/deploy-model.ts';
import { readParent } from '../../../pipeline/stages/training/read-parent.ts';
import { runCli } from '../../support/cli.ts';
import { preparedPipeline, type TestPipeline } from '../../support/pipeline.ts';

const openPipeline = preparedPipeline();

/** Writes the release of v1 anew with other files, so that it contradicts itself nowhere. */
async function forge(
  pipeline: TestPipeline,
  change: (files: Map<string, Uint8Array>) => Partial<Manifest>,
): Promise<string> {
  const { manifest, files } = await loadReleasedPackage(pipeline, 1);
  const { 'manifest.json': _, ...contents } = Object.fromEntries(files);
  const changed = new Map(Object.entries(contents));
  const draft = { ...manifest, ...change(changed) };
  const folder = join(pipeline.home, 'forge/releases/model-v1/assets');
  for (const [name, bytes] of packModel(draft, Object.fromEntries(changed)).files) {
    await writeFile(join(folder, name), bytes);
  }
  return folder;
}

/** Every movie liked half a star more, and the golden predictions of that. */
function raiseOffsets(files: Map<string, Uint8Array>): Partial<Manifest> {
  const { tensors, metadata } = decodeTensors(files.get(MODEL_FILE) as Uint8Array, 'v1');
  const offsets = tensors.get('movie_offsets')?.data as Float32Array;
  for (let row = 0; row < offsets.length; row++) offsets[row] = (offsets[row] as number) + 0.5;
  const bytes = encodeTensors(Object.fromEntries(tensors), metadata);
  files.set(MODEL_FILE, bytes);
  return { golden: [...goldenPredictions(decodeModel(bytes, 'v1'))] };
}

const refused = (field: string) => ({
  code: 'model-invalid',
  message: `model-v1 cannot be trusted: its manifest has another \`${field}\` than the one that the database recorded after the training.`,
});

test('factors that were changed, with every digest and golden prediction made to fit, are not opened', async () => {
  const pipeline = await openPipeline();
  const recorded = (await loadReleasedPackage(pipeline)).manifest.files[MODEL_FILE]?.sha256 as string;
  const folder = await forge(pipeline, raiseOffsets);
  // The release says nothing against itself.
  expect((await fetchReleasedPackage(pipeline.forge, 1)).manifest.version).toBe(1);

  await expect(loadReleasedPackage(pipeline)).rejects.toMatchObject(refused('golden'));
  await expect(deployModel(pipeline, 1, null)).rejects.toMatchObject(refused('golden'));
  await expect(readParent(pipeline.forge, { parent: 1, parentSha256: recorded })).rejects.toMatchObject({
    code: 'model-invalid',
    message: expect.stringMatching(
      new RegExp(
        `^model-v1 cannot be trusted: model.safetensors has SHA-256 \\w+, the database recorded ${recorded}\\.$`,
      ),
    ),
  });
  const verified = await runCli(pipeline.home, 'models', 'verify', folder);
  expect(verified.stdout).toContain('The manifest is not proof of itself');
});

test.each<[field: keyof Manifest, changed: Partial<Manifest>]>([
  ['parent', { parent: 7 }],
  ['seed', { seed: 4711 }],
  ['metrics', { metrics: { rmse: 0.1, mae: 0.1, precisionAt10: 1, ratings: 9 } }],
  ['reason', { reason: 'drift' }],
  ['because', { because: ['nothing'] }],
])('a manifest with another %s is not trusted', async (field, changed) => {
  const pipeline = await openPipeline();
  await forge(pipeline, () => changed);
  await expect(loadReleasedPackage(pipeline, 1)).rejects.toMatchObject(refused(field));
});

test('a file beside the model that was changed is not trusted', async () => {
  const pipeline = await openPipeline();
  await forge(pipeline, (files) => {
    files.set('model-card.md', new TextEncoder().encode('# The best model\n'));
    return {};
  });
  await expect(loadReleasedPackage(pipeline, 1)).rejects.toMatchObject(refused('files'));
});
