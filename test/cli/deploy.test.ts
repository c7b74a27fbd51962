import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCli } from '../support/cli.ts';

async function emptyHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'cinematch-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  return home;
}

test('cinematch deploy without a token says where to create one, and names the dry run', async () => {
  const run = await runCli(await emptyHome(), 'deploy', '--version', '1');
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain('VERCEL_TOKEN is not set');
  expect(run.stderr).toContain('https://vercel.com/account/settings/tokens');
  expect(run.stderr).toContain('cinematch deploy --dry-run');
});

test('cinematch deploy before the first model fails with no-champion', async () => {
  const run = await runCli(await emptyHome(), 'deploy', '--dry-run');
  expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('[no-champion]') });
});
