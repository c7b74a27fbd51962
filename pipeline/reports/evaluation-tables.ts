import type { BaselineEvaluation, Evaluation, SegmentMetrics } from '../evaluate/evaluation.ts';
import { METRICS } from '../evaluate/metric-catalogue.ts';
import {
  BRIEF_METRICS,
  type BriefMetric,
  COMPARED_METRICS,
  lowerIsBetter,
  type MetricName,
  REPORTED_METRICS,
} from '../evaluate/metric-names.ts';
import { paragraphs, type TableText, table } from './markdown.ts';
import { formatMetric, labelWithUnit } from './metric-text.ts';
import { formatCount } from './numbers.ts';

/**
 * The metrics for all users, for those the training data knows and for those it does not. A reported metric that
 * nobody measured has no row: certainty where no prediction says how sure it is, and what an earlier release did
 * not measure.
 */
export function segmentRows(evaluation: Evaluation): TableText {
  const { warm, cold } = evaluation;
  const row = (label: string, value: (metrics: SegmentMetrics) => string): readonly string[] => [
    label,
    value(evaluation),
    value(warm),
    value(cold),
  ];
  const shown: readonly MetricName[] = [
    ...COMPARED_METRICS,
    ...REPORTED_METRICS.filter((name) => evaluation[name] !== null),
  ];
  return {
    header: ['Metric', 'All users', 'Known in training', 'New'],
    rows: [
      row('Held-out ratings', ({ ratings }) => formatCount(ratings)),
      row('Users ranked', ({ rankedUsers }) => formatCount(rankedUsers)),
      ...shown.map((name) => row(labelWithUnit(name), (metrics) => formatMetric(name, metrics[name]))),
    ],
  };
}

/** `segmentRows` in Markdown. */
export function segmentTable(evaluation: Evaluation): string {
  return table(segmentRows(evaluation), 'lrrr');
}

const BESIDE = [...BRIEF_METRICS, 'coverage'] as const;

/**
 * A model beside simple algorithms that learned from the same ratings, on the same holdout.
 *
 * @param model what the model is called.
 * @param nameOf what a baseline is called.
 */
export function baselineRows(
  model: string,
  evaluation: Evaluation,
  baselines: readonly BaselineEvaluation[],
  nameOf: (algorithm: string) => string = (algorithm) => algorithm,
): TableText {
  const row = (label: string, metrics: SegmentMetrics): readonly string[] => [
    label,
    ...BESIDE.map((name) => formatMetric(name, metrics[name])),
  ];
  return {
    header: ['Model', ...BESIDE.map((name) => METRICS[name].label)],
    rows: [
      row(model, evaluation),
      ...baselines.map((baseline) => row(nameOf(baseline.algorithm), baseline.evaluation)),
    ],
  };
}

const code = (algorithm: string): string => `\`${algorithm}\``;

/** `baselineRows` in Markdown, and in words where a baseline does better; null when there is nothing to tell. */
export function baselineSection(
  model: string,
  evaluation: Evaluation,
  baselines: readonly BaselineEvaluation[],
): string | null {
  if (baselines.length === 0 || evaluation.ratings === 0) return null;
  return paragraphs([
    'Beside baselines that learned from the same ratings, over all users:',
    table(baselineRows(`**${model}**`, evaluation, baselines, code), `l${'r'.repeat(BESIDE.length)}`),
    betterBaselines(evaluation, baselines),
  ]);
}

/** Which baseline is better in what. Coverage is left out: more of it is not better by itself. */
function betterBaselines(evaluation: Evaluation, baselines: readonly BaselineEvaluation[]): string {
  const better = baselines.flatMap(({ algorithm, evaluation: other }) => {
    const names = BRIEF_METRICS.filter((name) => isBetter(name, other[name], evaluation[name]));
    const labels = names.map((name) => METRICS[name].label);
    return labels.length === 0 ? [] : [`${code(algorithm)} in ${labels.join(', ')}`];
  });
  return better.length === 0
    ? `No baseline is better in ${alternatives(BRIEF_METRICS.map((name) => METRICS[name].label))}.`
    : `Better than the model: ${better.join('; ')}.`;
}

/** `A, B or C` */
const alternatives = (names: readonly string[]): string =>
  `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;

function isBetter(name: BriefMetric, value: number | null, reference: number | null): boolean {
  if (value === null || reference === null) return false;
  return lowerIsBetter(name) ? value < reference : value > reference;
}
