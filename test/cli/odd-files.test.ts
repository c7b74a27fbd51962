/** Every kind of odd file through every command that reads ratings: all of them read it alike, or refuse it alike. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataCommand } from '../../pipeline/cli/data.ts';
import { driftCommand } from '../../pipeline/cli/drift.ts';
import { evaluateCommand } from '../../pipeline/cli/evaluate.ts';
import type { Terminal } from '../../pipeline/cli/terminal/terminal.ts';
import { tuneCommand } from '../../pipeline/cli/tune.ts';
import { readDataset } from '../../pipeline/source/load-dataset.ts';
import { ingestRatings } from '../../pipeline/stages/ingest/ingest-ratings.ts';
import { folderWith } from '../source/folder.ts';
import { openTestPipeline, type TestPipeline } from '../support/pipeline.ts';
import { AS_STARS } from '../support/reading.ts';

const [USERS, MOVIES, FIRST] = [8, 10, 1_147_880_000];
const ROWS = USERS * MOVIES;

type Row = readonly [user: number, movie: number, stars: number, time: number];
const RATINGS: readonly Row[] = Array.from({ length: ROWS }, (_, at) => {
  const user = at % USERS;
  const movie = Math.floor(at / USERS);
  return [user + 1, movie + 1, (1 + ((3 * user + 7 * movie) % 10)) / 2, FIRST + at];
});
const table = (header: string, line: (row: Row, at: number) => string): string =>
  `${header}\n${RATINGS.map(line).join('\n')}\n`;
const plain = (row: Row): string => row.join(',');
const HEADER = 'userId,movieId,rating,timestamp';
const RATINGS_CSV = table(HEADER, plain);
const TITLES = Array.from({ length: MOVIES }, (_, at) => `"Film, The ${at + 1} (1995)"`);
const MOVIES_CSV = `movieId,title,genres\n${TITLES.map((title, at) => `${at + 1},${title},Drama`).join('\n')}\n`;

type Result = { readonly kept: number } | { readonly refused: string; readonly saying: string };

interface OddInput {
  readonly files: Readonly<Record<string, string>>;
  /** The file or folder to read; the folder of all files when it is left out. */
  readonly path?: string;
  readonly options?: readonly string[];
  readonly result: Result;
  /** Commands that need no times. @default as `result` */
  readonly untimed?: Result;
  /** Titles that are found. */
  readonly titles?: number;
}

const dates = ([, , , time]: Row): string =>
  new Date(1000 * time).toISOString().slice(0, 19).replace('T', ' ');
const outOfTen = table(HEADER, ([user, movie, stars, time]) => [user, movie, 2 * stars, time].join(','));
const thumbs = table(HEADER, ([user, movie, stars, time]) =>
  [user, movie, stars > 2.5 ? 'Like' : 'dislike', time].join(','),
);
const noTimes: Result = { refused: 'source-unknown-layout', saying: 'there is no column of times' };

