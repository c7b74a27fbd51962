/** What two checkouts score, written to files and compared; and what is refused of files by strangers. */

import { mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConfigInput } from '../../../pipeline/config.ts';
import { decodeTensors, encodeTensors, type Tensor } from '../../../pipeline/lib/safetensors.ts';
import { sortByTime } from '../../../pipeline/ratings/order.ts';
import { concatRatings, emptyRatings } from '../../../pipeline/ratings/ratings.ts';
import { writeMovies, writeRatings } from '../../../pipeline/source/write-ratings.ts';
import { parseConfig } from '../../../pipeline/stages/load-config.ts';
import { type CheckData, checkData } from '../../../pipeline/stages/model-check/check-data.ts';
import { compareScores } from '../../../pipeline/stages/model-check/compare-scores.ts';
import { modelCheckJson, readModelCheck } from '../../../pipeline/stages/model-check/model-check.ts';
import { scoreCheckout } from '../../../pipeline/stages/model-check/score-checkout.ts';
import type { Scores } from '../../../pipeline/stages/model-check/scores.ts';
import { readBaseScores, readScores, writeScores } from '../../../pipeline/stages/model-check/scores-file.ts';
import { quietWeeks } from '../../support/pipeline.ts';
import { AS_STARS } from '../../support/reading.ts';
import { personaWith, scoresWith } from '../../support/scores.ts';

const onProgress = (): void => {};
const { gate } = parseConfig({ gate: { resamples: 200 } }, 'the test');
const conclude = (base: Scores | null, head: Scores) => compareScores(base, head, { gate, seed: 1 });

let folder: string;
let data: CheckData;
const score = (train: ConfigInput['train']): Promise<Scores> =>
  scoreCheckout({
    config: parseConfig({ train }, 'the test'),
    data,
    stopwatch: () => performance.now(),
    onProgress,
  });
