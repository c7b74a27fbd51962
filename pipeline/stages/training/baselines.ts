import type { EvaluationData } from '../../evaluate/evaluate.ts';
import { type Measurement, measureAlgorithm } from './measure-algorithm.ts';

/** What stands beside every model: the yardsticks of predicting and of ranking. */
const BASELINES = ['bias', 'popularity'] as const;

/**
 * Fits the baselines, as they are by default, to the ratings a model learned from and measures them on the
 * ratings it is measured on.
 *
 * @param options.besides the algorithm of the model: it is no baseline of its own.
 */
export async function measureBaselines(
  trial: EvaluationData,
  { seed, besides }: { readonly seed: number; readonly besides: string },
): Promise<readonly Measurement[]> {
  const measured: Measurement[] = [];
  for (const name of BASELINES) {
    if (name !== besides) measured.push(await measureAlgorithm(name, trial, { hyperParameters: {}, seed }));
  }
  return measured;
}
