import { type AcrossFolds, acrossFolds, pairedAcrossFolds } from '../evaluate/across-folds.ts';
import { METRIC_NAMES, type SegmentMetrics } from '../evaluate/evaluation.ts';
import { formatCount, formatMetric, formatSeconds } from '../reports/numbers.ts';
import { crossValidate } from '../stages/compare/cross-validate.ts';
import type { Measurement } from '../stages/training/measure-algorithm.ts';
import type { EvaluateRun } from './evaluate.ts';
import { peakMemoryBytes } from './peak-memory.ts';
import { printCrossValidation } from './print/cross-validation.ts';
import { describeRatings } from './print/describe-ratings.ts';
import { readRatingsFile } from './read-ratings-file.ts';
import type { Terminal } from './terminal.ts';

/** What an algorithm is compared with over the same folds: a well-known one, and the two baselines. */
const BESIDE = ['sgd-mf', 'bias', 'popularity'] as const;

/** What is averaged over folds. */
const AVERAGED = [
  ...METRIC_NAMES,
  'novelty',
  'popularityLift',
  'calibration',
  'meanDeviation',
] as const satisfies readonly (keyof SegmentMetrics)[];

/** Cross-validates the algorithm, and others beside it, on one set of ratings. */
export async function evaluateFolds(
  terminal: Terminal,
  { data, folds }: { readonly data: string; readonly folds: number },
  { algorithm, hyperParameters, seed, baselines, json }: EvaluateRun,
): Promise<void> {
  const rated = await readRatingsFile(terminal, data);
  const beside = baselines ? BESIDE.filter((name) => name !== algorithm) : [];
  const measured = await crossValidate(rated, {
    folds,
    seed,
    algorithms: [
      { name: algorithm, hyperParameters },
      ...beside.map((name) => ({ name, hyperParameters: {} })),
    ],
    onProgress: terminal.onProgress,
    onFold: (fold, [own]) => {
      if (own === undefined) return;
      terminal.note(
        `fold ${fold + 1} of ${folds}: RMSE ${formatMetric('rmse', own.evaluation.rmse)} on ${formatCount(own.evaluation.ratings)} ratings, trained in ${formatSeconds(own.seconds.fit)}`,
      );
    },
  });
  const [own = [], ...others] = measured;
  if (!json) {
    printCrossValidation(terminal, { own, others, peakMemoryBytes: peakMemoryBytes() });
    return;
  }
  terminal.printJson({
    algorithm,
    hyperParameters: own[0]?.hyperParameters,
    seed,
    data: describeRatings(data, rated.ratings),
    ...documentOf(own),
    peakMemoryBytes: peakMemoryBytes(),
    baselines: others.map((other) => ({
      algorithm: other[0]?.algorithm,
      hyperParameters: other[0]?.hyperParameters,
      ...documentOf(other),
      difference: averaged((name) => pairedAcrossFolds(valuesOf(other, name), valuesOf(own, name))),
    })),
  });
}

/** One algorithm over all folds: what each fold gave, then means and standard deviations. */
function documentOf(measured: readonly Measurement[]): Readonly<Record<string, unknown>> {
  const over = averaged((name) => acrossFolds(valuesOf(measured, name)));
  const part = (key: keyof AcrossFolds) =>
    Object.fromEntries(Object.entries(over).map(([name, across]) => [name, across[key]]));
  return {
    folds: measured.map(({ evaluation, seconds }, fold) => ({ fold: fold + 1, ...evaluation, seconds })),
    mean: part('mean'),
    standardDeviation: part('standardDeviation'),
  };
}

const valuesOf = (
  measured: readonly Measurement[],
  name: (typeof AVERAGED)[number],
): readonly (number | null)[] => measured.map(({ evaluation }) => evaluation[name]);

function averaged<T>(compute: (name: (typeof AVERAGED)[number]) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(AVERAGED.map((name) => [name, compute(name)]));
}
