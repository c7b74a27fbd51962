/** `cinematch drift calibrate` on files and on the stored batches. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { concatRatings } from '../../pipeline/ratings/ratings.ts';
import { writeMovies, writeRatings } from '../../pipeline/source/write-ratings.ts';
import { PLANTS } from '../../pipeline/stages/calibrate/plants.ts';
import { ingestRatings } from '../../pipeline/stages/ingest/ingest-ratings.ts';
import { sharedCli } from '../support/cli.ts';
import { openBootstrapped, quietWeeks } from '../support/pipeline.ts';
import { rowsDigest } from '../support/store-state.ts';

const { prepared, movies } = quietWeeks();
const all = concatRatings([prepared.train, prepared.test, ...prepared.batches]);
const runCli = sharedCli();
let folder: string;
let data: string;
let config: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cinematch-calibrate-'));
  data = join(folder, 'data');
  config = join(folder, 'bias.config.ts');
  await writeRatings(join(data, 'ratings.csv'), all);
  await writeMovies(join(data, 'movies.csv'), movies);
  await writeFile(config, "export default { train: { algorithm: 'bias' }, gate: { resamples: 200 } };\n");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('on files it reports policies, candidates and planted changes, and writes nothing', async () => {
  const home = join(folder, 'home');
  const run = await runCli(
    home,
    'drift',
    'calibrate',
    '--data',
    data,
    '--weeks',
    '3',
    '--config',
    config,
    '--json',
  );
  expect([run.code, run.stderr]).toEqual([0, expect.not.stringContaining('error')]);
  const report = JSON.parse(run.stdout);
  expect(report).toMatchObject({
    ratings: all.length,
    batches: 3,
    policies: { never: { trainings: 0 }, everyWeek: { trainings: 3 } },
  });
  expect(report.weeks).toHaveLength(3);
  expect(
    report.driftTrials.map(({ preset, factor, isConfigured }: Record<string, unknown>) => [
      preset,
      factor,
      isConfigured,
    ]),
  ).toEqual([
    ['robust', 0.5, false],
    ['robust', 1, true],
    ['robust', 2, false],
    ['classic', 0.5, false],
    ['classic', 1, false],
    ['classic', 2, false],
  ]);
  for (const { power } of report.driftTrials) {
    expect(power.map(({ plant }: { plant: string }) => plant)).toEqual(Object.keys(PLANTS));
    expect(power.every(({ found }: { found: boolean[] }) => found.length === 3)).toBe(true);
  }
  const halved = report.driftTrials[1].power.find(({ plant }: { plant: string }) => plant === 'halved scale');
  expect(halved.found).toEqual([true, true, true]);
  expect(report.gainTrials.map(({ minGain }: { minGain: number }) => minGain)).toEqual([
    0.0025, 0.005, 0.01, 0.02,
  ]);
  expect(Array.isArray(report.proposed)).toBe(true);
  await expect(readdir(home)).rejects.toThrow('ENOENT');
});

test('on the stored batches it changes no row', async () => {
  const pipeline = await openBootstrapped();
  try {
    for (const [week, batch] of prepared.batches.entries()) {
      await ingestRatings(pipeline, await pipeline.write(`week-${week}.csv`, batch), 'buffer');
    }
    const before = await rowsDigest(pipeline.store);
    const isEmbedded = pipeline.store.home === 'embedded';
    if (isEmbedded) await pipeline.store.close();
    const run = await runCli(pipeline.environment, 'drift', 'calibrate', '--config', config);
    expect([run.code, run.stdout]).toEqual([
      0,
      expect.stringContaining(`3 batches replayed, ${all.length.toLocaleString('en-US')} ratings`),
    ]);
    expect(run.stdout).toContain('bomb on one movie');
    if (!isEmbedded) expect(await rowsDigest(pipeline.store)).toBe(before);
  } finally {
    await pipeline.close();
  }
});

test('what it cannot replay is refused with what to do', async () => {
  const refusals: readonly (readonly [readonly string[], string])[] = [
    [['calibrate', '--weeks', '4'], '--weeks was given without --data'],
    [['calibrate', '--data', data, '--weeks', '2'], 'at least 3'],
    [['--preset', 'classic', 'calibrate', '--data', data], '--preset is before calibrate'],
  ];
  for (const [args, message] of refusals) {
    const run = await runCli(folder, 'drift', ...args);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(message)]);
  }
});