const load = (source: string): Promise<CheckData> =>
  checkData(source, {
    seed: 1,
    dataDirectory: folder,
    now: new Date('2026-03-01'),
    reading: AS_STARS,
    onProgress,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cinematch-check-'));
  const { prepared, movies } = quietWeeks();
  await writeRatings(join(folder, 'ratings.csv'), concatRatings([prepared.train, prepared.test]));
  await writeMovies(join(folder, 'movies.csv'), movies);
  data = await load(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('two checkouts on the same data', () => {
  let usual: Scores;
  beforeAll(async () => {
    usual = await score({ hyperParameters: { 'vb-mf.sweeps': 8 } });
  });

  test('that are the same do not differ, through files and back', async () => {
    await writeScores(join(folder, 'base'), usual);
    await writeScores(join(folder, 'head'), await score({ hyperParameters: { 'vb-mf.sweeps': 8 } }));
    const [base, head] = [await readScores(join(folder, 'base')), await readScores(join(folder, 'head'))];
    expect(base).toEqual(usual);
    const check = conclude(base, head);
    expect(check.conclusion).toBe('pass');
    expect(check.metrics.every(({ difference }) => difference === 0)).toBe(true);
    expect(check.personas.map(({ overlap }) => overlap)).toEqual([10, 10, 10, 10, 10]);
  });

  test('a change to popularity alone fails, and RMSE is named', async () => {
    const check = conclude(usual, await score({ algorithm: 'popularity' }));
    expect(check.conclusion).toBe('fail');
    const failed = check.metrics.filter(({ passed }) => passed === false).map(({ metric }) => metric);
    expect(failed).toContain('rmse');
    expect(check.model).toMatchObject({
      base: { algorithm: 'vb-mf+ials' },
      head: { algorithm: 'popularity' },
    });
  });

  test('the way back passes', async () => {
    const check = conclude(await score({ algorithm: 'popularity' }), usual);
    expect(check.conclusion).toBe('pass');
    expect(check.metrics[0]).toMatchObject({ metric: 'rmse', segment: 'all', meaning: 'better' });
  });

  test('the holdout has users of either kind and personas have titles', () => {
    expect(new Set(usual.warm)).toEqual(new Set([0, 1]));
    expect(usual.personas).toHaveLength(5);
    for (const { movies } of usual.personas) {
      expect(movies).toHaveLength(10);
      for (const { title } of movies) expect(title).toMatch(/ \(\d{4}\)$/);
    }
  });
});

test('invented data are the same each time', async () => {
  const [once, again] = [await load('synthetic'), await load('synthetic')];
  expect(once).toEqual(again);
  expect(once.name).toBe('synthetic, seed 1');
});

test('ratings that cannot be split are refused', async () => {
  const file = join(folder, 'few.csv');
  const [userIds, movieIds, halves, ratedAt] = [
    [1, 2],
    [1, 1],
    [8, 8],
    [1e9, 1e9],
  ];
  const few = emptyRatings(2);
  few.userIds.set(userIds as number[]);
  few.movieIds.set(movieIds as number[]);
  few.halves.set(halves as number[]);
  few.ratedAt.set(ratedAt as number[]);
  await writeRatings(file, sortByTime(few));
  await expect(load(file)).rejects.toMatchObject({ code: 'no-training-data' });
});

describe('scores by a stranger', () => {
  const sound = scoresWith({ error: () => 0.5, hits: (user) => user % 3 });
  let directory: string;
  const jsonFile = (): string => join(directory, 'scores.json');
  const tensorFile = (): string => join(directory, 'scores.safetensors');
  beforeAll(async () => {
    directory = join(folder, 'stranger');
  });

  const changeJson = async (change: (content: Record<string, never>) => void): Promise<void> => {
    await writeScores(directory, sound);
    const content = JSON.parse(await readFile(jsonFile(), 'utf8'));
    change(content);
    await writeFile(jsonFile(), JSON.stringify(content));
  };
  const changeTensors = async (change: (tensors: Record<string, Tensor>) => void): Promise<void> => {
    await writeScores(directory, sound);
    const tensors = Object.fromEntries(decodeTensors(await readFile(tensorFile()), 'test').tensors);
    change(tensors);
    await writeFile(tensorFile(), encodeTensors(tensors));
  };
  const refusal = async (): Promise<{ code: string; message: string }> =>
    readScores(directory).then(
      () => ({ code: 'none', message: 'it was read' }),
      (error) => error,
    );

  test.each<[string, (content: never) => void]>([
    ['fitSeconds', (content: { fitSeconds: number }) => (content.fitSeconds = -1)],
    ['modelBytes', (content: { modelBytes: number }) => (content.modelBytes = 1e300)],
    ['format', (content: { format: number }) => (content.format = 3)],
    [
      'data.holdout.ratings',
      (content: { data: { holdout: { ratings: unknown } } }) => (content.data.holdout.ratings = '9'),
    ],
    [
      'data.training.sha256',
      (content: { data: { training: { sha256: string } } }) => (content.data.training.sha256 = 'x'),
    ],
    [
      'personas.0.movies.0.title',
      (content: { personas: { movies: { title: string }[] }[] }) => {
        (content.personas[0]?.movies[0] as { title: string }).title = 'x'.repeat(201);
      },
    ],
    [
      'personas',
      (content: { personas: unknown[] }) => (content.personas = Array(11).fill(content.personas[0])),
    ],
    [
      'model.hyperParameters',
      (content: { model: { hyperParameters: object } }) => (content.model.hyperParameters = { 'a|b': 1 }),
    ],
  ] as never)('are refused for %s', async (field, change) => {
    await changeJson(change as never);
    const { code, message } = await refusal();
    expect(code).toBe('artifact-invalid');
    expect(message).toContain(field);
  });

  const value = (tensors: Record<string, Tensor>, name: string, at: number, to: number): void => {
    (tensors[name] as Tensor).data[at] = to;
  };
  test.each<[string, string, (tensors: Record<string, Tensor>) => void]>([
    ['an error that is no number', 'errors holds NaN', (t) => value(t, 'errors', 3, Number.NaN)],
    ['an infinite error', 'errors holds Infinity', (t) => value(t, 'errors', 0, Number.POSITIVE_INFINITY)],
    ['an id out of range', 'user_ids holds -5', (t) => value(t, 'user_ids', 0, -5)],
    ['a user who is nowhere', 'list_user_ids holds 999', (t) => value(t, 'list_user_ids', 0, 999)],
    ['users out of order', 'list_user_ids does not ascend', (t) => value(t, 'list_user_ids', 1, 1)],
    ['a user both known and new', 'warm has two values for user 1', (t) => value(t, 'warm', 1, 0)],
    ['no relevant movie', 'list_relevant holds 0', (t) => value(t, 'list_relevant', 0, 0)],
    [
      'more hits than there are',
      'list_hits finds 3 of 2',
      (t) => (t['list_hits'] as Tensor).data.fill(1, 0, 3),
    ],
    ['a movie twice', 'shows a movie twice', (t) => value(t, 'list_movie_ids', 1, 1)],
    ['a gap in a list', 'has a gap', (t) => value(t, 'list_movie_ids', 4, -1)],
    [
      'a tensor of another type',
      'errors holds Float32Array',
      (t) => {
        t['errors'] = { shape: [120], data: new Float32Array(120) };
      },
    ],
    [
      'a tensor of another shape',
      'has shape [60, 2]',
      (t) => {
        t['errors'] = { shape: [60, 2], data: new Float64Array(120) };
      },
    ],
    ['a missing tensor', 'warm is missing', (t) => delete t['warm']],
    [
      'a tensor too many',
      'unknown tensor',
      (t) => {
        t['more'] = { shape: [1], data: new Uint8Array(1) };
      },
    ],
  ])('are refused for %s', async (_, problem, change) => {
    await changeTensors(change);
    const { code, message } = await refusal();
    expect(code).toBe('artifact-invalid');
    expect(message).toContain(problem);
  });

  test('are not read when they are too large', async () => {
    await writeScores(directory, sound);
    await truncate(tensorFile(), 30_000_000);
    expect((await refusal()).message).toContain('30000000 bytes');
  });

  test('are not read through a link', async () => {
    await writeScores(directory, sound);
    await rm(jsonFile());
    await symlink('/etc/hostname', jsonFile());
    expect(await refusal()).toMatchObject({
      code: 'artifact-invalid',
      message: expect.stringContaining('not a regular file'),
    });
  });

  test('cut short are refused', async () => {
    await writeScores(directory, sound);
    await truncate(tensorFile(), 1_000);
    expect(await refusal()).toMatchObject({ code: 'artifact-invalid' });
  });

  test('lose control characters', async () => {
    const title = 'Heat\u0007\n\u202e (1995)';
    await writeScores(directory, {
      ...sound,
      personas: [{ ...personaWith('P', []), movies: [{ id: 1, title }] }],
    });
    expect((await readScores(directory)).personas[0]?.movies[0]?.title).toBe('Heat (1995)');
  });
});

describe('the scores of a base', () => {
  test('that left none, or left another format, cannot be measured', async () => {
    expect(await readBaseScores(join(folder, 'nowhere'))).toBeNull();
    await writeScores(join(folder, 'older'), scoresWith({ error: () => 1 }));
    await writeFile(join(folder, 'older', 'scores.json'), '{"format": 7}');
    expect(await readBaseScores(join(folder, 'older'))).toBeNull();
  });
  test('that are damaged are an error', async () => {
    await writeScores(join(folder, 'damaged'), scoresWith({ error: () => 1 }));
    await writeFile(join(folder, 'damaged', 'scores.json'), '{"format": 2}');
    await expect(readBaseScores(join(folder, 'damaged'))).rejects.toMatchObject({ code: 'artifact-invalid' });
  });
});

describe('a check as a file', () => {
  const check = conclude(scoresWith({ error: () => 0.8 }), scoresWith({ error: () => 0.9 }));
  const bytes = (change: object = {}): Uint8Array =>
    new TextEncoder().encode(JSON.stringify({ ...JSON.parse(modelCheckJson(check)), ...change }));

  test('is read as it was written', () => {
    expect(readModelCheck(bytes())).toEqual(check);
    expect(readModelCheck(bytes({ conclusion: 'fail' }))).toEqual(check);
  });
  test.each([
    ['conclusion', { conclusion: 'pass' }],
    ['obstacle', { obstacle: 'none of them' }],
    ['metrics: a metric appears twice', { metrics: [check.metrics[0], check.metrics[0]] }],
    ['metrics.0.base', { metrics: [{ ...check.metrics[0], base: 1e9 }] }],
    ['metrics.0.rule', { metrics: [{ ...check.metrics[0], rule: 'x'.repeat(201) }] }],
    ['personas.0.gained', { personas: [{ ...check.personas[0], gained: Array(11).fill('x') }] }],
    ['data.name', { data: { ...check.data, name: 'x'.repeat(101) } }],
    ['schema', { schema: 2 }],
  ])('is refused for its %s', (field, change) => {
    expect(() => readModelCheck(bytes(change))).toThrow(
      expect.objectContaining({ code: 'artifact-invalid' }),
    );
    expect(() => readModelCheck(bytes(change))).toThrow(field);
  });
  test('of more than a megabyte is not looked at', () => {
    expect(() => readModelCheck(new Uint8Array(1_000_001))).toThrow('1000001 bytes');
  });
  test('that is no JSON is refused without being quoted', () => {
    expect(() => readModelCheck(new TextEncoder().encode('::add-mask::secret'))).toThrow(/it is not JSON\.$/);
  });
});
