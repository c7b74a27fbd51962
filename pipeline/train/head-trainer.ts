import type { WorkerPool } from '../math/compute/worker-pool.ts';
import type { Baseline } from '../model/baseline.ts';
import type { RankingHead, RatingsHead } from '../model/heads.ts';
import type { Movie } from '../ratings/movie.ts';
import type { Damping } from './baseline.ts';
import type { Specification } from './hyper-parameters.ts';
import type { TrainingMatrix } from './training-matrix.ts';

/** The input of the training of a head. */
export interface TrainingInput<S extends Specification = Specification> {
  /** The ratings, in the memory of the pool. Its rows are the users and movies with ratings. */
  readonly matrix: TrainingMatrix;
  /** The baseline of the model, which may also have movies without ratings. */
  readonly baseline: Baseline;
  /** The row in the matrix of each movie of the model; −1 for a movie without ratings. */
  readonly trainedRows: Int32Array;
  /** Genres and year of a movie, by its row in the model. */
  readonly movieOf: (movieRow: number) => Movie | undefined;
  readonly pool: WorkerPool;
  /** The damping of the baseline. */
  readonly damping: Damping;
  readonly parameters: Readonly<Record<keyof S, number>>;
  readonly seed: number;
  /** Called before each pass: reports progress, yields to the event loop, and throws when the training was aborted. */
  readonly beginPass: (stage: string, done: number, total: number) => Promise<void>;
}

/** An algorithm that learns one head of a model. */
export interface HeadTrainer<Head, S extends Specification = Specification> {
  readonly name: string;
  readonly hyperParameters: S;
  /** Whether it learns factors of movies without ratings. */
  readonly learnsUnrated?: boolean;
  /** Whether a deployment must contain all movies, because the head does not work with a part of them. */
  readonly needsAllMovies?: boolean;
  /** Whether it uses the kernels, so that the ratings must be in their memory. */
  readonly usesKernels: boolean;
  fit(input: TrainingInput<S>): Promise<Head>;
}

export type RatingsTrainer<S extends Specification = Specification> = HeadTrainer<RatingsHead, S>;
export type RankingTrainer<S extends Specification = Specification> = HeadTrainer<RankingHead, S>;

/** The row in the model of each movie with ratings, by its row in the matrix. */
export function modelRowsOf(trainedRows: Int32Array): Int32Array {
  return Int32Array.from(trainedRows.keys()).filter((row) => (trainedRows[row] as number) >= 0);
}

/** Copies rows of the matrix to rows of the model, in ordinary memory. Movies without ratings get zeros. */
export function rowsOfModel(
  values: Float32Array,
  factorCount: number,
  trainedRows: Int32Array,
): Float32Array {
  const rows = new Float32Array(trainedRows.length * factorCount);
  trainedRows.forEach((trained, row) => {
    if (trained >= 0)
      rows.set(values.subarray(trained * factorCount, (trained + 1) * factorCount), row * factorCount);
  });
  return rows;
}
