import type { Config } from '../../config.ts';
import { rankingTask } from '../../evaluate/ranking.ts';
import { OperatorError } from '../../lib/errors.ts';
import type { OnProgress } from '../../lib/progress.ts';
import { seededRandom } from '../../lib/random.ts';
import type { Stopwatch } from '../../lib/stopwatch.ts';
import { randomFolds } from '../../ratings/folds.ts';
import { type AlgorithmMeasurement, measureAlgorithm } from '../training/measure-algorithm.ts';
import type { RatedMovies } from './compare-ratings.ts';

/** Random stream of the folds, independent of a training with the same seed. */
const FOLD_STREAM = 1;

/** An algorithm to evaluate, with hyper-parameters that replace its defaults. */
export interface TriedAlgorithm {
  readonly name: string;
  readonly hyperParameters: Readonly<Record<string, number>>;
}

export interface CrossValidation {
  readonly folds: number;
  /** Seed of the folds and of every training. */
  readonly seed: number;
  readonly algorithms: readonly TriedAlgorithm[];
  readonly evaluate: Config['evaluate'];
  readonly stopwatch: Stopwatch;
  readonly onProgress: OnProgress;
  /** Called after all algorithms have been measured on a fold; folds count from 0. */
  readonly onFold?: (fold: number, measured: readonly AlgorithmMeasurement[]) => void;
}

/**
 * Cross-validation over random folds: every rating is predicted once, by models that were trained on the other
 * folds. All algorithms see the same folds, so that they can be compared fold by fold.
 *
 * @returns for each algorithm, in the order given, one measurement a fold.
 * @throws OperatorError `usage` when there are fewer ratings than folds.
 */
export async function crossValidate(
  { ratings, movies }: RatedMovies,
  { folds, seed, algorithms, evaluate, stopwatch, onProgress, onFold }: CrossValidation,
): Promise<readonly (readonly AlgorithmMeasurement[])[]> {
  if (ratings.length < folds) {
    throw new OperatorError(
      'usage',
      `${ratings.length} usable ratings cannot be split into ${folds} folds.`,
      'Give more ratings or fewer folds.',
    );
  }
  const all: AlgorithmMeasurement[][] = algorithms.map(() => []);
  let begun = 0;
  for (const { train, test } of randomFolds(ratings, folds, seededRandom(seed, FOLD_STREAM))) {
    const fold = begun++;
    const trial = { train, test, task: rankingTask(train, test, evaluate) };
    for (const [position, { name, hyperParameters }] of algorithms.entries()) {
      const named: OnProgress = (progress) =>
        onProgress({ ...progress, stage: `fold ${fold + 1} of ${folds}, ${name}: ${progress.stage}` });
      const measured = await measureAlgorithm(name, trial, {
        hyperParameters,
        seed,
        movies,
        stopwatch,
        onProgress: named,
      });
      all[position]?.push(measured);
    }
    onFold?.(
      fold,
      all.map((measured) => measured[fold] as AlgorithmMeasurement),
    );
  }
  return all;
}
