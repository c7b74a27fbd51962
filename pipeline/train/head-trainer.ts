import type { WorkerPool } from '../math/compute/worker-pool.ts';
import type { Baseline } from '../model/baseline.ts';
import type { RankingHead, RatingsHead } from '../model/heads.ts';
import type { Movie } from '../ratings/movie.ts';
import type { Damping } from './baseline.ts';
import type { Specification } from './hyper-parameters.ts';
import type { TrainingMatrix } from './training-matrix.ts';

/** What a head learns from. */
export interface Lesson<S extends Specification = Specification> {
  /** Laid out in the pool's memory, its rows those of movies and users with ratings. */
  readonly matrix: TrainingMatrix;
  /** Of the model: it may know movies beyond those with ratings. */
  readonly baseline: Baseline;
  /** For each movie of the model its row in the matrix, −1 for one without ratings. */
  readonly trainedRows: Int32Array;
  /** What is known of movies, by their row in the model. */
  readonly movieOf: (movieRow: number) => Movie | undefined;
  readonly pool: WorkerPool;
  /** Of the baseline, for heads that continue it. */
  readonly damping: Damping;
  readonly parameters: Readonly<Record<keyof S, number>>;
  readonly seed: number;
  /** Lets others have a turn, reports, and ends the training when somebody asked for it. */
  readonly pass: (stage: string, done: number, total: number) => Promise<void>;
}

/** A way to learn one head of a model. */
export interface HeadTrainer<Head, S extends Specification = Specification> {
  readonly name: string;
  readonly hyperParameters: S;
  /** Whether it learns anything of movies that have no ratings. */
  readonly learnsUnrated?: boolean;
  /** Whether its head is useless with a part of the movies, so that a deployment cannot leave movies out. */
  readonly needsAllMovies?: boolean;
  /** Whether it computes on the kernels, and the ratings shall lie in their memory. */
  readonly computes: boolean;
  fit(lesson: Lesson<S>): Promise<Head>;
}

export type RatingsTrainer<S extends Specification = Specification> = HeadTrainer<RatingsHead, S>;
export type RankingTrainer<S extends Specification = Specification> = HeadTrainer<RankingHead, S>;

/** Rows of the matrix as rows of the model, in ordinary memory; movies without ratings have zeros. */
export function modelRows(values: Float32Array, factorCount: number, trainedRows: Int32Array): Float32Array {
  const rows = new Float32Array(trainedRows.length * factorCount);
  trainedRows.forEach((trained, row) => {
    if (trained >= 0)
      rows.set(values.subarray(trained * factorCount, (trained + 1) * factorCount), row * factorCount);
  });
  return rows;
}
