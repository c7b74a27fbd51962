/** `model-check` in a checkout, against a commit of that repository. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { concatRatings } from '../../pipeline/ratings/ratings.ts';
import { writeMovies, writeRatings } from '../../pipeline/source/write-ratings.ts';
import { readModelCheck } from '../../pipeline/stages/model-check/model-check.ts';
import { type CliRun, runCli } from '../support/cli.ts';
import { quietWeeks } from '../support/pipeline.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

let folder: string;
let checkout: string;
let data: string;
let empty: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cinematch-check-'));
  checkout = join(folder, 'checkout');
  data = join(folder, 'data');
  const { prepared, movies } = quietWeeks();
  await writeRatings(join(data, 'ratings.csv'), concatRatings([prepared.train, prepared.test]));
  await writeMovies(join(data, 'movies.csv'), movies);

  await cp(join(ROOT, 'pipeline'), join(checkout, 'pipeline'), { recursive: true });
  await cp(join(ROOT, 'package.json'), join(checkout, 'package.json'));
  await symlink(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  await git('init', '--quiet');
  await git('commit', '--quiet', '--allow-empty', '--message', 'Nothing yet');
  empty = await git('rev-parse', 'HEAD');
  await configure({ hyperParameters: { 'vb-mf.sweeps': 4 } });
  await git('add', 'pipeline', 'package.json', 'cinematch.config.ts');
  await git('commit', '--quiet', '--message', 'Begin');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function git(...command: readonly string[]): Promise<string> {
  const identity = ['user.name=A Person', 'user.email=person@example.org', 'commit.gpgsign=false'].flatMap(
    (setting) => ['-c', setting],
  );
  const { stdout } = await run('git', [...identity, ...command], { cwd: checkout });
  return stdout.trim();
}

async function configure(train: object): Promise<void> {
  const config = `export default ${JSON.stringify({ train, gate: { resamples: 200 } })};\n`;
  await writeFile(join(checkout, 'cinematch.config.ts'), config);
}

const check = (...options: readonly string[]): Promise<CliRun> =>
  run(process.execPath, ['pipeline/cli/start.mjs', 'model-check', ...options, '--data', data], {
    cwd: checkout,
    env: { ...process.env, CINEMATCH_HOME: join(folder, 'home'), NO_COLOR: '1' },
  }).then(
    (output) => ({ code: 0, ...output }),
    (error: CliRun) => error,
  );

describe('a working tree', () => {
  test('without changes keeps its metrics', async () => {
    const { code, stdout } = await check('--base', 'HEAD', '--json');
    const found = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(found).toMatchObject({ schema: 1, conclusion: 'pass', obstacle: null });
    for (const { difference } of found.metrics) expect(difference).toBe(0);
  });

  test('with a worse model exits 3, reports it, and is not changed', async () => {
    await configure({ algorithm: 'popularity' });
    const before = await git('status', '--porcelain');
    const { code, stdout } = await check('--base', 'HEAD');
    expect(code).toBe(3);
    expect(stdout).toMatch(
      /^This working tree against [0-9a-f]{7}\nThe gate fails, \d of 8 metrics are worse/,
    );
    expect(stdout).toMatch(/RMSE .* no: at most 0\.2% higher than the base/);
    expect(await git('status', '--porcelain')).toBe(before);
    expect(await git('diff', '--cached', '--name-only')).toBe('');
  });

  test('has nothing to compare with when the base is too old', async () => {
    const { code, stdout, stderr } = await check('--base', empty);
    expect(code).toBe(0);
    expect(stdout).toContain('The base cannot be measured');
    expect(stderr).toContain(`${empty.slice(0, 7)} cannot be measured: it has no pipeline/cli/start.mjs`);
  });

  test('cannot be compared with a commit that does not exist', async () => {
    const { code, stderr } = await check('--base', 'no-such-branch');
    expect(code).toBe(2);
    expect(stderr).toContain('There is no commit no-such-branch');
  });

  test('needs a commit to compare with', async () => {
    expect(await check()).toMatchObject({ code: 2, stderr: expect.stringContaining('--base main') });
  });
});

test('score and compare run as separate steps, as in the workflow', async () => {
  const [config, scores, out] = [
    join(folder, 'config.ts'),
    join(folder, 'scores'),
    join(folder, 'check.json'),
  ];
  await writeFile(config, "export default { train: { algorithm: 'bias' } };\n");
  const scored = await runCli(
    folder,
    'model-check',
    'score',
    '--out',
    scores,
    '--data',
    data,
    '--config',
    config,
  );
  expect(scored).toMatchObject({ code: 0, stdout: expect.stringContaining('bias on data: trained on') });
  const compared = await runCli(
    folder,
    'model-check',
    'compare',
    '--base',
    scores,
    '--head',
    scores,
    '--out',
    out,
  );
  expect(compared).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('No metric is worse (8 compared)'),
  });
  expect(readModelCheck(await readFile(out)).conclusion).toBe('pass');
  const alone = await runCli(
    folder,
    'model-check',
    'compare',
    '--base',
    join(folder, 'none'),
    '--head',
    scores,
  );
  expect(alone).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing to compare with') });
});
