/** A person's rights at the terminal: what is kept, its erasure, and that an old batch does not bring it back. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { writeRatings } from '../../pipeline/source/write-ratings.ts';
import { type RatingRow, ratingsOf } from '../support/batches.ts';
import { sharedCli } from '../support/cli.ts';
import { createEmbeddedDatabase } from '../support/embedded-template.ts';
import { RARE_USER, tracesInFiles } from '../support/traces.ts';

// Each command is a process that opens the embedded database. The limit only ends a test that hangs.
vi.setConfig({ testTimeout: 300_000 });

const runCli = sharedCli();
let folder: string;
let home: string;
let week: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cinematch-users-'));
  home = join(folder, 'home');
  week = join(folder, 'week.parquet');
  await createEmbeddedDatabase(join(home, 'pg'));
  const rows = Array.from({ length: 40 }, (_, at): RatingRow => {
    const user = at % 2 === 0 ? RARE_USER : 1 + at;
    return [user, 1 + at, 8, 1_700_000_000 + at];
  });
  await writeRatings(week, ratingsOf(rows));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function json(...args: readonly string[]) {
  const { code, stdout, stderr } = await runCli(home, ...args, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

test('a user is shown, erased, kept out, and allowed to come back', async () => {
  const user = String(RARE_USER);
  await json('ingest', week);
  const data = await json('users', 'data', user);
  expect(data).toMatchObject({ user, isKnown: true, erasure: null, revisions: [], feedback: [], models: [] });
  expect(data.sources).toEqual([{ batch: 1, source: 'week.parquet' }]);
  expect(data.ratings).toHaveLength(20);
  expect(data.ratings[1]).toEqual({
    movie: 3,
    stars: 4,
    ratedAt: '2023-11-14T22:13:22.000Z',
    batch: 1,
    stored: 'plain',
  });
  expect(tracesInFiles(home, RARE_USER)).not.toEqual([]);

  const refused = await runCli(home, 'users', 'erase', user);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(`cinematch users erase ${user} --yes`);
  const planned = await json('users', 'erase', user, '--dry-run');
  expect(planned).toMatchObject({ isDryRun: true, removedNow: { ratings: 20 } });
  expect((await json('users', 'data', user)).ratings).toHaveLength(20);

  const erased = await json('users', 'erase', user, '--yes');
  expect(erased).toMatchObject({ isDryRun: false, removedNow: { ratings: 20 }, batches: [1] });
  expect(erased.held).toMatchObject({
    sources: [{ batch: 1, source: 'week.parquet' }],
    models: [],
    artifacts: [],
  });
  // No page, index, statistic or log of the database has the user, and no other file of the home.
  expect(tracesInFiles(home, RARE_USER)).toEqual([]);
  expect(await json('users', 'data', user)).toMatchObject({
    isKnown: false,
    ratings: [],
    erasure: { at: erased.at, isKeptOut: true },
  });
  const again = await json('users', 'erase', user, '--yes');
  expect(again).toMatchObject({ at: erased.at, removed: erased.removed, removedNow: { ratings: 0 } });

  const late = join(folder, 'late.parquet');
  await writeRatings(
    late,
    ratingsOf([
      [RARE_USER, 1, 6, 1_700_000_500],
      [2, 1, 6, 1_700_000_500],
    ]),
  );
  expect(await json('ingest', late)).toMatchObject({ read: 2, new: 1, rejected: 0, erased: 1 });
  expect(await json('ingest', late)).toMatchObject({ read: 2, new: 0, unchanged: 1, erased: 1 });
  expect(tracesInFiles(home, RARE_USER)).toEqual([]);
  const listed = await json('users', 'erasures');
  expect(listed).toMatchObject([{ at: erased.at, removed: { ratings: 20 }, allowedAt: null }]);
  expect(JSON.stringify(listed)).not.toContain(user);

  expect(await json('users', 'allow', user)).toMatchObject({ status: 'allowed' });
  expect(await json('users', 'allow', '3')).toEqual({ user: '3', status: 'never-erased', at: null });
  const back = join(folder, 'back.parquet');
  await writeRatings(back, ratingsOf([[RARE_USER, 1, 6, 1_700_000_600]]));
  expect(await json('ingest', back)).toMatchObject({ read: 1, new: 1, erased: 0 });
  expect(await json('users', 'data', user)).toMatchObject({ isKnown: true, erasure: { isKeptOut: false } });
});
