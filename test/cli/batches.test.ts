/** Ratings from the command line: the initial load, the offered batches, the ingested batches. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sharedCli } from '../support/cli.ts';
import { createEmbeddedDatabase } from '../support/embedded-template.ts';

const runCli = sharedCli();
let folder: string;
let home: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cinematch-cli-'));
  home = join(folder, 'home');
  await createEmbeddedDatabase(join(home, 'pg'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function json(...args: readonly string[]) {
  const { code, stdout, stderr } = await runCli(home, ...args, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

test('a new home is loaded, lists the batches of its sources, and ingests one week of its simulation', async () => {
  const loaded = await json('bootstrap');
  expect(loaded).toMatchObject({ status: 'loaded', champion: null });
  expect(loaded.ingested.map(({ role }: { role: string }) => role)).toEqual(['train', 'holdout']);

  const { taken } = await json('batches', '--take');
  expect(taken).toMatchObject([{ batch: 3, source: 'synthetic-3-1/week-01.parquet', role: 'buffer' }]);
  const { stdout } = await runCli(home, 'batches');
  expect(stdout).toContain('week 2 of 3');
  expect(stdout).toContain('week-02');
  expect(stdout).not.toContain('week-01');
});

test('a file is listed before it is ingested', async () => {
  const path = join(folder, 'mine.csv');
  await writeFile(path, 'userId,movieId,rating,timestamp\n1,1,4.0,1700000000\n');
  expect(await json('batches', '--only', path)).toEqual({
    sources: [
      {
        kind: 'manual',
        description: path,
        offered: 1,
        alreadyTaken: 0,
        note: null,
        batches: [{ name: 'mine.csv', taken: false }],
      },
    ],
    quality: [],
  });
});

test('what was wrong with ingested batches is listed', async () => {
  const header = 'userId,movieId,rating,timestamp';
  const rows = ['900001,1,4.0,1736000000', '900001,2,3.5,1736000001'];
  const [first, again] = [join(folder, 'first.csv'), join(folder, 'again.csv')];
  await writeFile(first, `${[header, ...rows].join('\n')}\n`);
  await writeFile(again, `${[header, ...rows.toReversed()].join('\n')}\n`);
  expect((await json('ingest', first)).quality).toEqual([]);
  const { batch, quality } = await json('ingest', again);
  expect(quality).toMatchObject([{ kind: 'known-rows', severity: 'warning' }]);
  expect((await json('batches', '--only', first)).quality).toEqual([{ batch, ...quality[0] }]);
  const { stdout } = await runCli(home, 'batches', '--only', first);
  expect(stdout).toContain(
    `warning known-rows, batch ${batch}: 2 of 2 ratings (100.0%) are in earlier batches`,
  );
});
