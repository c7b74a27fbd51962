import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSearch, runTrial, type Search } from '../../../pipeline/stages/compare/run-trial.ts';
import { readTrials, trialFile, writeTrial } from '../../../pipeline/stages/compare/trial-files.ts';
import { tune } from '../../../pipeline/stages/compare/tune.ts';
import { algorithmNamed } from '../../../pipeline/train/algorithms.ts';
import { searchSpace } from '../../../pipeline/train/search-space.ts';
import { optionsOf, planted, rated, searchOf, watched } from './a-search.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cinematch-tune-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test.each<[string, () => Search, string]>([
  ['another seed', () => searchOf({ seed: 2 }), 'other seed, ratings or split'],
  ['another split', () => searchOf({ split: 'time' }), 'other ratings or split'],
  ['another share', () => searchOf({ share: 0.3 }), 'other ratings or split'],
  ['something fixed', () => searchOf({ fixed: { userDamping: 2 } }), 'default hyper-parameters'],
  [
    'another algorithm',
    () => openSearch(rated, { ...optionsOf(watched().algorithm), algorithm: algorithmNamed('bias') }),
    'algorithm',
  ],
  [
    'another range',
    () => {
      const { algorithm } = watched();
      const range = { from: 1, to: 50, scale: 'log' } as const;
      return searchOf({ space: searchSpace(algorithm, { userDamping: range }, {}) });
    },
    'other ranges',
  ],
  [
    'other ratings',
    () => openSearch({ ...rated, ratings: planted.test }, optionsOf(watched().algorithm)),
    'other ratings or split',
  ],
  [
    'other movies',
    () => openSearch({ ...rated, movies: [] }, optionsOf(watched().algorithm)),
    'other ratings or split',
  ],
])('a result is refused by a search with %s, before anything is made', async (_, other, said) => {
  await tune(searchOf(), { folder, trials: [1] });
  const before = await readFile(trialFile(folder, 1), 'utf8');
  const refused = tune(other(), { folder, trials: [0, 1] });
  await expect(refused).rejects.toMatchObject({
    code: 'state-conflict',
    message: expect.stringMatching(new RegExp(`trial-0001\\.json belongs to another search.*${said}`)),
    remedy: expect.stringContaining('--out'),
  });
  expect(await readdir(folder)).toEqual(['trial-0001.json']);
  expect(await readFile(trialFile(folder, 1), 'utf8')).toBe(before);
});

test('two searches in one folder are not compared', async () => {
  await writeTrial(folder, await runTrial(searchOf(), 0));
  await writeTrial(folder, await runTrial(searchOf({ seed: 2 }), 1));
  await expect(readTrials(folder)).rejects.toMatchObject({ code: 'state-conflict' });
});

test.each<[string, (text: string) => string, string]>([
  ['half a file', (text) => text.slice(0, text.length / 2), 'it is not JSON'],
  ['an empty file', () => '', 'it is not JSON'],
  ['another shape', () => '{"schema":2}', 'schema'],
  ['a metric that is no number', (text) => text.replace(/"rmse": [\d.]+/, '"rmse": "low"'), 'metrics.rmse'],
  ['a changed description', (text) => text.replace('"share": 0.2', '"share": 0.4'), 'digest'],
  [
    'changed hyper-parameters',
    (text) =>
      text.replace(/"hyperParameters": \{\s+"userDamping": [\d.]+/, '"hyperParameters": { "userDamping": 1'),
    'not those of trial 1',
  ],
])('%s is refused by name and left as it is', async (_, damage, said) => {
  await tune(searchOf(), { folder, trials: [1] });
  const path = trialFile(folder, 1);
  const damaged = damage(await readFile(path, 'utf8'));
  await writeFile(path, damaged);
  await expect(tune(searchOf(), { folder, trials: [0, 1] })).rejects.toMatchObject({
    code: 'artifact-invalid',
    message: expect.stringMatching(new RegExp(`trial-0001\\.json is not a valid trial result: .*${said}`)),
    remedy: expect.stringContaining('Remove the file'),
  });
  expect(await readdir(folder)).toEqual(['trial-0001.json']);
  expect(await readFile(path, 'utf8')).toBe(damaged);
});

test("a result under another trial's name is refused", async () => {
  await tune(searchOf(), { folder, trials: [1] });
  await rename(trialFile(folder, 1), trialFile(folder, 2));
  await expect(readTrials(folder)).rejects.toMatchObject({
    message: expect.stringContaining('trial-0002.json is not a valid trial result: it contains trial 1'),
  });
});

test('an unfinished file of a run that was killed is in nobody’s way', async () => {
  await writeFile(`${trialFile(folder, 1)}.unfinished`, '{"schema":');
  await tune(searchOf(), { folder, trials: [1] });
  expect(await readdir(folder)).toEqual(['trial-0001.json']);
});
