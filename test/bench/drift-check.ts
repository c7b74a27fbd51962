import { sha256 } from '../../pipeline/lib/digest.ts';
import type { Movie } from '../../pipeline/ratings/movie.ts';
import { type Ratings, sliceRatings } from '../../pipeline/ratings/ratings.ts';
import { NO_REJECTS } from '../../pipeline/ratings/rejected-rows.ts';
import { splitIntoWindows } from '../../pipeline/ratings/split.ts';
import { generateRatings } from '../../pipeline/source/synthetic.ts';
import { detectDrift } from '../../pipeline/stages/drift/detect-drift.ts';
import { publishModel } from '../../pipeline/stages/release/publish-model.ts';
import { trainModel } from '../../pipeline/stages/training/train-model.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import type { BatchRole } from '../../pipeline/store/ledger.ts';
import { openTestPipeline, type TestPipeline } from '../support/pipeline.ts';
import { startPostgres } from '../support/postgres.ts';

const TRAINING = 700_000;
const BUFFERED = 1_500_000;
/** As many ratings a user as MovieLens 25M has, 154. */
const USERS = 14_300;
const BATCHES = 7;
const CHECKS = 12;

/**
 * A whole drift check, from the question who is champion to the decision written down, on 1.5 million buffered
 * ratings against 700,000, after connecting. The first check also scores the champion on every batch; later
 * ones read the sums.
 */
export async function benchDriftCheck(print: (line: string) => void): Promise<void> {
  const to = Date.UTC(2026, 0, 5) / 1000;
  const { ratings, movies } = generateRatings({
    seed: 1,
    ratings: TRAINING + BUFFERED,
    users: USERS,
    movies: 9_000,
    from: to - 300 * 86_400,
    to,
  });
  const server = await startPostgres();
  try {
    for (const url of [undefined, ...(server ? [server.url] : [])])
      await timeHome(print, ratings, movies, url);
  } finally {
    await server?.stop();
  }
}

async function timeHome(
  print: (line: string) => void,
  ratings: Ratings,
  movies: readonly Movie[],
  databaseUrl: string | undefined,
): Promise<void> {
  const pipeline = await openTestPipeline(
    { train: { algorithm: 'bias' } },
    { database: databaseUrl ?? 'embedded' },
  );
  try {
    await load(pipeline, sliceRatings(ratings, 0, TRAINING), movies, 'train');
    await publishModel(pipeline, await trainModel(pipeline, 'manual'));
    for (const batch of splitIntoWindows(sliceRatings(ratings, TRAINING), BATCHES)) {
      await load(pipeline, batch, [], 'buffer');
    }
    const [first = Number.NaN, ...rest] = await timeChecks(pipeline);
    const median = rest.sort((a, b) => a - b)[rest.length >> 1] ?? Number.NaN;
    print(`on ${pipeline.store.home === 'embedded' ? 'PGlite' : 'PostgreSQL'}`);
    print(
      `first check, which scores the champion on ${ratings.length - TRAINING} ratings: ${first.toFixed(0)} ms`,
    );
    print(
      `  a check of ${ratings.length - TRAINING} buffered ratings against ${TRAINING}: ${median.toFixed(1)} ms (median of ${rest.length}; goal: under 50)`,
    );
  } finally {
    await pipeline.close();
  }
}

async function timeChecks(pipeline: TestPipeline): Promise<number[]> {
  const milliseconds: number[] = [];
  for (let check = 0; check < CHECKS; check++) {
    const started = performance.now();
    await detectDrift(pipeline);
    milliseconds.push(performance.now() - started);
  }
  return milliseconds;
}

async function load(
  { store }: TestPipeline,
  ratings: Ratings,
  movies: readonly Movie[],
  role: BatchRole,
): Promise<void> {
  await ingestBatch(
    store,
    {
      sha256: sha256(`${role} ${ratings.ratedAt[0]}`),
      source: role,
      role,
      rowsRead: ratings.length,
      ratings,
      rejects: NO_REJECTS,
      movies,
      ingestedAt: new Date(),
    },
    { maxRejectShare: 0 },
  );
}
