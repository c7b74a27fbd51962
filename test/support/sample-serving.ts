import type { PipelineHistory } from '../../pipeline/history/pipeline-history.ts';
import type { Baseline } from '../../pipeline/model/baseline.ts';
import { composeModel } from '../../pipeline/model/compose-model.ts';
import { ratingCountsHead } from '../../pipeline/model/ranking-heads/rating-counts.ts';
import { movieMeansHead } from '../../pipeline/model/ratings-heads/biases.ts';
import type { Movie } from '../../pipeline/ratings/movie.ts';
import type { Ratings } from '../../pipeline/ratings/ratings.ts';
import { vocabularyOf } from '../../pipeline/ratings/vocabulary.ts';
import type { Bundle, ServingFiles } from '../../pipeline/serving/serving-files.ts';
import type { ServingStatus } from '../../pipeline/serving/serving-status.ts';
import { servingOf } from './serving.ts';

const MOVIES: readonly Movie[] = [
  { id: 7, title: 'Heat', year: 1995, genres: ['Crime'] },
  { id: 9, title: 'Alien', year: 1979, genres: ['Horror'] },
];

const RATINGS: Ratings = {
  length: 3,
  userIds: Int32Array.of(1, 1, 2),
  movieIds: Int32Array.of(7, 9, 7),
  halves: Uint8Array.of(7, 8, 7),
  ratedAt: Int32Array.of(1_700_000_000, 1_700_000_001, 1_700_000_002),
};

interface SampleOptions {
  readonly version?: number;
  /** Mean rating, stars. @default 3.5 */
  readonly mean?: number;
  readonly facts?: Partial<Bundle>;
  readonly history?: PipelineHistory;
  readonly status?: ServingStatus;
}

/** A complete bundle of two movies and two users, a few kilobytes large. */
export function sampleServing({
  version = 1,
  mean = 3.5,
  facts = {},
  ...rest
}: SampleOptions = {}): ServingFiles {
  const baseline: Baseline = {
    users: vocabularyOf(RATINGS.userIds),
    movies: vocabularyOf(RATINGS.movieIds),
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
  return servingOf({ model, ratings: RATINGS, movies: MOVIES, version, facts, ...rest });
}
