import type { Metric } from './metric.ts';
import { METRICS } from './metric-catalogue.ts';

export type MetricName = keyof typeof METRICS;

type NamesWith<T> = {
  [N in MetricName]: (typeof METRICS)[N] extends T ? N : never;
}[MetricName];

/** A metric that models are compared by. */
export type ComparedMetric = NamesWith<{ readonly compared: true }>;
/** A metric that also appears in short tables. */
export type BriefMetric = NamesWith<{ readonly brief: true }>;
/** A compared metric with a better direction. */
export type JudgedMetric = NamesWith<{ readonly compared: true; readonly better: string }>;

/** A metric that is a mean over ranked users. */
export type ListMetric = NamesWith<{ readonly formula: { readonly over: 'lists' } }>;

export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[];

const namesWhere = <N extends MetricName>(isIn: (metric: Metric) => boolean): readonly N[] =>
  METRIC_NAMES.filter((name): name is N => isIn(METRICS[name]));

export const COMPARED_METRICS = namesWhere<ComparedMetric>(({ compared }) => compared);
/** Metrics that are reported but not compared. */
export const REPORTED_METRICS = namesWhere<Exclude<MetricName, ComparedMetric>>(({ compared }) => !compared);
export const BRIEF_METRICS = namesWhere<BriefMetric>(({ brief }) => brief === true);
export const LIST_METRICS = namesWhere<ListMetric>(({ formula }) => formula.over === 'lists');
export const JUDGED_METRICS = namesWhere<JudgedMetric>(({ compared, better }) => compared && better !== null);

/** An object with the result of `compute` for each name. */
export function metricsBy<N extends string, T>(
  names: readonly N[],
  compute: (name: N) => T,
): Readonly<Record<N, T>> {
  return Object.fromEntries(names.map((name) => [name, compute(name)])) as Record<N, T>;
}

/** Whether lower values of the metric are better. */
export const lowerIsBetter = (name: MetricName): boolean => METRICS[name].better === 'lower';
