import { COMPARED_METRICS, type ComparedMetric } from '../../evaluate/metric-names.ts';
import type { MetricComparison, ModelCheck, Obstacle, Segment } from './compare-scores.ts';

/** The metrics that the headline counts: all of them for all users, and RMSE for either kind of user. */
const HEADLINE: readonly (readonly [ComparedMetric, Segment])[] = [
  ...COMPARED_METRICS.map((metric) => [metric, 'all'] as const),
  ['rmse', 'warm'],
  ['rmse', 'cold'],
];

/** The metrics that the headline counts, as far as the data defines them. */
export function headlineMetrics({ metrics }: ModelCheck): readonly MetricComparison[] {
  return HEADLINE.flatMap(([name, segment]) =>
    metrics.filter((each) => each.metric === name && each.segment === segment && each.head !== null),
  );
}

/** Whether a metric fell: its rule refuses it or, where it has none, its whole interval is on the bad side. */
export function falls({ passed, meaning }: MetricComparison): boolean {
  return passed === null ? meaning === 'worse' : !passed;
}

/** `, known users` */
export function segmentLabel(segment: Segment): string {
  return { all: '', warm: ', known users', cold: ', new users' }[segment];
}

/**
 * The verdict in a few words: `Metrics hold (8/8)`, `Metrics fall (2 of 8)`, `The gate passes, 1 of 8 metrics
 * falls`, or that there was nothing to compare with. Our own words alone.
 */
export function modelCheckTitle(check: ModelCheck): string {
  const counted = headlineMetrics(check);
  const fallen = counted.filter(falls).length;
  switch (check.conclusion) {
    case 'fail':
      return `Metrics fall (${fallen} of ${counted.length})`;
    case 'pass':
      return fallen === 0
        ? `Metrics hold (${counted.length}/${counted.length})`
        : `The gate passes, ${fallen} of ${counted.length} metrics ${fallen === 1 ? 'falls' : 'fall'}`;
    case 'neutral':
      return 'Nothing to compare with';
  }
}

const OBSTACLES: Readonly<Record<Obstacle, string>> = {
  'no-base': 'The base cannot be measured, so there is nothing to compare with.',
  'other-data':
    'Base and head were not trained and scored on the same ratings, so their metrics cannot be compared: this change concerns the data of the check itself.',
  'other-protocol':
    'Base and head were not asked the same of the held-out ratings, so their metrics cannot be compared: this change concerns how models are evaluated.',
};

/** Why nothing was compared, in a sentence; null when it was. */
export function obstacleText({ obstacle }: Pick<ModelCheck, 'obstacle'>): string | null {
  return obstacle === null ? null : OBSTACLES[obstacle];
}
