/** The demo as the README starts it, and the commands that it names at the end. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CliRun, runCli, sharedCli } from '../support/cli.ts';

/** For the commands after the demo. */
const cinematch = sharedCli();
let home: string;
let demo: CliRun;

beforeAll(async () => {
  home = join(await mkdtemp(join(tmpdir(), 'cinematch-demo-')), 'home');
  demo = await runCli(home, 'demo', '--json');
});
afterAll(() => rm(join(home, '..'), { recursive: true, force: true }));

describe('three weeks of synthetic ratings', () => {
  test('exits 0: a quiet week, a week whose gain leads to training, a week with drift that leads to training', () => {
    expect(demo.code, demo.stderr).toBe(0);
    const { weeks } = JSON.parse(demo.stdout);
    expect(weeks.map(({ verdict }: { verdict: string }) => verdict)).toEqual(['ok', 'watch', 'drift']);
    expect(weeks.map(({ decision }: { decision: string }) => decision)).toEqual([
      'wait',
      'retrain',
      'retrain',
    ]);
    for (const week of weeks) {
      for (const key of ['week', 'batchRatings', 'bufferRatings', 'ks', 'meanChange', 'stdChange']) {
        expect(week[key], key).toEqual(expect.any(Number));
      }
    }
  });

  test('a retrained model beats the one before it on the same held-out ratings', () => {
    const { models } = JSON.parse(demo.stdout);
    expect(models.map(({ version, role }: { version: number; role: string }) => [version, role])).toEqual([
      [2, 'before'],
      [3, 'retrained'],
    ]);
    expect(models[1].rmse).toBeLessThan(models[0].rmse);
    expect(models[1].trainingRatings).toBeGreaterThan(models[0].trainingRatings);
  });

  test('the issue is closed by the release that answers it, with before and after', async () => {
    const { issues, releases } = JSON.parse(demo.stdout);
    expect(issues).toMatchObject([{ number: 1, state: 'closed' }]);
    expect(releases.filter(({ latest }: { latest: boolean }) => latest)).toMatchObject([{ tag: 'model-v3' }]);
    const issue = await readFile(issues[0].location, 'utf8');
    expect(issue).toContain('Model v3 now serves');
    expect(issue).toContain('v2, before');
  });
});

describe('after the demo', () => {
  test('status shows the champion and the ledger', async () => {
    const { code, stdout } = await cinematch(home, 'status', '--json');
    const status = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(status).toMatchObject({
      champion: { version: 3 },
      trainings: [{ modelVersion: 2, reason: 'gain', expected: expect.any(Number) }],
      bufferRatings: 0,
      openAlerts: 0,
      openIssue: null,
    });
    expect(status.batches).toHaveLength(5);
    for (const batch of status.batches) {
      expect(batch.new + batch.updated + batch.unchanged + batch.rejected).toBe(batch.read);
    }
  });

  test('recommend leaves out what the user has rated and names the strategy', async () => {
    const { code, stdout } = await cinematch(home, 'recommend', '--user', '1', '--json');
    const { recommendations, strategy, modelVersion } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(modelVersion).toBe(3);
    expect(strategy).toBe('personalised');
    expect(recommendations).toHaveLength(10);
    expect(recommendations[0]).toMatchObject({ title: expect.any(String), predicted: expect.any(Number) });
  });

  test('predict names its strategy', async () => {
    const known = await cinematch(home, 'predict', '--user', '1', '--movie', '1', '--json');
    const unknown = await cinematch(home, 'predict', '--user', '99999999', '--movie', '99999999', '--json');
    expect(JSON.parse(known.stdout)).toMatchObject({ strategy: 'personalised', modelVersion: 3 });
    expect(JSON.parse(unknown.stdout)).toMatchObject({ strategy: 'global-mean' });
  });

  test('rollback makes v2 the champion, promote makes v3 the champion again', async () => {
    expect((await cinematch(home, 'models', 'rollback')).stdout).toContain('v2 is the champion again');
    expect(
      JSON.parse((await cinematch(home, 'predict', '--user', '1', '--movie', '1', '--json')).stdout)
        .modelVersion,
    ).toBe(2);
    expect((await cinematch(home, 'models', 'promote', '3')).code).toBe(0);
    const { stdout } = await cinematch(home, 'models', 'list', '--json');
    expect(
      JSON.parse(stdout).map(({ version, status }: { version: number; status: string }) => [version, status]),
    ).toEqual([
      [3, 'champion'],
      [2, 'retired'],
      [1, 'retired'],
    ]);
  });

  test('a drift check finds no new ratings', async () => {
    const { code, stdout } = await cinematch(home, 'drift');
    expect(code).toBe(0);
    expect(stdout).toContain('No rating has arrived since model v3');
  });
});
