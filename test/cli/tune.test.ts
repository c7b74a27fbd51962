import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMPARED_METRICS } from '../../pipeline/evaluate/metric-names.ts';
import { readTrials, type TrialResult } from '../../pipeline/stages/compare/trial-files.ts';
import { type CliRun, START, sharedCli } from '../support/cli.ts';
import { resultsIn, SEARCH, writeDataFolder } from './tuning-data.ts';

const runCli = sharedCli();
let home: string;
let base: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cinematch-tune-'));
  base = join(home, 'data', 'u1.base');
  await writeDataFolder(join(home, 'data'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const tune = (...args: readonly string[]): Promise<CliRun> => runCli(home, 'tune', ...args);

test('trials that run alone, in any order, are equal to those of one run', async () => {
  const [apart, together] = [join(home, 'apart'), join(home, 'together')];
  for (const trial of ['2', '0', '1']) {
    const { code, stdout } = await tune('trial', trial, '--train', base, ...SEARCH, '--out', apart, '--json');
    expect(code).toBe(0);
    const { file, ...result } = JSON.parse(stdout);
    expect(file).toBe(join(apart, `trial-000${trial}.json`));
    expect(result).toEqual(JSON.parse(await readFile(file, 'utf8')));
  }
  await tune('--train', base, ...SEARCH, '--trials', '3', '--out', together);
  expect(await resultsIn(apart)).toEqual(await resultsIn(together));
});

test('the table is the same from the run and from the folder, best first', async () => {
  const out = join(home, 'table');
  const run = await tune('--train', base, ...SEARCH, '--trials', '4', '--out', out, '--metric', 'ndcgAt10');
  const table = await tune('table', '--out', out, '--metric', 'ndcgAt10');
  expect(table.stdout).toBe(run.stdout);
  expect(table.stdout).toContain('0 (defaults)');
  expect(run.stderr).toMatch(
    /4 of 4 {2}trial 3 {2}NDCG@10 0\.\d{4} .* best so far NDCG@10 0\.\d{4} \(trial \d\)/,
  );
  expect(run.stderr).toMatch(/3 of 4 .* about .* left/);
  const { stdout } = await tune('table', '--out', out, '--metric', 'ndcgAt10', '--json');
  const values: number[] = JSON.parse(stdout).trials.map((each: TrialResult) => each.metrics.ndcgAt10);
  expect(values).toEqual(values.toSorted((a, b) => b - a));
});

test('the JSON has its keys, and the best trial is a valid setting', async () => {
  const out = join(home, 'document');
  // More damping of movie means ranks more by popularity.
  const lists = ['--algorithm', 'bias', '--set', 'userDamping=3', '--search', 'movieDamping=20..100'];
  const metric = ['--metric', 'ndcgAt10'];
  const { code, stdout } = await tune(
    '--train',
    base,
    ...lists,
    ...metric,
    '--trials',
    '4',
    '--out',
    out,
    '--json',
  );
  expect(code).toBe(0);
  const found = JSON.parse(stdout);
  expect(Object.keys(found)).toEqual([
    'folder',
    'metric',
    'best',
    'defaults',
    'trials',
    'missing',
    'searchSha256',
    'search',
  ]);
  expect(Object.keys(found.trials[0].metrics)).toEqual(COMPARED_METRICS);
  expect(found).toMatchObject({
    folder: out,
    metric: 'ndcgAt10',
    missing: [],
    search: { algorithm: 'bias' },
  });
  expect(found.best.hyperParameters).toEqual({
    userDamping: 3,
    movieDamping: found.trials[0].hyperParameters.movieDamping,
  });
  const table = await tune('table', '--out', out, ...metric);
  const [line = ''] = table.stdout.split('\n').filter((each) => each.includes('train: {'));
  const config = join(home, 'best.config.ts');
  await writeFile(config, `export default { ${line} };\n`);
  const checked = await runCli(
    home,
    'evaluate',
    '--train',
    base,
    '--test',
    base,
    '--config',
    config,
    '--json',
  );
  expect(JSON.parse(checked.stdout)).toMatchObject({
    algorithm: 'bias',
    hyperParameters: found.best.hyperParameters,
  });
  expect(table.stdout).toContain('too good');
});

test('without a better trial the defaults are kept', async () => {
  const worse = ['--algorithm', 'bias', '--search', 'userDamping=500..1000', '--trials', '2'];
  const { stdout } = await tune('--train', base, ...worse, '--out', join(home, 'worse'));
  expect(stdout).toMatch(/No trial beats the defaults \(RMSE \d\.\d{4}\): keep them\.\n$/);
});

test('without --out the results are in the home, each search in its own folder', async () => {
  await tune('--train', base, ...SEARCH, '--trials', '1');
  await tune('--train', base, ...SEARCH, '--trials', '1', '--seed', '2');
  const folders = await readdir(join(home, 'tune'));
  expect(folders.length).toBe(2);
  for (const folder of folders) expect(folder).toMatch(/^bias-[0-9a-f]{12}$/);
});

test('an interrupted run leaves no half file and can be resumed', async () => {
  const [out, whole] = [join(home, 'interrupted'), join(home, 'whole')];
  const args = ['tune', '--train', base, ...SEARCH, '--trials', '30', '--out'];
  const child = spawn(process.execPath, [START, ...args, out], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  while (!existsSync(join(out, 'trial-0002.json')) && child.exitCode === null) await setTimeout(5);
  child.kill('SIGINT');
  expect((await exited)[1]).toBe('SIGINT');
  const before = (await readTrials(out)).length;
  expect(before).toBeGreaterThanOrEqual(3);
  expect(before).toBeLessThan(30);
  const resumed = await runCli(home, ...args, out);
  expect(resumed.stderr).toContain(`${before} of 30 trials exist already`);
  await runCli(home, ...args, whole);
  expect(await resultsIn(out)).toEqual(await resultsIn(whole));
});

test('a folder with another search is refused', async () => {
  const out = join(home, 'foreign');
  await tune('--train', base, ...SEARCH, '--trials', '1', '--out', out);
  const { code, stderr } = await tune(
    '--train',
    base,
    ...SEARCH,
    '--trials',
    '1',
    '--out',
    out,
    '--seed',
    '2',
  );
  expect(code).toBe(1);
  expect(stderr).toContain('trial-0000.json belongs to another search with other seed');
  expect(stderr).toContain('--out');
});

describe('wrong usage exits 2 and says what is accepted', () => {
  const given = (...more: readonly string[]): string[] => ['--train', 'x', '--algorithm', 'bias', ...more];
  test.each([
    [[], '--train'],
    [given('--set', 'popularityWeight=0'), '--search NAME=FROM..TO'],
    [given('--search', 'userDamping=1-5'), 'userDamping=0.5..50'],
    [given('--search', 'userDamping=1..5:cubic'), 'userDamping=0.5..50'],
    [given('--search', 'userDamping=5..1'), 'the first value must be below the second'],
    [given('--search', 'damping=0..5'), 'userDamping, movieDamping'],
    [given('--set', 'userDamping=-1'), 'Accepted: userDamping (0 to 1000'],
    [given('--set', 'userDamping'), 'sweeps=30'],
    [given('--metric', 'coverage'), 'ndcgAt10'],
    [given('--share', '1'), '0.99'],
    [['trial'], "missing required argument 'n'"],
    [['--seed', '5', 'trial', '1', ...given('--search', 'userDamping=0..5')], 'Put it after the subcommand'],
    [['table'], '--out'],
    [['table', '--out', 'no-such-folder'], 'contains no trials'],
  ])('%j', async (args, hint) => {
    const { code, stderr } = await tune(...args);
    expect(stderr).toContain(hint);
    expect(code).toBe(2);
  });
});
