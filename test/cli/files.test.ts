/** Commands that need files only. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DRIFT_SIGNALS } from '../../pipeline/drift/signals/list.ts';
import { writeMovies, writeRatings } from '../../pipeline/source/write-ratings.ts';
import { sharedCli } from '../support/cli.ts';
import { quietWeeks } from '../support/pipeline.ts';

const { prepared, movies } = quietWeeks();
const runCli = sharedCli();
let folder: string;
let train: string;
let shifted: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cinematch-cli-'));
  train = join(folder, 'train.csv');
  shifted = join(folder, 'shifted.csv');
  await writeRatings(train, prepared.train);
  const [week] = prepared.batches;
  if (week === undefined) throw new Error('no batch');
  await writeRatings(join(folder, 'quiet.csv'), week);
  await writeRatings(shifted, { ...week, halves: week.halves.map((half) => Math.min(10, half + 2)) });
  await writeMovies(join(folder, 'movies.csv'), movies);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('drift on two files', () => {
  const compare = (current: string, ...more: readonly string[]) =>
    runCli(folder, 'drift', '--baseline', train, '--current', current, '--json', ...more);

  test('drift exits 3 and names every signal', async () => {
    const { code, stdout } = await compare(shifted);
    const check = JSON.parse(stdout);
    expect(code).toBe(3);
    expect(check).toMatchObject({ preset: 'robust', verdict: 'drift' });
    expect(check.signals.map(({ name }: { name: string }) => name).sort()).toEqual(
      DRIFT_SIGNALS.map(({ name }) => name).sort(),
    );
    for (const signal of check.signals) {
      expect(Object.keys(signal)).toEqual(
        expect.arrayContaining([
          'name',
          'window',
          'value',
          'reference',
          'effect',
          'interval',
          'threshold',
          'verdict',
        ]),
      );
    }
  });

  test('quiet ratings exit 0', async () => {
    const { code, stdout } = await compare(join(folder, 'quiet.csv'));
    expect(JSON.parse(stdout).verdict).not.toBe('drift');
    expect(code).toBe(0);
  });

  test('--preset selects classic, which needs 10,000 ratings', async () => {
    const { code, stdout } = await compare(shifted, '--preset', 'classic');
    expect(JSON.parse(stdout)).toMatchObject({ preset: 'classic', verdict: 'insufficient' });
    expect(code).toBe(0);
  });

  test('--fail-on sets the verdict from which the exit code is 3, and the order is ok, insufficient, watch, drift', async () => {
    const classic = ['--preset', 'classic'];
    expect((await compare(shifted, ...classic, '--fail-on', 'insufficient')).code).toBe(3);
    expect((await compare(shifted, ...classic, '--fail-on', 'watch')).code).toBe(0);
    expect((await compare(shifted, '--fail-on', 'watch')).code).toBe(3);
    const { code, stderr } = await compare(shifted, '--fail-on', 'ok');
    expect(code).toBe(2);
    expect(stderr).toContain('insufficient, watch, drift');
  });

  test('--threshold replaces the threshold of one signal', async () => {
    const { stdout } = await compare(shifted, '--threshold', 'rating_mean=4', '--threshold', 'genre_js=0.9');
    const { signals } = JSON.parse(stdout);
    const thresholdOf = (name: string) =>
      signals.find((signal: { name: string }) => signal.name === name).threshold;
    expect([thresholdOf('rating_mean'), thresholdOf('genre_js'), thresholdOf('rating_std')]).toEqual([
      4, 0.9, 0.1,
    ]);
  });

  test.each([
    ['rating_men=0.1', 'Did you mean rating_mean?'],
    ['rating_distribution_ks=2', 'the value must be above 0 and at most 1'],
    ['rating_mean=0', 'the value must be above 0'],
    ['rating_mean=much', 'an equals sign and a number'],
  ])('--threshold %s is refused', async (threshold, message) => {
    const { code, stderr } = await compare(shifted, '--threshold', threshold);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('--threshold knows only the signals that have one in the preset', async () => {
    const { code, stderr } = await compare(shifted, '--preset', 'classic', '--threshold', 'genre_js=0.1');
    expect(code).toBe(2);
    expect(stderr).toContain('the preset classic has no threshold of this name');
  });

  test.each([
    ['usr=a', 'did you mean user?'],
    ['user', '"user" names no column'],
    ['user=', '"user=" names no column'],
  ])('--columns %s is refused', async (columns, message) => {
    const { code, stderr } = await compare(shifted, '--columns', columns);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('--columns without files is wrong usage', async () => {
    const { code, stderr } = await runCli(folder, 'drift', '--columns', 'user=a');
    expect(code).toBe(2);
    expect(stderr).toContain('--columns is about files');
  });

  test('ids of any kind, other columns and no times: signals that need times say so', async () => {
    const lines = (await readFile(shifted, 'utf8')).trim().split('\n').slice(1);
    const texts = join(folder, 'texts.csv');
    const rows = lines.map((line) => {
      const [user, movie, rating] = line.split(',');
      return `film-${movie},u-${user},${rating}`;
    });
    await writeFile(texts, `film,customer,score\n${rows.join('\n')}\n`);
    const named = ['--columns', 'user=customer,movie=film,rating=score', '--json'];
    const { stdout } = await runCli(folder, 'drift', '--baseline', texts, '--current', texts, ...named);
    const { signals, files, quality } = JSON.parse(stdout);
    const noteOf = (name: string) => signals.find((signal: { name: string }) => signal.name === name).note;
    expect(noteOf('new_user_share')).toContain('The baseline has no times');
    expect(noteOf('rating_mean')).not.toContain('times');
    expect(files.baseline).toMatchObject({
      file: 'texts.csv',
      read: rows.length,
      rejected: 0,
      hasTimes: false,
    });
    expect(files.current).toHaveLength(1);
    expect(quality).toMatchObject([{ batch: 1, kind: 'known-rows', severity: 'warning' }]);
  });

  test('a file with too many damaged rows is refused as in ingestion, and fewer are counted', async () => {
    const good = (await readFile(join(folder, 'quiet.csv'), 'utf8')).trim().split('\n');
    const damaged = join(folder, 'damaged.csv');
    await writeFile(
      damaged,
      [...good, ...Array(Math.ceil(good.length / 10)).fill('1,1,x,1000000000')].join('\n'),
    );
    const refused = await compare(damaged);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('are damaged; 5.0% are allowed');
    await writeFile(damaged, [...good, '1,1,x,1000000000'].join('\n'));
    const { stdout } = await compare(damaged);
    expect(JSON.parse(stdout).files.current).toMatchObject([{ read: good.length, rejected: 1 }]);
  });

  test('halved ratings are found as another scale, and are never ok', async () => {
    const [header = '', ...lines] = (await readFile(train, 'utf8')).trim().split('\n');
    const halved = join(folder, 'halved.csv');
    const half = (stars: string) => Math.max(0.5, Math.floor(Number(stars)) / 2);
    const rows = lines.map((line) =>
      line.replace(/^(\d+,\d+),([^,]+)/, (_, ids, stars) => `${ids},${half(stars)}`),
    );
    await writeFile(halved, [header, ...rows].join('\n'));
    const { stdout } = await compare(halved);
    const { quality, verdict } = JSON.parse(stdout);
    expect(quality[0]).toMatchObject({ batch: 1, kind: 'rating-scale', severity: 'severe' });
    expect(['watch', 'drift']).toContain(verdict);
  });

  test('--html writes the report page, and names a folder it cannot write to', async () => {
    const page = join(folder, 'report.html');
    const { code, stderr } = await compare(shifted, '--html', page);
    expect(code).toBe(3);
    expect(stderr).toContain(`Report: ${page}`);
    const text = await readFile(page, 'utf8');
    expect(text).toContain('<h1>Drift: shifted.csv against train.csv — ');
    expect(text).toContain('Share of each rating level');
    const refused = await compare(shifted, '--html', join(train, 'report.html'));
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('The report cannot be written to');
  });

  test('one file without the other is wrong usage', async () => {
    const { code, stderr } = await runCli(folder, 'drift', '--baseline', train);
    expect(code).toBe(2);
    expect(stderr).toContain('--current');
  });
});

test('evaluate prints the documented keys', async () => {
  const { code, stdout } = await runCli(
    folder,
    'evaluate',
    '--train',
    train,
    '--test',
    join(folder, 'quiet.csv'),
    '--set',
    'vb-mf.sweeps=5',
    '--json',
  );
  expect(code).toBe(0);
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({ algorithm: 'vb-mf+ials', hyperParameters: { 'vb-mf.sweeps': 5 } });
  for (const metric of ['rmse', 'mae', 'precisionAt10', 'recallAt10', 'ndcgAt10', 'coverage']) {
    expect(result[metric]).toBeGreaterThan(0);
  }
  expect(result.train.ratings).toBe(prepared.train.length);
  expect(result.seconds.fit).toBeGreaterThan(0);
  expect(result.seconds.evaluate).toBeGreaterThan(0);
  expect(result.novelty).toBeGreaterThan(0);
  expect(result.warm.popularityLift).toBeGreaterThan(-1);
  expect(result.calibration === null || (result.calibration >= 0 && result.calibration <= 1)).toBe(true);
  expect(result.peakMemoryBytes).toBeGreaterThan(10_000_000);
  expect(result.baselines.map(({ algorithm }: { algorithm: string }) => algorithm)).toEqual([
    'bias',
    'popularity',
  ]);
  for (const baseline of result.baselines) {
    expect(baseline.rmse).toBeGreaterThan(0);
    expect(baseline.ratings).toBe(result.ratings);
    expect(baseline.seconds.fit).toBeGreaterThan(0);
  }
});

test('evaluate shows the model beside the baselines, or alone with --no-baselines', async () => {
  const files = ['--train', train, '--test', join(folder, 'quiet.csv')];
  const { stdout } = await runCli(folder, 'evaluate', ...files, '--algorithm', 'bias');
  expect(stdout).toMatch(/^bias: trained on .* peak memory \d+\.\d MB$/m);
  expect(stdout).toMatch(/^ Novelty +\d+\.\d\d bits/m);
  expect(stdout).toMatch(/^ popularity +0\.\d{4} +0\.\d{4}/m);
  const alone = await runCli(folder, 'evaluate', ...files, '--algorithm', 'bias', '--no-baselines');
  expect(alone.stdout).not.toContain('popularity');
});

test('evaluate --prequential measures the newest part in the order of time', async () => {
  const command = ['evaluate', '--prequential', '--algorithm', 'bias', '--no-baselines'];
  const newest = [...command, '--data', join(folder, 'quiet.csv')];
  const { code, stdout } = await runCli(folder, ...newest, '--json');
  expect(code).toBe(0);
  const { data, train: older, test: newer, prequential } = JSON.parse(stdout);
  expect(older.ratings + newer.ratings).toBe(data.ratings);
  expect(prequential.all.ratings).toBe(newer.ratings);
  expect(prequential.all.users).toBe(prequential.everyone);
  expect(prequential.all.told.rmse).toBeGreaterThan(0);
  const table = await runCli(folder, ...newest);
  expect(table.stdout).toContain('In the order of time, as an app sees it');
  expect(table.stdout).toMatch(/^ All users +[\d,]+ +[\d,]+ +[\d,]+ +0\.\d{4} → 0\.\d{4} \(/m);
  const files = await runCli(
    folder,
    ...command,
    '--train',
    train,
    '--test',
    join(folder, 'quiet.csv'),
    '--json',
  );
  expect(JSON.parse(files.stdout).prequential.groups.known.ratings).toBeGreaterThan(0);
});

describe('evaluate --folds', () => {
  const folds = ['evaluate', '--folds', '3', '--algorithm', 'bias'];

  test('prints every fold, means and differences under the documented keys', async () => {
    const { code, stdout, stderr } = await runCli(
      folder,
      ...folds,
      '--data',
      join(folder, 'quiet.csv'),
      '--json',
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/fold 3 of 3: RMSE 0\.\d{4}/);
    const result = JSON.parse(stdout);
    expect(Object.keys(result)).toEqual([
      'algorithm',
      'hyperParameters',
      'seed',
      'data',
      'folds',
      'mean',
      'standardDeviation',
      'peakMemoryBytes',
      'baselines',
    ]);
    const rmse: number[] = result.folds.map((fold: { rmse: number }) => fold.rmse);
    expect(rmse).toHaveLength(3);
    expect(result.mean.rmse).toBeCloseTo(rmse.reduce((sum, value) => sum + value) / 3, 12);
    expect(result.standardDeviation.rmse).toBeGreaterThan(0);
    expect(result.folds.reduce((sum: number, { ratings }: { ratings: number }) => sum + ratings, 0)).toBe(
      result.data.ratings,
    );
    const [sgd, popularity] = result.baselines;
    expect([sgd.algorithm, popularity.algorithm, result.baselines.length]).toEqual([
      'sgd-mf',
      'popularity',
      2,
    ]);
    expect(popularity.difference.rmse.mean).toBeCloseTo(popularity.mean.rmse - result.mean.rmse, 12);
  });

  test('accepts its data as --train too, is repeatable by its seed, and leaves out the baselines on request', async () => {
    const run = async (...more: readonly string[]) => {
      const { stdout } = await runCli(folder, ...folds, '--no-baselines', '--json', ...more);
      const { mean, baselines } = JSON.parse(stdout);
      return { mean, baselines };
    };
    const data = join(folder, 'quiet.csv');
    const first = await run('--data', data, '--seed', '7');
    expect(first.baselines).toEqual([]);
    expect(await run('--train', data, '--seed', '7')).toEqual(first);
    expect((await run('--train', data, '--seed', '8')).mean.rmse).not.toBe(first.mean.rmse);
  });

  test('prints a table of folds and one of means', async () => {
    const { stdout } = await runCli(folder, ...folds, '--data', join(folder, 'quiet.csv'), '--no-baselines');
    expect(stdout).toMatch(/^ +3 +0\.\d{4} +0\.\d{4} +0\.\d{4} +0\.\d{4}/m);
    expect(stdout).toMatch(/^ bias +0\.\d{4} ± 0\.\d{4}/m);
  });
});

describe('wrong usage exits 2 and says what is accepted', () => {
  test.each([
    [['no-such-command'], 'unknown command'],
    [['evaluate', '--train', 'x'], '--test is missing'],
    [['evaluate', '--test', 'x'], '--train is missing'],
    [['evaluate', '--data', 'x'], 'no --folds'],
    [['evaluate', '--folds', '5'], 'no --data'],
    [['evaluate', '--prequential', '--folds', '5', '--data', 'x'], 'needs the order of time'],
    [['evaluate', '--prequential', '--data', 'x', '--test', 'y'], 'split by time'],
    [['evaluate', '--prequential', '--similar', '--data', 'x'], 'takes no --prequential'],
    [['evaluate', '--folds', '1', '--data', 'x'], 'whole number of at least 2'],
    [['evaluate', '--folds', '5', '--data', 'x', '--test', 'y'], 'no --test'],
    [['evaluate', '--folds', '5', '--data', 'x', '--train', 'y'], 'name two'],
    [['predict', '--user', 'abc', '--movie', '1'], 'whole number'],
    [['drift', '--preset', 'strict'], 'robust'],
    [['evaluate', '--train', 'x', '--test', 'y', '--set', 'sweeps'], 'sweeps=30'],
    [['data', 'synth', '--out', 'x', '--format', 'xml'], 'parquet'],
  ])('%j', async (args, hint) => {
    const { code, stderr } = await runCli(folder, ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(hint);
  });

  test('the message about an unknown algorithm lists all algorithms', async () => {
    const { code, stderr } = await runCli(
      folder,
      'evaluate',
      '--train',
      train,
      '--test',
      train,
      '--algorithm',
      'magic',
    );
    expect(code).toBe(2);
    expect(stderr).toContain('vb-mf');
  });
});

test('a missing file fails with its name and a remedy, and no stack', async () => {
  const { code, stderr } = await runCli(folder, 'drift', '--baseline', 'no-such.csv', '--current', train);
  expect(code).toBe(1);
  expect(stderr).toContain('no-such.csv');
  expect(stderr).not.toContain('    at ');
});

test('a wrong setting is named with its path', async () => {
  const config = join(folder, 'cinematch.config.ts');
  await writeFile(config, 'export default { drift: { preset: "strict" }, retrain: {} };\n');
  const { code, stderr } = await runCli(
    folder,
    'evaluate',
    '--train',
    train,
    '--test',
    train,
    '--config',
    config,
  );
  expect(code).toBe(1);
  expect(stderr).toContain('drift.preset');
  expect(stderr).toContain('retrain');
});

test('--help exits 0 for every command', async () => {
  for (const command of [
    [],
    ['demo'],
    ['data'],
    ['data', 'prepare'],
    ['ingest'],
    ['models', 'rollback'],
    ['status'],
  ]) {
    const { code, stdout } = await runCli(folder, ...command, '--help');
    expect(code, command.join(' ')).toBe(0);
    expect(stdout).toContain('Usage: cinematch');
  }
});
