import { type EvaluationData, type EvaluationOptions, evaluateModel } from '../../evaluate/evaluate.ts';
import type { Evaluation } from '../../evaluate/evaluation.ts';
import type { Stopwatch } from '../../lib/stopwatch.ts';
import type { FitOptions } from '../../train/algorithm.ts';
import { algorithmNamed } from '../../train/algorithms.ts';
import { defaultsOf } from '../../train/hyper-parameters.ts';

/** Algorithms whose models rank movies equally for all users. */
const RANK_ALIKE: readonly string[] = ['bias', 'popularity'];

/** An algorithm evaluated on test ratings. */
export interface AlgorithmMeasurement {
  readonly algorithm: string;
  /** All of them, defaults included. */
  readonly hyperParameters: Readonly<Record<string, number>>;
  readonly evaluation: Evaluation;
  readonly seconds: { readonly fit: number; readonly evaluate: number };
}

/** Fits an algorithm to `trial.train` and measures the model on `trial.test`. The model is not kept. */
export async function measureAlgorithm(
  name: string,
  trial: EvaluationData,
  options: FitOptions & Pick<EvaluationOptions, 'inOrder'> & { readonly stopwatch: Stopwatch },
): Promise<AlgorithmMeasurement> {
  const algorithm = algorithmNamed(name);
  const { hyperParameters, inOrder, onProgress, stopwatch } = options;
  const started = stopwatch();
  const model = await algorithm.fit(trial.train, options);
  const fitted = stopwatch();
  const evaluation = evaluateModel(model, trial, {
    isNonPersonalised: RANK_ALIKE.includes(name),
    inOrder,
    ...(onProgress && { onProgress }),
  });
  return {
    algorithm: name,
    hyperParameters: { ...defaultsOf(algorithm.hyperParameters), ...hyperParameters },
    evaluation,
    seconds: { fit: (fitted - started) / 1000, evaluate: (stopwatch() - fitted) / 1000 },
  };
}
