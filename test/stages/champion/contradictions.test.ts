/** A database and releases that do not belong together are named, and not worked with. */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Ratings } from '../../../pipeline/ratings/ratings.ts';
import { readChampion } from '../../../pipeline/stages/champion/champion.ts';
import { loadReleasedPackage } from '../../../pipeline/stages/champion/released-package.ts';
import { ingestRatings } from '../../../pipeline/stages/ingest/ingest-ratings.ts';
import { listBatches } from '../../../pipeline/store/ledger.ts';
import { sharedCli } from '../../support/cli.ts';
import { openTestPipeline, preparedPipeline, quietWeeks } from '../../support/pipeline.ts';

const runCli = sharedCli();
const openPipeline = preparedPipeline();
const [week1] = quietWeeks().prepared.batches as [Ratings];

test.each([
  ['the record of the promotion', 'forge/releases/latest'],
  ['every release', 'forge'],
])('without %s the champion of the database is named, and one command mends it', async (_what, lost) => {
  const pipeline = await openPipeline();
  await rm(join(pipeline.home, lost), { recursive: true });
  if (pipeline.store.home === 'embedded') await pipeline.store.close();
  for (const command of [
    ['status'],
    ['models', 'list'],
    ['recommend', '--user', '1'],
    ['drift'],
    ['train'],
  ]) {
    const { code, stderr } = await runCli(pipeline.environment, ...command);
    expect([command, code, stderr]).toEqual([command, 1, expect.stringContaining('[state-conflict]')]);
    expect(stderr).toMatch(
      /Model v1 is the champion in the database .* but no release is promoted here\.\n {2}Promote its release again: cinematch models promote 1/,
    );
  }
  const mended = await runCli(pipeline.environment, 'models', 'promote', '1');
  expect([mended.code, mended.stdout]).toEqual([0, 'Model v1 is the champion\n']);
  const works = await runCli(pipeline.environment, 'recommend', '--user', '1', '--json');
  expect(JSON.parse(works.stdout)).toMatchObject({ modelVersion: 1 });
});

test('beside the releases of a database that is gone, a new one recommends nothing and takes no batch', async () => {
  const before = await openPipeline();
  const pipeline = await openTestPipeline();
  onTestFinished(() => pipeline.close());
  await cp(join(before.home, 'forge'), join(pipeline.home, 'forge'), { recursive: true });
  const unknown = {
    code: 'model-unknown',
    message: expect.stringContaining('The promoted release is model-v1, but the database'),
  };
  await expect(readChampion(pipeline)).rejects.toMatchObject(unknown);
  await expect(loadReleasedPackage(pipeline)).rejects.toMatchObject(unknown);
  const week = await pipeline.write('week-1.csv', week1);
  await expect(ingestRatings(pipeline, week, 'buffer')).rejects.toMatchObject(unknown);
  expect(await listBatches(pipeline.store)).toEqual([]);
});
