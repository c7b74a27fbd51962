import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { openTestPipeline, removePipeline } from '../support/pipeline.ts';

test('cinematch deploy without a token says where to create one, and names the dry run', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cinematch-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const home = join(folder, 'home');
  const run = await runCli(home, 'deploy', '--version', '1');
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain('VERCEL_TOKEN is not set');
  expect(run.stderr).toContain('https://vercel.com/account/settings/tokens');
  expect(run.stderr).toContain('cinematch deploy --dry-run');
  expect(existsSync(home)).toBe(false);
});

test('cinematch deploy before the first model fails with no-champion', async () => {
  const pipeline = await openTestPipeline();
  onTestFinished(() => removePipeline(pipeline.home));
  await pipeline.close({ keep: true });
  const run = await runCli(pipeline.environment, 'deploy', '--dry-run');
  expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('[no-champion]') });
});
