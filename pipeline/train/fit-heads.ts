import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { WorkerPool } from '../math/compute/worker-pool.ts';
import type { Baseline } from '../model/baseline.ts';
import { composeModel } from '../model/compose-model.ts';
import type { TrainedModel } from '../model/trained-model.ts';
import type { Movie } from '../ratings/movie.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { unionOfIds } from '../ratings/union-of-ids.ts';
import { rowsOf, vocabularyOf, vocabularyOfSorted } from '../ratings/vocabulary.ts';
import type { FitOptions } from './algorithm.ts';
import { type Damping, fitBaseline } from './baseline.ts';
import type { Lesson, RankingTrainer, RatingsTrainer } from './head-trainer.ts';
import { trainingMatrix } from './training-matrix.ts';

/** Ratings that are worth a thread of their own: with fewer it starts when the work is done. */
const RATINGS_A_THREAD = 40_000;

/** Which heads a model gets, and what they are told. */
export interface Recipe {
  readonly name: string;
  readonly ratings: RatingsTrainer;
  readonly ranking: RankingTrainer;
  readonly ratingWeight: number;
  readonly damping: Damping;
  readonly ratingsParameters: Readonly<Record<string, number>>;
  readonly rankingParameters: Readonly<Record<string, number>>;
}

/** Learns both heads from one layout of the ratings and makes a model of them. */
export async function fitHeads(
  recipe: Recipe,
  ratings: Ratings,
  { seed, movies = [], threads, signal, onProgress }: FitOptions,
): Promise<TrainedModel> {
  signal?.throwIfAborted();
  const computes = recipe.ratings.computes || recipe.ranking.computes;
  const worthwhile = Math.min(availableParallelism(), Math.ceil(ratings.length / RATINGS_A_THREAD));
  const pool = new WorkerPool(computes ? (threads ?? worthwhile) : 1);
  try {
    const matrix = trainingMatrix(ratings, computes ? pool.arena : undefined);
    const knownMovies = recipe.ratings.learnsUnrated ? movies : [];
    const { baseline, trainedRows } = catalogueOf(fitBaseline(matrix, recipe.damping), knownMovies);
    const movieById = new Map(knownMovies.map((movie) => [movie.id, movie]));
    const pass: Lesson['pass'] = async (stage, done, total) => {
      onProgress?.({ stage, done: done * ratings.length, total: total * ratings.length, unit: 'ratings' });
      await setImmediate();
      signal?.throwIfAborted();
    };
    const lesson = {
      matrix,
      baseline,
      trainedRows,
      movieOf: (row: number) => movieById.get(baseline.movies.ids[row] as number),
      pool,
      damping: recipe.damping,
      seed,
      pass,
    };
    const heads = {
      ratings: await recipe.ratings.fit({ ...lesson, parameters: recipe.ratingsParameters }),
      ranking: await recipe.ranking.fit({ ...lesson, parameters: recipe.rankingParameters }),
      ratingWeight: recipe.ratingWeight,
    };
    return composeModel(recipe.name, baseline, heads);
  } finally {
    await pool.close();
  }
}

/** A baseline that also has rows for movies that are known and have no ratings. */
function catalogueOf(
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
