import { encodeHistory, type PipelineHistory } from '../../pipeline/history/pipeline-history.ts';
import { encodeModel } from '../../pipeline/model/artifact.ts';
import type { TrainedModel } from '../../pipeline/model/compose-model.ts';
import { goldenPredictions } from '../../pipeline/model/golden.ts';
import type { Manifest } from '../../pipeline/model/manifest.ts';
import { encodeNeighbours, NEIGHBOURS_FILE } from '../../pipeline/model/neighbours.ts';
import { MANIFEST_FILE, MODEL_FILE, packModel } from '../../pipeline/model/package.ts';
import type { Movie } from '../../pipeline/ratings/movie.ts';
import { sortByUser } from '../../pipeline/ratings/order.ts';
import type { Ratings } from '../../pipeline/ratings/ratings.ts';
import { vocabularyOf, vocabularyOfSorted } from '../../pipeline/ratings/vocabulary.ts';
import { encodeCatalogue } from '../../pipeline/serving/catalogue.ts';
import { encodeSeenRatings } from '../../pipeline/serving/seen-ratings.ts';
import { encodeLinks } from '../../pipeline/serving/served-links.ts';
import {
  type Bundle,
  CATALOGUE_FILE,
  HISTORY_FILE,
  LINKS_FILE,
  packServing,
  SEEN_FILE,
  type ServingFiles,
  STATUS_FILE,
} from '../../pipeline/serving/serving-files.ts';
import type { ServingStatus } from '../../pipeline/serving/serving-status.ts';
import { findNeighbours } from '../../pipeline/train/neighbours/find-neighbours.ts';

/** The time of all tests with a bundle. */
export const NOW = new Date('2026-03-04T12:00:00Z');

export const STATUS: ServingStatus = {
  at: '2026-03-04T11:00:00.000Z',
  champion: { version: 3, promotedAt: '2026-03-03T12:00:00.000Z' },
  lastIngest: {
    batchId: 7,
    source: 'week-07.csv',
    at: '2026-03-02T06:17:00.000Z',
    new: 900,
    updated: 10,
    unchanged: 5,
    rejected: 1,
  },
  lastCheck: {
    at: '2026-03-04T05:43:00.000Z',
    verdict: 'watch',
    modelVersion: 3,
    signals: [
      {
        name: 'rating_mean',
        window: 'newest',
        value: 3.6,
        effect: 0.02,
        threshold: 0.03,
        verdict: 'watch',
      },
    ],
  },
  openAlerts: 0,
  bufferRatings: 910,
  feedbackWaiting: 4,
  ingestHours: 216,
  driftHours: 50,
};

export interface ServedParts {
  readonly model: TrainedModel;
  /** The ratings of each user. */
  readonly ratings: Ratings;
  /** Ascending by id. */
  readonly movies: readonly Movie[];
  readonly status?: ServingStatus;
  readonly version?: number;
  readonly facts?: Partial<Bundle>;
  /** What the pipeline did. @default none, as in bundles of earlier releases */
  readonly history?: PipelineHistory;
  /** Users with ratings that the model has not learned. @default none */
  readonly unlearned?: readonly number[];
  /** Whether the bundle has neighbours, as those of models that were published before have not. @default true */
  readonly withNeighbours?: boolean;
}

/** A bundle of a model without a pipeline. */
export function servingOf({
  model,
  ratings,
  movies,
  status = STATUS,
  version = 3,
  facts,
  history,
  unlearned = [],
  withNeighbours = true,
}: ServedParts): ServingFiles {
  const golden = [...goldenPredictions(model)];
  const { manifest, files } = packModel(manifestOf(model, ratings, version, golden), {
    [MODEL_FILE]: encodeModel(model),
  });
  const catalogued = vocabularyOfSorted(Int32Array.from(movies, ({ id }) => id));
  const tallies = movies.map(() => ({ ratings: 0, halves: 0 }));
  ratings.movieIds.forEach((id, row) => {
    const tally = tallies[catalogued.rowOf(id)];
    if (tally === undefined) return;
    tally.ratings++;
    tally.halves += ratings.halves[row] as number;
  });
  return packServing(
    manifest,
    {
      assembledAt: '2026-03-04T10:00:00.000Z',
      precision: 'single',
      movies: null,
      seen: 'bundle',
      userRoutes: 'open',
      ratingsPerHour: 1000,
      limits: { perKey: null, perAddress: null },
      readOrigins: ['*'],
      writeOrigins: ['*'],
      golden,
      ...facts,
    },
    {
      [MODEL_FILE]: files.get(MODEL_FILE) as Uint8Array,
      [MANIFEST_FILE]: files.get(MANIFEST_FILE) as Uint8Array,
      ...(withNeighbours ? { [NEIGHBOURS_FILE]: encodeNeighbours(findNeighbours(ratings, movies)) } : {}),
      [CATALOGUE_FILE]: encodeCatalogue(movies, tallies),
      ...(movies.some(({ links }) => links !== undefined) ? { [LINKS_FILE]: encodeLinks(movies) } : {}),
      [STATUS_FILE]: new TextEncoder().encode(JSON.stringify(status)),
      ...(history === undefined ? {} : { [HISTORY_FILE]: encodeHistory(history) }),
      ...(facts?.seen === 'database'
        ? {}
        : {
            [SEEN_FILE]: encodeSeenRatings(
              sortByUser(ratings),
              catalogued,
              vocabularyOf(Int32Array.from(unlearned)),
            ),
          }),
    },
  );
}

function manifestOf(
  model: TrainedModel,
  ratings: Ratings,
  version: number,
  golden: NonNullable<Manifest['golden']>,
): Omit<Manifest, 'files'> {
  return {
    schema: 1,
    version,
    algorithm: model.algorithm,
    hyperParameters: { factors: 8 },
    seed: 1,
    trainedAt: '2026-03-03T11:00:00.000Z',
    fitSeconds: 0.4,
    reason: 'drift',
    parent: version - 1 || null,
    snapshot: {
      sha256: 'ab'.repeat(32),
      ratings: ratings.length,
      users: model.users.size,
      movies: model.movies.size,
      from: 1_700_000_000,
      to: 1_772_000_000,
      batches: [1, 2],
      split: 'the newest fifth held out',
    },
    metrics: {
      rmse: 0.871,
      mae: 0.662,
      precisionAt10: 0.2,
      recallAt10: 0.1,
      ndcgAt10: 0.25,
      coverage: 0.31,
      ratings: 900,
      rankedUsers: 80,
    },
    golden,
  };
}