const INPUTS: Readonly<Record<string, OddInput>> = {
  'a scale from 1 to 10': {
    files: { 'r.csv': outOfTen },
    path: 'r.csv',
    result: { refused: 'batch-rejected', saying: 'the largest is 10: is this a 1–10 scale?' },
  },
  'a scale from 1 to 10 that is stated': {
    files: { 'r.csv': outOfTen },
    path: 'r.csv',
    options: ['--scale', '1-10'],
    result: { kept: ROWS },
  },
  'likes and dislikes': {
    files: { 'r.csv': thumbs },
    path: 'r.csv',
    result: { refused: 'batch-rejected', saying: 'rating Like' },
  },
  'likes and dislikes that are stated': {
    files: { 'r.csv': thumbs },
    path: 'r.csv',
    options: ['--scale', 'like=4.5,dislike=1.5'],
    result: { kept: ROWS },
  },
  'dates as text': {
    files: { 'r.csv': table(HEADER, (row) => [row[0], row[1], row[2], dates(row)].join(',')) },
    path: 'r.csv',
    result: { kept: ROWS },
  },
  milliseconds: {
    files: { 'r.csv': table(HEADER, ([user, movie, stars, time]) => `${user},${movie},${stars},${time}123`) },
    path: 'r.csv',
    result: { kept: ROWS },
  },
  'no times': {
    files: { 'r.csv': table('userId,movieId,rating', (row) => row.slice(0, 3).join(',')) },
    path: 'r.csv',
    result: noTimes,
    untimed: { kept: ROWS },
  },
  'a header with the movie first': {
    files: {
      'r.csv': table('film_id,customer_id,rating,timestamp', ([user, movie, stars, time]) =>
        [movie, user, stars, time].join(','),
      ),
    },
    path: 'r.csv',
    result: { kept: ROWS },
  },
  'a header with unknown names': {
    files: { 'r.csv': table('what,who,rating,timestamp', plain) },
    path: 'r.csv',
    result: {
      refused: 'source-unknown-layout',
      saying: 'Its columns are what, who, rating, timestamp; none of them is known to be the user, the movie',
    },
  },
  'unknown names that are stated': {
    files: { 'r.csv': table('who,what,rating,timestamp', plain) },
    path: 'r.csv',
    options: ['--columns', 'user=who,movie=what'],
    result: { kept: ROWS },
  },
  'titles with commas among the ratings': {
    files: {
      'r.csv': table(
        'ratingId,movieId,title,genres,userId,rating,timestamp',
        ([user, movie, stars, time], at) =>
          [at, movie, TITLES[movie - 1], 'Drama', user, stars, time].join(','),
      ),
    },
    path: 'r.csv',
    result: { kept: ROWS },
  },
  'a stray quotation mark in one row': {
    files: {
      'r.csv': table(
        HEADER,
        ([user, movie, stars, time], at) => `${user},${movie},${at === 40 ? '"' : ''}${stars},${time}`,
      ),
    },
    path: 'r.csv',
    result: { kept: ROWS - 1 },
  },
  'movies with a key of their own': {
    files: {
      'ratings.csv': RATINGS_CSV,
      'movies.csv': `id,movieId,title,genres\n${TITLES.map((title, at) => `${100 - at},${at + 1},${title},Drama`).join('\n')}\n`,
    },
    result: { kept: ROWS },
    titles: MOVIES,
  },
  'a stray quotation mark in the movies': {
    files: {
      'ratings.csv': RATINGS_CSV,
      'movies.csv':
        'movieId,title,genres\n1,"Great Performances" Cats (1998),Musical\n2,Jumanji (1995),Adventure\n',
    },
    result: { kept: ROWS },
    titles: 2,
  },
  'a folder in a folder': {
    files: { 'ml/ratings.csv': RATINGS_CSV, 'ml/movies.csv': MOVIES_CSV },
    result: { kept: ROWS },
    titles: MOVIES,
  },
  'the names of Kaggle': {
    files: { 'rating.csv': RATINGS_CSV, 'movie.csv': MOVIES_CSV },
    result: { kept: ROWS },
    titles: MOVIES,
  },
  'ids from 0': {
    files: { 'r.csv': table(HEADER, ([user, movie, ...rest]) => [user - 1, movie - 1, ...rest].join(',')) },
    path: 'r.csv',
    result: { kept: ROWS },
  },
};

interface Run {
  readonly path: string;
  readonly options: readonly string[];
  readonly scratch: string;
}

/** Runs a command in this process and returns its JSON. */
async function json(args: readonly string[]): Promise<Record<string, unknown>> {
  let printed: unknown;
  const terminal: Terminal = {
    print: () => {},
    printJson: (value) => {
      printed = value;
    },
    printTable: () => {},
    note: () => {},
    onProgress: () => {},
    style: (_, text) => text,
  };
  const program = new Command().enablePositionalOptions();
  for (const command of [dataCommand, evaluateCommand, driftCommand, tuneCommand])
    program.addCommand(command(terminal));
  const before = process.exitCode;
  await program.parseAsync([...args, '--json'], { from: 'user' });
  process.exitCode = before;
  return printed as Record<string, unknown>;
}

interface Counted {
  readonly reading: { readonly kept: number };
}
const kept = (value: unknown): number => (value as Counted).reading.kept;

let pipeline: TestPipeline;
let scratch: string;
beforeAll(async () => {
  pipeline = await openTestPipeline();
  scratch = await mkdtemp(join(tmpdir(), 'cinematch-odd-'));
});
afterAll(async () => {
  await pipeline.close();
  await rm(scratch, { recursive: true, force: true });
});

/** The value of an option of a run. */
const optionOf = ({ options }: Run, name: string): string | undefined =>
  options[options.indexOf(name) + 1 || -1];

function readingOfRun(run: Run) {
  const columns = optionOf(run, '--columns');
  return {
    ...AS_STARS,
    scale: optionOf(run, '--scale') ?? null,
    columns: Object.fromEntries((columns?.split(',') ?? []).map((each) => each.split('='))),
  };
}

/** The commands, and how many ratings each uses. */
const COMMANDS: Readonly<Record<string, (run: Run) => Promise<number>>> = {
  'data inspect': async ({ path, options }) => {
    const { refused, ...found } = await json(['data', 'inspect', path, ...options]);
    if (refused !== null) throw refused;
    return kept(found);
  },
  'data prepare': async ({ path, options, scratch: out }) => {
    const { parts } = (await json(['data', 'prepare', path, '--out', out, ...options])) as {
      parts: { ratings: number }[];
    };
    return parts.reduce((sum, { ratings }) => sum + ratings, 0);
  },
  'evaluate --folds': async ({ path, options }) => {
    const { data } = await json([
      ...['evaluate', '--folds', '2', '--data', path, '--algorithm', 'bias', '--no-baselines'],
      ...options,
    ]);
    return kept(data);
  },
  drift: async ({ path, options }) => {
    const { files } = await json(['drift', '--baseline', path, '--current', path, ...options]);
    return kept((files as { baseline: unknown }).baseline);
  },
  ingest: async (run) => {
    const { ids: _, maxRejectShare: __, ...source } = readingOfRun(run);
    const config = { ...pipeline.config, source: { ...pipeline.config.source, ...source } };
    const { read, rejected } = await ingestRatings({ ...pipeline, config }, run.path, 'buffer', run.path);
    return read - rejected;
  },
  'bootstrap, calibrate and model-check': async (run) => {
    const options = { now: new Date('2026-03-01'), onProgress: () => {}, reading: readingOfRun(run) };
    return (await readDataset(run.path, options)).ratings.length;
  },
};
const UNTIMED = ['evaluate --folds', 'drift'];

