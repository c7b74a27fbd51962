import { encodeModel } from '../../pipeline/model/artifact.ts';
import type { Baseline } from '../../pipeline/model/baseline.ts';
import { composeModel } from '../../pipeline/model/compose-model.ts';
import { goldenPredictions } from '../../pipeline/model/golden.ts';
import { packModel } from '../../pipeline/model/package.ts';
import { ratingCountsHead } from '../../pipeline/model/ranking-heads/rating-counts.ts';
import { movieMeansHead } from '../../pipeline/model/ratings-heads/movie-means.ts';
import type { Movie } from '../../pipeline/ratings/movie.ts';
import { vocabularyOf } from '../../pipeline/ratings/vocabulary.ts';
import { encodeCatalogue } from '../../pipeline/serving/catalogue.ts';
import { buildSearchIndex } from '../../pipeline/serving/search-index.ts';
import {
  type Bundle,
  CATALOGUE_FILE,
  packServing,
  SEARCH_FILE,
  type ServingFiles,
  STATUS_FILE,
} from '../../pipeline/serving/serving-files.ts';
import type { ServingStatus } from '../../pipeline/serving/serving-status.ts';
import { manifest } from './report-samples.ts';

const MOVIES: readonly Movie[] = [
  { id: 7, title: 'Heat', year: 1995, genres: ['Crime'] },
  { id: 9, title: 'Alien', year: 1979, genres: ['Horror'] },
];

const STATUS: ServingStatus = {
  at: '2026-03-07T12:00:00.000Z',
  champion: null,
  lastIngest: null,
  lastCheck: null,
  openAlerts: 0,
  bufferRatings: 0,
  feedbackWaiting: 0,
  ingestHours: 192,
  driftHours: 48,
};

interface SampleOptions {
  readonly version?: number;
  /** Stars everybody gives on average. @default 3.5 */
  readonly mean?: number;
  /** @default 2026-03-07T12:00:00.000Z */
  readonly assembledAt?: string;
  readonly facts?: Partial<Bundle>;
}

/** A whole bundle of two movies and two users: everything real, and a few kilobytes. */
export function sampleServing({
  version = 1,
  mean = 3.5,
  assembledAt = '2026-03-07T12:00:00.000Z',
  facts = {},
}: SampleOptions = {}): ServingFiles {
  const baseline: Baseline = {
    users: vocabularyOf(Int32Array.of(1, 2)),
    movies: vocabularyOf(Int32Array.from(MOVIES, ({ id }) => id)),
    mean,
    scale: [0.5, 5],
    userOffsets: new Float32Array(2),
    movieOffsets: Float32Array.of(0, 0.5),
    movieCounts: Int32Array.of(2, 1),
  };
  const model = composeModel('popularity', baseline, {
    ratings: movieMeansHead(baseline),
    ranking: ratingCountsHead(baseline),
    ratingWeight: 0,
  });
  const golden = [...goldenPredictions(model)];
  const { files: _, ...draft } = manifest;
  const released = packModel(
    { ...draft, version, algorithm: 'popularity', hyperParameters: {}, golden },
    { 'model.safetensors': encodeModel(model) },
  );
  return packServing(
    released.manifest,
    {
      assembledAt,
      precision: 'single',
      movies: null,
      seen: 'database',
      ratingsPerHour: 1000,
      corsOrigins: ['*'],
      golden,
      ...facts,
    },
    {
      'model.safetensors': released.files.get('model.safetensors') as Uint8Array,
      'manifest.json': released.files.get('manifest.json') as Uint8Array,
      [CATALOGUE_FILE]: encodeCatalogue(MOVIES, [
        { ratings: 2, halves: 14 },
        { ratings: 1, halves: 8 },
      ]),
      [SEARCH_FILE]: buildSearchIndex(MOVIES),
      [STATUS_FILE]: new TextEncoder().encode(JSON.stringify(STATUS)),
    },
  );
}
