import type { EvaluationData } from '../../evaluate/evaluate.ts';
import type { Stopwatch } from '../../lib/stopwatch.ts';
import { type AlgorithmMeasurement, measureAlgorithm } from './measure-algorithm.ts';

/** The baselines of every model: one for prediction, one for ranking. */
const BASELINES = ['bias', 'popularity'] as const;

/**
 * Fits the baselines with default settings to a model's training ratings and evaluates them on its holdout.
 *
 * @param options.except algorithm of the model, which is not its own baseline.
 */
export async function measureBaselines(
  trial: EvaluationData,
  {
    seed,
    except,
    stopwatch,
  }: { readonly seed: number; readonly except: string; readonly stopwatch: Stopwatch },
): Promise<readonly AlgorithmMeasurement[]> {
  const measured: AlgorithmMeasurement[] = [];
  for (const name of BASELINES) {
    if (name !== except)
      measured.push(await measureAlgorithm(name, trial, { hyperParameters: {}, seed, stopwatch }));
  }
  return measured;
}