describe.each(Object.entries(INPUTS))(
  '%s',
  (_, { files, path = '', options = [], result, untimed = result, titles }) => {
    test.each(Object.entries(COMMANDS))('%s', async (command, read) => {
      const out = join(scratch, 'out');
      const run = { path: join(await folderWith(files), path), options, scratch: out };
      const expected = UNTIMED.includes(command) ? untimed : result;
      if ('kept' in expected) {
        expect(await read(run)).toBe(expected.kept);
        await rm(out, { recursive: true, force: true });
        return;
      }
      await expect(read(run)).rejects.toMatchObject({
        code: expected.refused,
        message: expect.stringContaining(expected.saying),
      });
      expect(existsSync(out)).toBe(false);
    });

    if (titles === undefined) return;
    test('the titles are found', async () => {
      const { ratedWithTitle } = await json(['data', 'inspect', join(await folderWith(files), path)]);
      expect(ratedWithTitle).toBe(titles);
    });
  },
);

test('data prepare --no-time splits at random and writes no times, which evaluate reads', async () => {
  const folder = await folderWith({ 'r.csv': RATINGS_CSV });
  const out = join(scratch, 'untimed');
  const prepared = await json(['data', 'prepare', join(folder, 'r.csv'), '--no-time', '--out', out]);
  expect(prepared).toMatchObject({ split: 'random', reading: { kept: ROWS } });
  const [train, test] = ['train', 'test'].map((part) => join(out, 'initial', `${part}.parquet`)) as [
    string,
    string,
  ];
  const { train: used } = await json([
    ...['evaluate', '--train', train, '--test', test, '--algorithm', 'bias', '--no-baselines'],
  ]);
  expect(kept(used)).toBe(Math.round(0.7 * 0.7 * ROWS));
  await expect(ingestRatings(pipeline, train, 'buffer')).rejects.toMatchObject({
    message: expect.stringContaining('there is no column of times'),
  });
});

test('a content that was ingested with one scale is not taken for ingested with another', async () => {
  const folder = await folderWith({ 'r.csv': outOfTen.replaceAll('11478', '11479') });
  const withScale = (scale: string | null) => ({
    ...pipeline,
    config: { ...pipeline.config, source: { ...pipeline.config.source, scale } },
  });
  const path = join(folder, 'r.csv');
  expect(await ingestRatings(withScale('1-10'), path, 'buffer')).toMatchObject({ status: 'ingested' });
  expect(await ingestRatings(withScale('1-10'), path, 'buffer')).toMatchObject({
    status: 'already-ingested',
  });
  await expect(ingestRatings(withScale('0-10'), path, 'buffer')).rejects.toMatchObject({
    code: 'state-conflict',
    message: expect.stringContaining('with the scale 1-10'),
  });
});

/** Small public kinds of files, where they are beside the checkout. */
const SHARED = resolve(import.meta.dirname, '../../../shared/data/odd-files');
const SHARED_ROWS: Readonly<Record<string, number>> = {
  'iso-dates.csv': 3,
  'unknown-header-movie-first.csv': 6,
  'movies-own-key': 4,
  'merged-with-titles.csv': 3,
  'stray-quote-in-movies': 1,
  nested: 2,
  hive: 2,
  'kaggle-20m-names': 8,
  'categorical-ids.parquet': 3,
  'zero-based-ids.csv': 3_600,
};

describe.runIf(existsSync(SHARED))('files beside the checkout', () => {
  test('every one of them is known here', async () => {
    const names = (await readdir(SHARED)).filter((name) => name !== 'index.md');
    expect(names.sort()).toEqual([...Object.keys(SHARED_ROWS), 'scale-1-to-10.csv'].sort());
  });

  test.each(Object.entries(SHARED_ROWS))('%s', async (name, rows) => {
    expect(await json(['data', 'inspect', join(SHARED, name)])).toMatchObject({
      refused: null,
      reading: { kept: rows },
    });
  });

  test('scale-1-to-10.csv', async () => {
    const path = join(SHARED, 'scale-1-to-10.csv');
    const { refused } = await json(['data', 'inspect', path]);
    expect(refused).toMatchObject({
      message: expect.stringContaining('the largest is 10: is this a 1–10 scale?'),
    });
    expect(await json(['data', 'inspect', path, '--scale', '1-10'])).toMatchObject({
      refused: null,
      reading: { kept: 32 },
    });
  });
});
