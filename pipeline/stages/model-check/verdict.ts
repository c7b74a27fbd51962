import { COMPARED_METRICS, type ComparedMetric } from '../../evaluate/metric-names.ts';
import type { MetricComparison, ModelCheck, Segment } from './model-check.ts';

/** The metrics that the headline counts: all of them for all users, and RMSE for either kind of user. */
const HEADLINE: readonly (readonly [ComparedMetric, Segment])[] = [
  ...COMPARED_METRICS.map((metric) => [metric, 'all'] as const),
  ['rmse', 'warm'],
  ['rmse', 'cold'],
];

/** The metrics that the headline counts and that the data defines. */
export function headlineMetrics({ metrics }: ModelCheck): readonly MetricComparison[] {
  return HEADLINE.flatMap(([name, segment]) =>
    metrics.filter((each) => each.metric === name && each.segment === segment && each.head !== null),
  );
}

/** Whether a metric got worse: it fails its rule or, without a rule, its whole interval is worse. */
export function isWorse({ passed, meaning }: MetricComparison): boolean {
  return passed === null ? meaning === 'worse' : !passed;
}

/** `, known users` */
export function segmentLabel(segment: Segment): string {
  return { all: '', warm: ', known users', cold: ', new users' }[segment];
}

/**
 * The verdict in a few words: `No metric is worse (8 compared)`, `The gate fails, 2 of 8 metrics are worse`, `The gate
 * passes, 1 of 8 metrics is worse`, or `Nothing to compare with`. Never has untrusted text.
 */
export function modelCheckTitle(check: ModelCheck): string {
  const counted = headlineMetrics(check);
  const worseCount = counted.filter(isWorse).length;
  const worse = `${worseCount} of ${counted.length} metrics ${worseCount === 1 ? 'is' : 'are'} worse`;
  switch (check.conclusion) {
    case 'fail':
      return `The gate fails, ${worse}`;
    case 'pass':
      return worseCount === 0
        ? `No metric is worse (${counted.length} compared)`
        : `The gate passes, ${worse}`;
    case 'neutral':
      return 'Nothing to compare with';
  }
}

const OBSTACLES: Readonly<Record<NonNullable<ModelCheck['obstacle']>, string>> = {
  'no-base': 'The base cannot be measured, so there is nothing to compare with.',
  'other-data':
    'Base and head were not trained and scored on the same ratings, so their metrics cannot be compared. This change affects the data of the check.',
  'other-protocol':
    'Base and head evaluate models differently, so their metrics cannot be compared. This change affects the evaluation.',
};

/** Why nothing was compared, in a sentence; null after a comparison. */
export function obstacleText({ obstacle }: Pick<ModelCheck, 'obstacle'>): string | null {
  return obstacle === null ? null : OBSTACLES[obstacle];
}
