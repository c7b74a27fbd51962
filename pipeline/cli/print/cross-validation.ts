import { acrossFolds, pairedAcrossFolds } from '../../evaluate/across-folds.ts';
import { METRICS } from '../../evaluate/metric-catalogue.ts';
import { BRIEF_METRICS, type BriefMetric, type MetricName } from '../../evaluate/metric-names.ts';
import { formatMetric } from '../../reports/metric-text.ts';
import { formatBytes, formatCount, formatSeconds, NO_VALUE } from '../../reports/numbers.ts';
import type { AlgorithmMeasurement } from '../../stages/training/measure-algorithm.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Prints every fold of one algorithm, then its means beside those of others on the same folds. */
export function printCrossValidation(
  terminal: Terminal,
  {
    own,
    others,
    peakMemoryBytes,
  }: {
    /** One measurement for each fold. */
    readonly own: readonly AlgorithmMeasurement[];
    readonly others: readonly (readonly AlgorithmMeasurement[])[];
    readonly peakMemoryBytes: number;
  },
): void {
  const name = own[0]?.algorithm ?? '';
  const ratings = own.reduce((sum, { evaluation }) => sum + evaluation.ratings, 0);
  terminal.print(
    `${name}: ${own.length} folds of ${formatCount(ratings)} ratings, each rating tested once; peak memory ${formatBytes(peakMemoryBytes)}`,
  );
  terminal.print();
  terminal.printTable(
    ['Fold', ...BRIEF_METRICS.map((metric) => METRICS[metric].label), 'Fit', 'Evaluate'],
    own.map(({ evaluation, seconds }, fold) => [
      `${fold + 1}`,
      ...BRIEF_METRICS.map((metric) => formatMetric(metric, evaluation[metric])),
      formatSeconds(seconds.fit),
      formatSeconds(seconds.evaluate),
    ]),
  );
  terminal.print();
  terminal.printTable(
    [
      'Mean ± SD over folds',
      ...BRIEF_METRICS.map((metric) => METRICS[metric].label),
      `RMSE − ${name}`,
      'Fit',
    ],
    [own, ...others].map((measured) => [
      measured[0]?.algorithm ?? '',
      ...BRIEF_METRICS.map((metric) => spread(metric, acrossFolds(foldValues(measured, metric)))),
      measured === own
        ? NO_VALUE
        : spread('rmse', pairedAcrossFolds(foldValues(measured, 'rmse'), foldValues(own, 'rmse')), 'signed'),
      formatSeconds(acrossFolds(measured.map(({ seconds }) => seconds.fit)).mean),
    ]),
  );
}

/** The values of a metric on all folds. */
export const foldValues = (
  measured: readonly AlgorithmMeasurement[],
  metric: MetricName,
): readonly (number | null)[] => measured.map(({ evaluation }) => evaluation[metric]);

/** `0.8571 ± 0.0042` */
function spread(
  metric: BriefMetric,
  { mean, standardDeviation }: ReturnType<typeof acrossFolds>,
  sign?: 'signed',
): string {
  const text = formatMetric(metric, mean, sign);
  return standardDeviation === null ? text : `${text} ± ${formatMetric(metric, standardDeviation)}`;
}
