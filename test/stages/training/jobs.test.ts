/** A training as GitHub runs it: every step is a job, and folders are all that one knows of the other. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { evaluateModel } from '../../../pipeline/evaluate/evaluate.ts';
import type { MirroredRun } from '../../../pipeline/mirrors/mirrors.ts';
import type { Ratings } from '../../../pipeline/ratings/ratings.ts';
import { loadReleasedPackage } from '../../../pipeline/stages/champion/released-package.ts';
import { ingestRatings } from '../../../pipeline/stages/ingest/ingest-ratings.ts';
import { parseConfig } from '../../../pipeline/stages/load-config.ts';
import { readCandidate, writeCandidate } from '../../../pipeline/stages/training/candidate.ts';
import {
  exportTraining,
  readTrainingSet,
  writeTrainingSet,
} from '../../../pipeline/stages/training/export-training.ts';
import { fitModel, readFittedModel, writeFittedModel } from '../../../pipeline/stages/training/fit-model.ts';
import { judgeModel } from '../../../pipeline/stages/training/judge-model.ts';
import { recordCandidate } from '../../../pipeline/stages/training/record-candidate.ts';
import { trainModel } from '../../../pipeline/stages/training/train-model.ts';
import { readReference } from '../../../pipeline/store/models.ts';
import { readStoredMovies } from '../../../pipeline/store/read-movies.ts';
import { preparedPipeline, quietWeeks } from '../../support/pipeline.ts';
import { learn } from '../../train/learn.ts';

const weeks = quietWeeks();
const [week1] = weeks.prepared.batches as [Ratings];
const run = { commit: '3f'.repeat(20), url: 'https://github.com/octo/films/actions/runs/77' };
const nobody = (): void => {};

/** Folders that a training of v2 has left, and the copy that a test works on. */
let original: string;
let left: string;

/** The pipeline as it was when v2 was asked for. */
const openPipeline = preparedPipeline(async (first) => {
  await ingestRatings(first, await first.write('week-1.csv', week1), 'buffer');
  const { config, clock, stopwatch } = first;
  original = await mkdtemp(join(tmpdir(), 'cinematch-jobs-'));
  await writeTrainingSet(join(original, 'set'), await exportTraining(first, 'drift'));
  await writeFittedModel(
    join(original, 'fitted'),
    await fitModel(await readTrainingSet(join(original, 'set')), config, { stopwatch, onProgress: nobody }),
  );
  const candidate = await judgeModel({
    set: await readTrainingSet(join(original, 'set')),
    fitted: await readFittedModel(join(original, 'fitted')),
    champion: (await loadReleasedPackage(first, 1)).model,
    config,
    trainedAt: clock(),
    stopwatch,
    run,
    issue: 12,
  });
  await writeCandidate(join(original, 'candidate'), candidate);
});
afterAll(() => rm(original, { recursive: true, force: true }));
beforeEach(async () => {
  left = await mkdtemp(join(tmpdir(), 'cinematch-jobs-'));
  await cp(original, left, { recursive: true });
  return () => rm(left, { recursive: true, force: true });
});

test('four jobs make the very model that one process makes, and judge it alike', async () => {
  const handed = await readCandidate(join(left, 'candidate'));
  const whole = await trainModel(await openPipeline(), 'drift');
  const { files: _, fitSeconds: __, run: madeBy, ...manifest } = handed.manifest;
  expect(whole.manifest).toMatchObject(manifest);
  expect(handed.manifest.files['model.safetensors']).toEqual(whole.manifest.files['model.safetensors']);
  expect(handed.gate).toEqual(whole.gate);
  expect(handed.evaluation).toEqual(whole.evaluation);
  expect(handed.baselines).toEqual(whole.baselines);
  expect(Buffer.from(handed.reference).equals(whole.reference)).toBe(true);
  expect([madeBy, handed.issue]).toEqual([run, 12]);
});

test('a candidate that is recorded twice is one model with one decision, and the mirror hears of both', async () => {
  const candidate = await readCandidate(join(left, 'candidate'));
  const pipeline = await openPipeline();
  const told: MirroredRun[] = [];
  const mirror = {
    recordRun: async (mirrored: MirroredRun) => {
      told.push(mirrored);
    },
    promote: async () => {},
  };
  await recordCandidate({ ...pipeline, run, mirror }, candidate);
  await recordCandidate({ ...pipeline, run, mirror }, candidate);

  const { sql } = pipeline.store;
  expect(await sql`select version, status from models order by version`).toMatchObject([
    { version: 1, status: 'champion' },
    { version: 2, status: 'challenger' },
  ]);
  expect(await sql`select champion_version, challenger_version from gate_decisions`).toHaveLength(1);
  expect(await readReference(pipeline.store, 2)).toEqual(new Uint8Array(candidate.reference));
  expect(told.map(({ source, runUrl }) => [source, runUrl])).toEqual(
    Array(2).fill([
      'https://github.com/octo/films/releases/download/model-v2/model.safetensors',
      'https://github.com/octo/films/actions/runs/77',
    ]),
  );
});

