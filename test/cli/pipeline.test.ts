/** From synthetic ratings to a promoted model, one command after the other. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CliRun, sharedCli } from '../support/cli.ts';
import { createEmbeddedDatabase } from '../support/embedded-template.ts';

const runCli = sharedCli();
let folder: string;
let home: string;
const cinematch = (...args: readonly string[]): Promise<CliRun> => runCli(home, ...args);
const prepared = (file: string): string => join(folder, 'prepared', file);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cinematch-cli-'));
  home = join(folder, 'home');
  await createEmbeddedDatabase(join(home, 'pg'));
  const config =
    'export default { retraining: { gainRatings: 0 }, train: { hyperParameters: { "vb-mf.sweeps": 6 } } };\n';
  await writeFile(join(folder, 'config.ts'), config);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const withConfig = (): readonly string[] => ['--config', join(folder, 'config.ts'), '--json'];

test('ratings are generated and prepared', async () => {
  const raw = join(folder, 'raw');
  const synth = await cinematch(
    'data',
    'synth',
    '--out',
    raw,
    '--ratings',
    '30000',
    '--users',
    '450',
    '--json',
  );
  expect(synth.code, synth.stderr).toBe(0);
  const prepare = await cinematch('data', 'prepare', raw, '--out', join(folder, 'prepared'), '--json');
  expect(prepare.code, prepare.stderr).toBe(0);
  const { parts } = JSON.parse(prepare.stdout);
  expect(parts.map(({ part }: { part: string }) => part)).toEqual([
    'train',
    'test',
    'week 1',
    'week 2',
    'week 3',
  ]);
  const total = parts.reduce((sum: number, { ratings }: { ratings: number }) => sum + ratings, 0);
  expect(total).toBe(JSON.parse(synth.stdout).ratings);
});

test('before the first model, a check, a prediction and a training say what is missing', async () => {
  const check = await cinematch('drift');
  expect(check).toMatchObject({ code: 1 });
  expect(check.stderr).toContain('[no-champion]');
  expect((await cinematch('predict', '--user', '1', '--movie', '1')).stderr).toContain('[no-champion]');
  expect((await cinematch('train')).stderr).toContain('[no-training-data]');
});

test('a batch is ingested once; every row is counted', async () => {
  const first = await cinematch('ingest', prepared('initial/train.parquet'), '--role', 'train', '--json');
  const again = await cinematch('ingest', prepared('initial/train.parquet'), '--role', 'train', '--json');
  await cinematch('ingest', prepared('initial/test.parquet'), '--role', 'holdout');
  const taken = JSON.parse(first.stdout);
  expect(Object.keys(taken)).toEqual(
    expect.arrayContaining(['batch', 'sha256', 'read', 'new', 'updated', 'unchanged', 'rejected', 'seconds']),
  );
  expect(taken).toMatchObject({ status: 'ingested', read: taken.new, updated: 0, unchanged: 0, rejected: 0 });
  expect(JSON.parse(again.stdout)).toMatchObject({
    status: 'already-ingested',
    new: 0,
    unchanged: taken.read,
  });
});

test('a damaged batch is rejected with its first invalid rows, and stores nothing', async () => {
  const file = join(folder, 'damaged.csv');
  await writeFile(file, 'userId,movieId,rating,timestamp\n1,2,4.3,1700000000\n1,3,4,1700000000\n');
  const { code, stderr } = await cinematch('ingest', file);
  expect(code).toBe(1);
  expect(stderr).toContain('row 2: rating-invalid (user 1, movie 2, rating 4.3, timestamp 1700000000)');
  const { batches } = JSON.parse((await cinematch('status', '--json')).stdout);
  expect(batches).toHaveLength(2);
});

test('the first model is trained and promoted', async () => {
  const { code, stdout, stderr } = await cinematch('train', ...withConfig());
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    version: 1,
    status: 'promoted',
    gate: null,
    release: 'model-v1',
  });
});

test('drift in the buffer exits 3 and says that retraining is due', async () => {
  for (const week of ['01', '02', '03']) await cinematch('ingest', prepared(`batches/week-${week}.parquet`));
  const { code, stdout, stderr } = await cinematch('drift', ...withConfig());
  expect(code, stderr).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({
    verdict: 'drift',
    decision: 'retrain',
    issue: 1,
    modelVersion: 1,
  });
});

test('a challenger that was trained without publishing waits until it is promoted', async () => {
  const train = await cinematch('train', '--reason', 'drift', '--no-publish', ...withConfig());
  expect(JSON.parse(train.stdout)).toMatchObject({
    version: 2,
    status: 'candidate',
    gate: { outcome: 'promote' },
  });
  expect(JSON.parse((await cinematch('status', '--json')).stdout)).toMatchObject({
    champion: { version: 1 },
  });

  expect((await cinematch('models', 'promote', '2')).stdout).toContain('Model v2 is the champion');
  const status = JSON.parse((await cinematch('status', '--json')).stdout);
  expect(status).toMatchObject({ champion: { version: 2 }, bufferRatings: 0, openIssue: null });
  const { stdout } = await cinematch('models', 'show', '2');
  expect(stdout).toContain('at most 2% higher than the champion');
});
