import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { versionOf } from '../../lib/model-tag.ts';
import { replaceFolder } from '../../lib/replace-folder.ts';
import { REQUEST_REASONS, type RequestReason } from '../../lib/training-reason.ts';
import { MODEL_FILE } from '../../model/package.ts';
import type { Movie } from '../../ratings/movie.ts';
import { emptyRatings, type Ratings } from '../../ratings/ratings.ts';
import { snapshotDigest } from '../../ratings/snapshot.ts';
import { readSource } from '../../source/read-source.ts';
import { writeRatings } from '../../source/write-ratings.ts';
import { latestCheck, latestDecision } from '../../store/drift-log.ts';
import { nextVersion } from '../../store/models.ts';
import { readStoredMovies } from '../../store/read-movies.ts';
import { settleChampion } from '../champion/champion.ts';
import type { Pipeline } from '../pipeline.ts';
import { readArtifactFile, unusable } from './stage-artifact.ts';
import { challengerTrainingData, firstTrainingData, type TrainingData } from './training-data.ts';

/** All data from the database that fitting and judging a model need. */
export interface TrainingSet extends TrainingData {
  readonly reason: RequestReason;
  /** The version the model will have. */
  readonly version: number;
  /** The champion it is trained to replace; null for the first model. */
  readonly parent: number | null;
  /** SHA-256 of the champion's model file, as the database has it; null for the first model. */
  readonly parentSha256: string | null;
  /** Every known movie, by ascending id, also those without ratings. */
  readonly movies: readonly Movie[];
  /** Why it was due, as the check decided; empty when a person started it. */
  readonly because: readonly string[];
  /** The drift check that led to it, for the model's package. */
  readonly driftReport: object | null;
  readonly exportedAt: Date;
}

/**
 * Collects the data of a training: the training ratings, the holdout, and the next free version.
 *
 * @throws OperatorError `no-training-data` when there are no ratings to train on.
 */
export async function exportTraining(pipeline: Pipeline, reason: RequestReason): Promise<TrainingSet> {
  const { config, store, clock, onProgress } = pipeline;
  const champion = await settleChampion(pipeline);
  onProgress({ stage: 'reading ratings', done: 0, total: null, unit: 'ratings' });
  const data = champion
    ? await challengerTrainingData(store, config)
    : await firstTrainingData(store, config);
  return {
    ...data,
    reason,
    version: await freeVersion(pipeline),
    parent: champion?.version ?? null,
    parentSha256: champion?.manifest.files[MODEL_FILE]?.sha256 ?? null,
    movies: await readStoredMovies(store),
    because:
      reason === 'manual' ? [] : ((await latestDecision(store, { decision: 'retrain' }))?.reasons ?? []),
    driftReport: reason === 'manual' ? null : await latestCheck(store),
    exportedAt: clock(),
  };
}

/**
 * One more than the newest version in the database or among the published releases. Both count: a published version
 * stays used even if its database was lost.
 */
async function freeVersion({ store, forge }: Pipeline): Promise<number> {
  const published = (await forge.releases.list())
    .filter(({ state }) => state !== 'draft')
    .map(({ tag }) => versionOf(tag) ?? 0);
  return Math.max(await nextVersion(store), ...published.map((version) => version + 1));
}

const FILE = 'training-set.json';
/** Version of the file format. Other versions are refused. */
const SCHEMA = 6;
const PARTS = ['training', 'holdout', 'revised'] as const;

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const part = z.strictObject({
  ratings: z.int().nonnegative(),
  /** Over the rows in their order, as in the manifest of the model. */
  sha256: digest,
});
const movie = z.strictObject({
  id: z.int().nonnegative(),
  title: z.string(),
  year: z.int().nullable(),
  genres: z.array(z.string()),
});
const schema = z.strictObject({
  schema: z.literal(SCHEMA),
  reason: z.enum(REQUEST_REASONS),
  version: z.int().positive(),
  parent: z.int().positive().nullable(),
  parentSha256: digest.nullable(),
  batchIds: z.array(z.int().positive()),
  split: z.string(),
  holdoutShare: z.number().nullable(),
  quarantines: z.array(z.int().positive()),
  erasure: z.int().nonnegative(),
  exportedAt: z.iso.datetime(),
  training: part,
  holdout: part,
  revised: part,
  movies: z.array(movie),
  because: z.array(z.string()),
  driftReport: z.looseObject({}).nullable(),
});

/**
 * Writes a training set as a folder for another job: `training.parquet`, `holdout.parquet`, `revised.parquet`, and
 * `training-set.json` with everything else and the digests of the three.
 */
export async function writeTrainingSet(directory: string, set: TrainingSet): Promise<void> {
  const { training, holdout, revised, ...rest } = set;
  const describe = (ratings: Ratings) => ({ ratings: ratings.length, sha256: snapshotDigest(ratings) });
  await replaceFolder(directory, async (unfinished) => {
    for (const name of PARTS) await writeRatings(join(unfinished, `${name}.parquet`), set[name]);
    const content = {
      schema: SCHEMA,
      ...rest,
      training: describe(training),
      holdout: describe(holdout),
      revised: describe(revised),
    };
    await writeFile(join(unfinished, FILE), `${JSON.stringify(content)}\n`);
  });
}

/**
 * Reads a training set back and checks its format and the digests of its ratings.
 *
 * @throws OperatorError `artifact-invalid`.
 */
export async function readTrainingSet(directory: string): Promise<TrainingSet> {
  const {
    schema: _,
    exportedAt,
    training,
    holdout,
    revised,
    ...rest
  } = await readArtifactFile(join(directory, FILE), schema);
  return {
    ...rest,
    exportedAt: new Date(exportedAt),
    training: await readPart(join(directory, 'training.parquet'), training),
    holdout: await readPart(join(directory, 'holdout.parquet'), holdout),
    revised: await readPart(join(directory, 'revised.parquet'), revised),
  };
}

async function readPart(path: string, expected: z.infer<typeof part>): Promise<Ratings> {
  const { raw } = await readSource(path, { ids: 'numbers' }).catch((cause: unknown) => {
    throw unusable(path, (cause as Error).message, cause);
  });
  const ratings = emptyRatings(raw.length);
  for (let row = 0; row < raw.length; row++) {
    ratings.userIds[row] = raw.userIds[row] as number;
    ratings.movieIds[row] = raw.movieIds[row] as number;
    ratings.halves[row] = 2 * (raw.stars[row] as number);
    ratings.ratedAt[row] = raw.timestamps[row] as number;
  }
  const found = snapshotDigest(ratings);
  if (ratings.length === expected.ratings && found === expected.sha256) return ratings;
  throw unusable(
    path,
    `it has ${ratings.length} ratings with SHA-256 ${found}, but ${expected.ratings} with ${expected.sha256} were exported`,
  );
}