test('movies travel with the ratings they belong to', async () => {
  const { store } = await openPipeline();
  const { movies } = await readTrainingSet(join(left, 'set'));
  expect(movies).toEqual(await readStoredMovies(store));
  expect(movies.length).toBeGreaterThan(0);
});

test('a model is judged beside baselines that learned from the same ratings, also when there is a champion', async () => {
  const {
    baselines,
    gate,
    manifest,
    evaluation,
    package: packed,
  } = await readCandidate(join(left, 'candidate'));
  const { training, holdout } = await readTrainingSet(join(left, 'set'));
  expect(gate).not.toBeNull();
  expect(baselines.map(({ algorithm }) => algorithm)).toEqual(['bias', 'popularity']);
  for (const { algorithm, evaluation: measured } of baselines) {
    const model = await learn(algorithm, training);
    expect(measured).toEqual(evaluateModel(model, { train: training, test: holdout }));
  }
  const { warm: _, cold: __, strategies: ___, prequential: ____, ...metrics } = evaluation;
  expect(manifest.metrics).toEqual(metrics);
  expect(Buffer.from(packed.files.get('model-card.md') ?? []).toString()).toContain('| `popularity` |');
});

/** Changes one byte in the middle of a file, or cuts a file of text there. */
async function damage(path: string): Promise<void> {
  const bytes = await readFile(path);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] as number) ^ 1;
  await writeFile(path, path.endsWith('.json') ? bytes.subarray(0, middle) : bytes);
}

const readers = {
  set: (folder: string) => readTrainingSet(folder),
  fitted: (folder: string) => readFittedModel(folder),
  candidate: (folder: string) => readCandidate(folder),
};

test.each([
  ['set', 'training-set.json', 'artifact-invalid'],
  ['set', 'training.parquet', 'artifact-invalid'],
  ['fitted', 'fitted-model.json', 'artifact-invalid'],
  ['fitted', 'model.safetensors', 'artifact-invalid'],
  ['candidate', 'candidate.json', 'artifact-invalid'],
  ['candidate', 'reference.bin', 'artifact-invalid'],
  ['candidate', 'package/metrics.json', 'model-invalid'],
] as const)('in %s a missing or damaged %s is refused by name', async (step, file, code) => {
  const folder = join(left, step);
  const named = { code, message: expect.stringContaining(file.replace('package/', '')) };
  await damage(join(folder, file));
  await expect(readers[step](folder)).rejects.toMatchObject(named);
  await rm(join(folder, file));
  await expect(readers[step](folder)).rejects.toMatchObject(named);
});

test('ratings that are not those that were exported are refused, however well the file reads', async () => {
  await cp(join(left, 'set', 'holdout.parquet'), join(left, 'set', 'training.parquet'));
  await expect(readTrainingSet(join(left, 'set'))).rejects.toMatchObject({
    code: 'artifact-invalid',
    message: expect.stringMatching(/training\.parquet .* were exported/),
  });
});

test('a model that was fitted to other ratings, or came without its champion, is not judged', async () => {
  const set = await readTrainingSet(join(left, 'set'));
  const fitted = await readFittedModel(join(left, 'fitted'));
  const champion = fitted.model;
  const judging = {
    set,
    fitted,
    config: parseConfig({}, 'the test'),
    trainedAt: new Date(0),
    stopwatch: () => performance.now(),
  };
  const other = { ...fitted, snapshot: '0'.repeat(64) };
  await expect(judgeModel({ ...judging, fitted: other, champion })).rejects.toMatchObject({
    code: 'artifact-invalid',
    message: expect.stringContaining('0'.repeat(64)),
  });
  await expect(judgeModel({ ...judging, champion: null })).rejects.toMatchObject({
    code: 'artifact-invalid',
    message: expect.stringContaining('champion v1 is missing'),
  });
});

test('a set without any held-out rating travels too', async () => {
  const set = await readTrainingSet(join(left, 'set'));
  const empty = {
    length: 0,
    userIds: new Int32Array(0),
    movieIds: new Int32Array(0),
    halves: new Uint8Array(0),
    ratedAt: new Int32Array(0),
  };
  await writeTrainingSet(join(left, 'bare'), { ...set, holdout: empty });
  expect((await readTrainingSet(join(left, 'bare'))).holdout).toEqual(empty);
});

test('a version that the forge has published is not given again, also when the database has lost it', async () => {
  const pipeline = await openPipeline();
  const { releases } = pipeline.forge;
  for (const tag of ['model-v7', 'model-v9', 'data-2026']) {
    await releases.draft({ tag, title: tag, body: '' });
  }
  await releases.publish('model-v7');
  await releases.publish('data-2026');
  expect((await exportTraining(pipeline, 'manual')).version).toBe(8);
});
