import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { writeRatings } from '../../pipeline/source/write-ratings.ts';
import { ratingsOf } from '../support/batches.ts';
import { sharedCli } from '../support/cli.ts';
import { createEmbeddedDatabase } from '../support/embedded-template.ts';

// Each command is a process that opens the embedded database. The limit only ends a test that hangs.
vi.setConfig({ testTimeout: 300_000 });

const runCli = sharedCli();
let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cinematch-quarantine-'));
  await createEmbeddedDatabase(join(home, 'pg'));
  const file = join(home, 'week.csv');
  await writeRatings(
    file,
    ratingsOf([
      [1, 10, 8, 1_000_000_000],
      [1, 20, 6, 1_000_000_001],
      [2, 10, 4, 1_000_000_002],
    ]),
  );
  expect((await runCli(home, 'ingest', file)).code).toBe(0);
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function json(...args: readonly string[]) {
  const { code, stdout, stderr } = await runCli(home, ...args, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

test('ratings are kept out, listed, and taken back', async () => {
  expect(await json('quarantine', '--user', '1', '2', '--reason', 'look like bots')).toMatchObject([
    { kind: 'user', id: 1, reason: 'look like bots', ratings: 2, releasedAt: null },
    { kind: 'user', id: 2, reason: 'look like bots', ratings: 1, releasedAt: null },
  ]);
  expect((await json('status')).bufferRatings).toBe(0);
  expect(await json('quarantine', 'release', '--user', '1')).toMatchObject([
    { kind: 'user', id: 1, ratings: 0, releasedBy: expect.any(String) },
  ]);
  const { bufferRatings, quarantines } = await json('status');
  expect(bufferRatings).toBe(2);
  expect(quarantines).toMatchObject([{ kind: 'user', id: 2 }]);
  const { stdout } = await runCli(home, 'quarantine', 'list');
  expect(stdout).toMatch(/user 1 +0 .*look like bots +\d{4}-.* by /);
  expect(stdout).toMatch(/user 2 +1 /);
});

test.each([
  [['quarantine'], 2, 'It is not said whose ratings.'],
  [['quarantine', '--user', '1', '--movie', '10'], 2, 'Only one of --user, --batch, --movie'],
  [['quarantine', '--user', '2147483648'], 2, 'whole numbers from 0 to 2147483647'],
  [['quarantine', '--movie', '77'], 1, 'The database has no rating of movie 77'],
  [['quarantine', 'release', '--movie', '10'], 1, 'The movie 10 is not in quarantine'],
])('%j is refused', async (args, code, message) => {
  const refused = await runCli(home, ...args);
  expect(refused.code).toBe(code);
  expect(refused.stderr).toContain(message);
});
