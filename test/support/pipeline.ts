import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfigInput, parseConfig } from '../../pipeline/config.ts';
import { openLocalForge } from '../../pipeline/forge/open-local-forge.ts';
import type { Movie } from '../../pipeline/ratings/movie.ts';
import type { Ratings } from '../../pipeline/ratings/ratings.ts';
import { type PreparedDataset, prepareDataset } from '../../pipeline/source/prepare.ts';
import { generateRatings } from '../../pipeline/source/synthetic.ts';
import { writeMovies, writeRatings } from '../../pipeline/source/write-ratings.ts';
import { ingestRatings } from '../../pipeline/stages/ingest/ingest-ratings.ts';
import type { Pipeline } from '../../pipeline/stages/pipeline.ts';
import { publishModel } from '../../pipeline/stages/release/publish-model.ts';
import { trainModel } from '../../pipeline/stages/training/train-model.ts';
import { connectStore } from '../../pipeline/store/connect.ts';
import { migrate } from '../../pipeline/store/migrate.ts';
import { createEmbeddedDatabase } from './embedded-template.ts';

/** A whole pipeline in a folder of its own: real Postgres (embedded), real files, a clock that tests set. */
export interface TestPipeline extends Pipeline {
  readonly home: string;
  /** Writes ratings to a file of the folder and returns its path. */
  write(name: string, ratings: Ratings): Promise<string>;
  setTime(iso: string): void;
  /** Removes the folder as well, unless it is kept as a template. */
  close(options?: { readonly keep?: boolean }): Promise<void>;
}

/** Small enough to train in a fraction of a second, large enough for the statistics to speak. */
const TEST_CONFIG: ConfigInput = {
  retraining: { minBufferRatings: 1_000 },
  // So few users are ranked that a hit more or less by a movie's genres would decide.
  train: { algorithm: 'vb-mf', hyperParameters: { sweeps: 8, traitPenalty: 1e6 } },
  gate: { resamples: 200 },
};

/**
 * @param template the home of another test pipeline, closed, to start from a copy of.
 * @param databaseUrl a server to keep the store on, in place of the embedded database.
 */
export async function openTestPipeline(
  overrides: ConfigInput = {},
  template?: string,
  databaseUrl?: string,
): Promise<TestPipeline> {
  const home = await mkdtemp(join(tmpdir(), 'cinematch-'));
  if (template === undefined) await createEmbeddedDatabase(join(home, 'pg'));
  else await cp(template, home, { recursive: true });
  let now = new Date('2026-03-02T06:17:00Z');
  const clock = (): Date => now;
  const store = await connectStore({
    directory: join(home, 'pg'),
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  });
  await migrate(store);
  return {
    home,
    config: parseConfig({ ...TEST_CONFIG, ...overrides }, 'the test'),
    store,
    forge: openLocalForge(join(home, 'forge'), clock),
    modelDirectory: join(home, 'models'),
    clock,
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
      if (!keep) await rm(home, { recursive: true, force: true });
    },
  };
}

const WEEK = 7 * 86_400;

/** Invented ratings of ten quiet weeks: seven to start with, three batches. */
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
