import type postgres from 'postgres';
import {
  countByStrategy,
  type Evaluation,
  METRIC_NAMES,
  type SegmentMetrics,
} from '../evaluate/evaluation.ts';

/** Metrics that rows of earlier releases lack, as they are read back then. */
const ADDED = {
  novelty: null,
  popularityLift: null,
  calibration: null,
  meanDeviation: null,
  intervals: 0,
} as const satisfies Partial<SegmentMetrics>;
const METRICS: readonly (keyof SegmentMetrics)[] = [
  ...METRIC_NAMES,
  'ratings',
  'rankedUsers',
  ...(Object.keys(ADDED) as (keyof typeof ADDED)[]),
];

type StoredSegment = Omit<SegmentMetrics, keyof typeof ADDED> & Partial<SegmentMetrics>;

function metricRows(
  version: number,
  evaluation: Evaluation,
): { model_version: number; segment: string; metric: string; value: number | null }[] {
  const { warm, cold, strategies } = evaluation;
  const segments = { all: evaluation, warm, cold };
  return [
    ...Object.entries(segments).flatMap(([segment, metrics]) =>
      METRICS.map((metric) => ({ model_version: version, segment, metric, value: metrics[metric] })),
    ),
    ...Object.entries(strategies).map(([metric, value]) => ({
      model_version: version,
      segment: 'strategy',
      metric,
      value,
    })),
  ];
}

/** Keeps what a model was measured to be, one number a row. */
export async function insertMetrics(
  sql: postgres.ISql,
  version: number,
  evaluation: Evaluation,
): Promise<void> {
  await sql`insert into model_metrics ${sql(metricRows(version, evaluation))}`;
}

/** The metrics of a row of `models` as they come out of `metricsColumn`: segment, then metric. */
export interface StoredMetrics {
  readonly all: StoredSegment;
  readonly warm: StoredSegment;
  readonly cold: StoredSegment;
  readonly strategy: Partial<Evaluation['strategies']>;
}

/** A column for a query on `models`: its metrics as one object. */
export const metricsColumn = (sql: postgres.ISql): postgres.Fragment => sql`
  (select json_object_agg(segment, metrics)
   from (select segment, json_object_agg(metric, value) as metrics
         from model_metrics where model_version = version group by segment) as segments) as metrics`;

export function evaluationOf({ all, warm, cold, strategy }: StoredMetrics): Evaluation {
  return {
    ...ADDED,
    ...all,
    warm: { ...ADDED, ...warm },
    cold: { ...ADDED, ...cold },
    strategies: countByStrategy(strategy),
  };
}
