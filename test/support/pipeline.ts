import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, inject, onTestFinished } from 'vitest';
import type { ConfigInput } from '../../pipeline/config.ts';
import { openLocalForge } from '../../pipeline/forge/open-local-forge.ts';
import type { Movie } from '../../pipeline/ratings/movie.ts';
import type { Ratings } from '../../pipeline/ratings/ratings.ts';
import { type PreparedDataset, prepareDataset } from '../../pipeline/source/prepare.ts';
import { generateRatings } from '../../pipeline/source/synthetic.ts';
import { writeMovies, writeRatings } from '../../pipeline/source/write-ratings.ts';
import { ingestRatings } from '../../pipeline/stages/ingest/ingest-ratings.ts';
import { parseConfig } from '../../pipeline/stages/load-config.ts';
import type { Pipeline } from '../../pipeline/stages/pipeline.ts';
import { publishModel } from '../../pipeline/stages/release/publish-model.ts';
import { trainModel } from '../../pipeline/stages/training/train-model.ts';
import { connectStore } from '../../pipeline/store/connect.ts';
import { migrate } from '../../pipeline/store/migrate.ts';
import { createEmbeddedDatabase } from './embedded-template.ts';
import { createDatabase, dropDatabase, nameOfDatabase } from './postgres.ts';

/** A whole pipeline in its own folder: a real database, real files, a clock that tests set. */
export interface TestPipeline extends Pipeline {
  readonly home: string;
  /** The environment variables of a process that works on the same pipeline. */
  readonly environment: Readonly<Record<string, string>>;
  /** Writes ratings to a file of the folder and returns its path. */
  write(name: string, ratings: Ratings): Promise<string>;
  setTime(iso: string): void;
  /** Closes the store and removes folder and database, unless they are kept as a template. */
  close(options?: { readonly keep?: boolean }): Promise<void>;
}

interface TestPipelineOptions {
  /** The home of a closed and kept test pipeline. The new pipeline is a copy of it. */
  readonly template?: string;
  /**
   * The URL of a database to use, or `embedded`.
   * @default a new database of the run's PostgreSQL server; the embedded one where there is no server
   */
  readonly database?: string;
}

/** Small enough to train in a fraction of a second, large enough for the statistics. */
const TEST_CONFIG: ConfigInput = {
  // Gains are measured where they are the subject.
  retraining: { gainRatings: 0 },
  // Few users are ranked, so one hit more by the genres of a movie would change the result.
  train: { algorithm: 'vb-mf', hyperParameters: { sweeps: 8, traitPenalty: 1e6 } },
  gate: { resamples: 200 },
};

export async function openTestPipeline(
  overrides: ConfigInput = {},
  { template, database }: TestPipelineOptions = {},
): Promise<TestPipeline> {
  const home = await mkdtemp(join(tmpdir(), 'cinematch-'));
  if (template !== undefined) await cp(template, home, { recursive: true });
  const own = database === undefined ? await ownDatabase(home) : null;
  const databaseUrl = own ?? database;
  const directory = join(home, 'pg');
  const isEmbedded = databaseUrl === undefined || databaseUrl === 'embedded';
  if (isEmbedded && !existsSync(directory)) await createEmbeddedDatabase(directory);
  let now = new Date('2026-03-02T06:17:00Z');
  const clock = (): Date => now;
  const store = await connectStore({ directory, ...(isEmbedded ? {} : { databaseUrl }) });
  await migrate(store);
  return {
    home,
    environment: { CINEMATCH_HOME: home, ...(isEmbedded ? {} : { DATABASE_URL: databaseUrl }) },
    config: parseConfig({ ...TEST_CONFIG, ...overrides }, 'the test'),
    store,
    forge: openLocalForge(join(home, 'forge'), clock),
    modelDirectory: join(home, 'models'),
    clock,
    stopwatch: () => performance.now(),
    onProgress: () => {},
    write: async (name, ratings) => {
      const path = join(home, name);
      await writeRatings(path, ratings);
      return path;
    },
    setTime: (iso) => {
      now = new Date(iso);
    },
    close: async ({ keep = false } = {}) => {
      await store.close();
      if (!keep) await removePipeline(home);
    },
  };
}

/** In a home, the URL of its database on the server. */
const DATABASE_FILE = 'test-database';

