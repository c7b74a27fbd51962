import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { WorkerPool } from '../math/compute/worker-pool.ts';
import type { Baseline } from '../model/baseline.ts';
import type { TrainedModel } from '../model/compose-model.ts';
import { composeModel } from '../model/compose-model.ts';
import type { Movie } from '../ratings/movie.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { unionOfIds } from '../ratings/union-of-ids.ts';
import { rowsOf, vocabularyOf, vocabularyOfSorted } from '../ratings/vocabulary.ts';
import type { FitOptions } from './algorithm.ts';
import { type Damping, fitBaseline } from './baseline.ts';
import type { RankingTrainer, RatingsTrainer, TrainingInput } from './head-trainer.ts';
import { trainingMatrix } from './training-matrix.ts';

/** Ratings for each thread. With fewer, the work is done before the thread has started. */
const RATINGS_A_THREAD = 40_000;

/** The heads of a model and their parameters. */
export interface Recipe {
  readonly name: string;
  readonly ratings: RatingsTrainer;
  readonly ranking: RankingTrainer;
  readonly ratingWeight: number;
  readonly damping: Damping;
  readonly ratingsParameters: Readonly<Record<string, number>>;
  readonly rankingParameters: Readonly<Record<string, number>>;
}

/** Trains both heads on one layout of the ratings and combines them into a model. */
export async function fitHeads(
  recipe: Recipe,
  ratings: Ratings,
  { seed, movies = [], threads, signal, onProgress }: FitOptions,
): Promise<TrainedModel> {
  signal?.throwIfAborted();
  const usesKernels = recipe.ratings.usesKernels || recipe.ranking.usesKernels;
  const worthwhile = Math.min(availableParallelism(), Math.ceil(ratings.length / RATINGS_A_THREAD));
  const pool = new WorkerPool(usesKernels ? (threads ?? worthwhile) : 1);
  try {
    const matrix = trainingMatrix(ratings, usesKernels ? pool.arena : undefined);
    const knownMovies = recipe.ratings.learnsUnrated ? movies : [];
    const { baseline, trainedRows } = withUnratedMovies(fitBaseline(matrix, recipe.damping), knownMovies);
    const movieById = new Map(knownMovies.map((movie) => [movie.id, movie]));
    const beginPass: TrainingInput['beginPass'] = async (stage, done, total) => {
      onProgress?.({ stage, done: done * ratings.length, total: total * ratings.length, unit: 'ratings' });
      await setImmediate();
      signal?.throwIfAborted();
    };
    const input = {
      matrix,
      baseline,
      trainedRows,
      movieOf: (row: number) => movieById.get(baseline.movies.ids[row] as number),
      pool,
      damping: recipe.damping,
      seed,
      beginPass,
    };
    const heads = {
      ratings: await recipe.ratings.fit({ ...input, parameters: recipe.ratingsParameters }),
      ranking: await recipe.ranking.fit({ ...input, parameters: recipe.rankingParameters }),
      ratingWeight: recipe.ratingWeight,
    };
    return composeModel(recipe.name, baseline, heads);
  } finally {
    await pool.close();
  }
}

/** Extends the baseline by rows for known movies without ratings. */
function withUnratedMovies(
  trained: Baseline,
  known: readonly Movie[],
): { readonly baseline: Baseline; readonly trainedRows: Int32Array } {
  const knownIds = vocabularyOf(Int32Array.from(known, ({ id }) => id)).ids;
  const movies = vocabularyOfSorted(unionOfIds([trained.movies.ids, knownIds]));
  const trainedRows = rowsOf(trained.movies, movies.ids);
  const spread = <T extends Float32Array | Int32Array>(values: T, into: T): T => {
    trainedRows.forEach((row, at) => {
      if (row >= 0) into[at] = values[row] as number;
    });
    return into;
  };
  return {
    trainedRows,
    baseline: {
      ...trained,
      movies,
      movieOffsets: spread(trained.movieOffsets, new Float32Array(movies.size)),
      movieCounts: spread(trained.movieCounts, new Int32Array(movies.size)),
    },
  };
}
