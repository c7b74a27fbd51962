import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildFunction } from '../../../pipeline/deploy/vercel/build-function.ts';
import { CliError, type VercelCli } from '../../../pipeline/deploy/vercel/vercel-cli.ts';
import { sampleServing } from '../../support/sample-serving.ts';

const OWN = '{"projectId":"prj_own","orgId":"team_own"}';

let directory: string;
let link: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cinematch-build-'));
  link = join(directory, '.vercel', 'project.json');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const linked = (): Promise<string | null> => readFile(link, 'utf8').catch(() => null);

/** @returns the link during the build. */
async function build(project: Parameters<typeof buildFunction>[3]): Promise<string | null> {
  let during: string | null = null;
  const failing: VercelCli = {
    build: async () => {
      during = await linked();
      throw new CliError('vercel build failed with exit code 1');
    },
    deploy: () => Promise.reject(new Error('nothing is deployed')),
  };
  await expect(buildFunction(failing, directory, sampleServing(), project)).rejects.toThrow(CliError);
  return during;
}

test('a dry run keeps the link of the checkout', async () => {
  await mkdir(join(directory, '.vercel'));
  await writeFile(link, OWN);
  expect(await build(null)).toContain('prj_of_a_dry_run');
  expect(await linked()).toBe(OWN);
});

test('a dry run does not link the checkout', async () => {
  expect(await build(null)).toContain('prj_of_a_dry_run');
  expect(await linked()).toBeNull();
});

test('a deployment links the checkout to the project it deploys', async () => {
  const during = await build({ id: 'prj_1', name: 'films', accountId: 'team_1' });
  expect(during).toContain('"projectId": "prj_1"');
  expect(await linked()).toBe(during);
});
