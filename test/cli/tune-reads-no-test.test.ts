/** A search must not read the ratings that its winner will be tested on. */
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { snapshotDigest } from '../../pipeline/ratings/snapshot.ts';
import { splitAtRandom } from '../../pipeline/ratings/split.ts';
import { writeRatings } from '../../pipeline/source/write-ratings.ts';
import { readTrials } from '../../pipeline/stages/compare/trial-files.ts';
import { type CliRun, runCli } from '../support/cli.ts';
import { setReadTraps } from '../support/read-traps.ts';
import { heldOut, resultsIn, SEARCH, train, writeDataFolder } from './tuning-data.ts';

let home: string;
/** A folder without test ratings. */
let alone: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cinematch-tune-'));
  alone = join(home, 'alone');
  await writeDataFolder(alone);
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe('ratings for testing beside the training file', () => {
  const search = (data: string, out: string): Promise<CliRun> =>
    runCli(home, 'tune', '--train', join(data, 'u1.base'), ...SEARCH, '--trials', '3', '--out', out);

  test('are never opened, whatever their names', async () => {
    const data = join(home, 'trapped');
    await writeDataFolder(data);
    const names = ['u1.test', 'u2.base', 'u.data', 'ratings.csv', 'ratings.dat', 'test.csv', 'test.parquet'];
    const traps = setReadTraps(names.map((name) => join(data, name)));
    try {
      expect((await search(data, join(home, 'trapped-out'))).code).toBe(0);
    } finally {
      traps.close();
    }
    expect([...traps.sprung]).toEqual([]);
    await search(alone, join(home, 'alone-out'));
    expect(await resultsIn(join(home, 'trapped-out'))).toEqual(await resultsIn(join(home, 'alone-out')));
  });

  test('would be noticed if they were opened: evaluate opens its test file', async () => {
    const data = join(home, 'control');
    await writeDataFolder(data);
    const trap = join(data, 'u1.test');
    const traps = setReadTraps([trap]);
    try {
      await runCli(home, 'evaluate', '--train', join(data, 'u1.base'), '--test', trap, '--algorithm', 'bias');
    } finally {
      traps.close();
    }
    expect([...traps.sprung]).toEqual([trap]);
  });

  test('change no result, whatever their contents', async () => {
    const outs: string[] = [];
    for (const [name, ratings] of [
      ['none', null],
      ['one', heldOut],
      ['other', train],
    ] as const) {
      const data = join(home, `with-${name}`);
      await writeDataFolder(data);
      if (ratings !== null) {
        await writeRatings(join(data, 'test.csv'), ratings);
        await rename(join(data, 'test.csv'), join(data, 'u1.test'));
      }
      outs.push(join(home, `with-${name}-out`));
      await search(data, outs.at(-1) as string);
    }
    const [none, ...others] = await Promise.all(outs.map(resultsIn));
    expect(none?.length).toBe(3);
    for (const other of others) expect(other).toEqual(none);
  });

  test('are in neither part: both digests depend on the training file only', async () => {
    const out = join(home, 'digests-out');
    await search(alone, out);
    const [result] = await readTrials(out);
    const { chosen, rest } = splitAtRandom(train, 0.2, 1);
    expect(result?.search.data).toMatchObject({
      training: { ratings: rest.length, sha256: snapshotDigest(rest) },
      validation: { ratings: chosen.length, sha256: snapshotDigest(chosen) },
    });
  });

  test('are not accepted, and a folder is refused without reading it', async () => {
    expect(await runCli(home, 'tune', '--train', join(alone, 'u1.base'), '--test', 'x')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("unknown option '--test'"),
    });
    const folder = join(home, 'folder');
    await mkdir(folder);
    const traps = setReadTraps([join(folder, 'u1.base'), join(folder, 'u1.test')]);
    const { code, stderr } = await runCli(home, 'tune', '--train', folder, ...SEARCH);
    traps.close();
    expect(code).toBe(2);
    expect(stderr).toContain('Name the file itself');
    expect([...traps.sprung]).toEqual([]);
  });
});
