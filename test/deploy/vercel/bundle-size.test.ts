import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  FUNCTION_LIMIT,
  formatSize,
  measureFunction,
  readFunctionFiles,
  requireFit,
} from '../../../pipeline/deploy/vercel/bundle-size.ts';

const MB = 1024 * 1024;

test('the path of a file decides which part of the function it belongs to', () => {
  const { parts, bytes } = measureFunction([
    { name: 'serving/model.safetensors', bytes: 100 },
    { name: 'serving/seen.bin', bytes: 20 },
    { name: 'serving/bundle.json', bytes: 3 },
    { name: 'serving/manifest.json', bytes: 4 },
    { name: 'api/index.js', bytes: 5 },
    { name: 'pipeline/lib/once.js', bytes: 6 },
    { name: 'node_modules/hono/dist/hono.js', bytes: 7 },
  ]);
  expect(bytes).toBe(145);
  expect(Object.fromEntries(parts.map((part) => [part.name, part.bytes]))).toEqual({
    model: 100,
    neighbours: 0,
    catalogue: 0,
    'seen sets': 20,
    status: 0,
    manifests: 7,
    code: 11,
    packages: 7,
  });
});

test('files from the configuration of a function count as well', async () => {
  const root = await mkdtemp(join(tmpdir(), 'cinematch-size-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const folder = join(root, '.vercel/output/functions/api/index.func');
  await mkdir(join(folder, 'api'), { recursive: true });
  await mkdir(join(root, 'serving'));
  await writeFile(join(root, 'serving/model.safetensors'), '12345');
  await writeFile(join(folder, 'api/index.js'), '123');
  const filePathMap = { 'serving/model.safetensors': 'serving/model.safetensors' };
  await writeFile(join(folder, '.vc-config.json'), JSON.stringify({ handler: 'api/index.js', filePathMap }));
  expect((await readFunctionFiles(folder, root)).map(({ name, bytes }) => [name, bytes])).toEqual([
    ['api/index.js', 3],
    ['serving/model.safetensors', 5],
  ]);
});

test('a function at the limit is accepted; a larger one is refused with ways to make it smaller', () => {
  const sized = (bytes: number) => measureFunction([{ name: 'serving/model.safetensors', bytes }]);
  requireFit(sized(FUNCTION_LIMIT), 'Model v3');
  expect(() => requireFit(sized(FUNCTION_LIMIT + MB), 'Model v3')).toThrow(
    expect.objectContaining({
      code: 'deploy-failed',
      details: { step: 'size' },
      message:
        'Model v3 does not fit into a function: it has 251.0 MB, Vercel allows 250.0 MB. Its largest part is the model with 251.0 MB.',
      remedy: expect.stringMatching(/serve\.precision: 'half'.*serve\.movies.*serve\.seen: 'database'/),
    }),
  );
  expect(() => requireFit(sized(FUNCTION_LIMIT + 1), 'Model v3')).toThrow('does not fit');
});

test('sizes are formatted in the units of Vercel', () => {
  expect([512, 1023 * 1024, MB, FUNCTION_LIMIT].map(formatSize)).toEqual([
    '0.5 KB',
    '1023.0 KB',
    '1.0 MB',
    '250.0 MB',
  ]);
});