/** A new database on the run's server: a copy of the database of the template. Null when the home has an embedded one. */
async function ownDatabase(home: string): Promise<string | null> {
  const serverUrl = inject('postgresUrl');
  if (serverUrl === null || existsSync(join(home, 'pg'))) return null;
  const file = join(home, DATABASE_FILE);
  const template = existsSync(file)
    ? nameOfDatabase(await readFile(file, 'utf8'))
    : inject('migratedDatabase');
  const url = await createDatabase(serverUrl, `cinematch_pipeline_${randomUUID()}`, template);
  await writeFile(file, url);
  return url;
}

/** Removes the home of a closed pipeline, and its database. */
export async function removePipeline(home: string): Promise<void> {
  const file = join(home, DATABASE_FILE);
  if (existsSync(file)) {
    await dropDatabase(inject('postgresUrl') as string, await readFile(file, 'utf8'));
  }
  await rm(home, { recursive: true, force: true });
}

/**
 * Prepares a pipeline once for the tests of a file: v1 of `quietWeeks()` is champion, then `prepare` runs. Returns a
 * function that opens a copy for one test. The copy is closed when the test ends.
 */
export function preparedPipeline(
  prepare: (pipeline: TestPipeline) => Promise<unknown> = async () => {},
  config: ConfigInput = {},
): (overrides?: ConfigInput) => Promise<TestPipeline> {
  let template: string;
  beforeAll(async () => {
    const first = await openBootstrapped(config);
    await prepare(first);
    await first.close({ keep: true });
    template = first.home;
  });
  afterAll(() => removePipeline(template));
  return async (overrides = config) => {
    const pipeline = await openTestPipeline(overrides, { template });
    onTestFinished(() => pipeline.close());
    return pipeline;
  };
}

/** A pipeline where v1 of `quietWeeks()` is champion: a copy of one that the first caller of the run creates. */
export function openBootstrapped(overrides: ConfigInput = {}): Promise<TestPipeline> {
  return openCopy('bootstrapped', overrides, async () => {
    const first = await openTestPipeline();
    await bootstrap(first, quietWeeks());
    return first;
  });
}

/** A copy of a pipeline that many files use. The first caller of the run prepares it; the name stands for what it does. */
export async function openCopy(
  name: string,
  overrides: ConfigInput,
  prepare: () => Promise<TestPipeline>,
): Promise<TestPipeline> {
  const template = join(inject('runFolder'), name);
  if (!existsSync(template)) {
    const first = await prepare();
    await first.close({ keep: true });
    try {
      await rename(first.home, template);
    } catch {
      // Another worker was faster: its template is used.
      await removePipeline(first.home);
    }
  }
  return openTestPipeline(overrides, { template });
}

const WEEK = 7 * 86_400;

/** Synthetic ratings of ten quiet weeks: seven for the initial load, three batches. */
export function quietWeeks(seed = 1): {
  readonly prepared: PreparedDataset;
  readonly movies: readonly Movie[];
} {
  const to = Date.UTC(2026, 0, 5) / 1000;
  const { ratings, movies } = generateRatings({
    seed,
    users: 500,
    movies: 300,
    ratings: 30_000,
    from: to - 10 * WEEK,
    to,
  });
  return { prepared: prepareDataset(ratings, { weeks: 3 }), movies };
}

/** The same ratings, each `halves` half stars higher, at most five stars. */
export function raised(ratings: Ratings, halves: number): Ratings {
  return { ...ratings, halves: ratings.halves.map((half) => Math.min(10, half + halves)) };
}

/** Every second rating half a star higher: +0.25★ on average. */
export function mildlyRaised(ratings: Ratings): Ratings {
  return { ...ratings, halves: ratings.halves.map((half, row) => Math.min(10, half + (row % 2))) };
}

/** Loads the initial part and makes the first model the champion. */
export async function bootstrap(
  pipeline: TestPipeline,
  { prepared, movies }: ReturnType<typeof quietWeeks>,
): Promise<void> {
  await writeMovies(join(pipeline.home, 'movies.csv'), movies);
  await ingestRatings(pipeline, await pipeline.write('train.csv', prepared.train), 'train');
  await ingestRatings(pipeline, await pipeline.write('test.csv', prepared.test), 'holdout');
  await publishModel(pipeline, await trainModel(pipeline, 'manual'));
}
