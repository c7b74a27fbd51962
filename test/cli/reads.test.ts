/** Commands that only read change no row and no file, also after an interrupted promotion. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { sha256 } from '../../pipeline/lib/digest.ts';
import type { Ratings } from '../../pipeline/ratings/ratings.ts';
import { readChampion, readModels, settleChampion } from '../../pipeline/stages/champion/champion.ts';
import { readStatus } from '../../pipeline/stages/commands/pipeline-status.ts';
import { detectDrift } from '../../pipeline/stages/drift/detect-drift.ts';
import { ingestRatings } from '../../pipeline/stages/ingest/ingest-ratings.ts';
import { releaseModel } from '../../pipeline/stages/release/release-model.ts';
import { trainModel } from '../../pipeline/stages/training/train-model.ts';
import { connectStore } from '../../pipeline/store/connect.ts';
import { listModels } from '../../pipeline/store/models.ts';
import { sharedCli } from '../support/cli.ts';
import { createEmbeddedDatabase } from '../support/embedded-template.ts';
import { preparedPipeline, quietWeeks, raised, type TestPipeline } from '../support/pipeline.ts';
import { rowsDigest } from '../support/store-state.ts';

const runCli = sharedCli();
const [week1] = quietWeeks().prepared.batches as [Ratings];

/** The release of v2 is promoted; the database does not have this yet. */
const openHalfSettled = preparedPipeline(
  async (first) => {
    await ingestRatings(first, await first.write('week-1.csv', raised(week1, 2)), 'buffer');
    await detectDrift(first);
    await releaseModel(first, await trainModel(first, 'drift'));
    await first.forge.releases.promote('model-v2');
  },
  { gate: { resamples: 200, rmseTolerance: 1, ndcgTolerance: 1 } },
);

/** Paths and digests of all files of a home, except those of the embedded database. */
async function filesDigest(home: string): Promise<readonly string[]> {
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  const own = paths.filter((path) => !/^pg(\.lock)?$/.test(path.slice(home.length + 1).split('/')[0] ?? ''));
  const isFile = new Set(
    entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name)),
  );
  return Promise.all(
    own.map(async (path) => `${path} ${isFile.has(path) ? sha256(await readFile(path)) : ''}`),
  );
}

async function embeddedRows(home: string): Promise<string> {
  const store = await connectStore({ directory: join(home, 'pg') });
  try {
    return await rowsDigest(store);
  } finally {
    await store.close();
  }
}

const READS: readonly (readonly string[])[] = [
  ['status'],
  ['models', 'list'],
  ['models', 'show', '2'],
  ['recommend', '--user', '1'],
  ['predict', '--user', '1', '--movie', '1'],
  ['batches'],
  ['keys', 'list'],
  ['data', 'compact', '--dry-run'],
];

describe('after an interrupted promotion', () => {
  let pipeline: TestPipeline;
  async function open(): Promise<void> {
    pipeline = await openHalfSettled();
  }

  test('the commands that only read change no row and no file', async () => {
    await open();
    const [rows, files] = [await rowsDigest(pipeline.store), await filesDigest(pipeline.home)];
    if (pipeline.store.home === 'embedded') await pipeline.store.close();
    for (const command of READS) {
      const run = await runCli(pipeline.environment, ...command, '--json');
      expect([command, run.code, run.stderr]).toEqual([command, 0, '']);
      const isEmbedded = pipeline.store.home === 'embedded';
      const after = isEmbedded ? await embeddedRows(pipeline.home) : await rowsDigest(pipeline.store);
      expect([command, after]).toEqual([command, rows]);
      expect([command, await filesDigest(pipeline.home)]).toEqual([command, files]);
    }
  });

  test('they show the new champion', async () => {
    await open();
    const rows = await rowsDigest(pipeline.store);
    expect(await readChampion(pipeline)).toMatchObject({ version: 2, status: 'challenger' });
    expect((await readModels(pipeline)).map(({ version, status }) => [version, status])).toEqual([
      [1, 'retired'],
      [2, 'champion'],
    ]);
    expect(await readStatus(pipeline)).toMatchObject({ champion: { version: 2 }, bufferRatings: 0 });
    expect(await rowsDigest(pipeline.store)).toBe(rows);
  });

  test('work that builds on the champion completes the promotion first', async () => {
    await open();
    expect(await settleChampion(pipeline)).toMatchObject({ version: 2, status: 'champion' });
    expect((await listModels(pipeline.store)).map(({ status }) => status)).toEqual(['retired', 'champion']);
    const rows = await rowsDigest(pipeline.store);
    expect(await settleChampion(pipeline)).toMatchObject({ version: 2 });
    expect(await rowsDigest(pipeline.store)).toBe(rows);
  });
});

describe('in a home that does not exist', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cinematch-reads-'));
    return () => rm(folder, { recursive: true, force: true });
  });

  test.each(['status', 'models list', 'batches', 'keys list'])(
    '%s creates no folder and no database',
    async (command) => {
      const home = join(folder, 'home');
      const run = await runCli(home, ...command.split(' '), '--json');
      expect([run.code, run.stderr]).toEqual([0, '']);
      expect(existsSync(home)).toBe(false);
    },
  );

  test('a database is not changed, whether its schema is up to date or not', async () => {
    const home = await mkdtemp(join(folder, 'bare-'));
    await createEmbeddedDatabase(join(home, 'pg'));
    onTestFinished(() => rm(home, { recursive: true, force: true }));
    const run = await runCli(home, 'status');
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('cinematch migrate. [store-schema]');
    expect(await embeddedRows(home)).toBe('');
    await runCli(home, 'migrate');
    const [rows, files] = [await embeddedRows(home), await filesDigest(home)];
    expect(await runCli(home, 'status')).toMatchObject({ code: 0, stderr: '' });
    expect([await embeddedRows(home), await filesDigest(home)]).toEqual([rows, files]);
  });
});
