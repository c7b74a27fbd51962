import type postgres from 'postgres';
import type { Evaluation } from '../evaluate/evaluation.ts';
import { evaluationSchema, SEGMENT_KEYS } from '../evaluate/evaluation-schema.ts';

function metricRows(
  version: number,
  evaluation: Evaluation,
): { model_version: number; segment: string; metric: string; value: number | null }[] {
  const { warm, cold, strategies } = evaluation;
  const segments = { all: evaluation, warm, cold };
  return [
    ...Object.entries(segments).flatMap(([segment, metrics]) =>
      SEGMENT_KEYS.map((metric) => ({ model_version: version, segment, metric, value: metrics[metric] })),
    ),
    ...Object.entries(strategies).map(([metric, value]) => ({
      model_version: version,
      segment: 'strategy',
      metric,
      value,
    })),
  ];
}

/** Stores the metrics of a model, one per row. */
export async function insertMetrics(
  sql: postgres.ISql,
  version: number,
  evaluation: Evaluation,
): Promise<void> {
  await sql`insert into model_metrics ${sql(metricRows(version, evaluation))}`;
}

/** The metrics of a model as returned by `metricsColumn`: by segment, then by metric. */
export type StoredMetrics = Readonly<
  Record<'all' | 'warm' | 'cold' | 'strategy', Readonly<Record<string, number | null>>>
>;

/** A column for a query on `models`: the metrics as one object. */
export const metricsColumn = (sql: postgres.ISql): postgres.Fragment => sql`
  (select json_object_agg(segment, metrics)
   from (select segment, json_object_agg(metric, value) as metrics
         from model_metrics where model_version = version group by segment) as segments) as metrics`;

export function evaluationOf({ all, warm, cold, strategy }: StoredMetrics): Evaluation {
  return evaluationSchema.parse({ ...all, warm, cold, strategies: strategy });
}
