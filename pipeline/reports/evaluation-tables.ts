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
import { formatMeasured, formatMetric, labelWithUnit, sampleText } from './metric-text.ts';
import { formatCount } from './numbers.ts';

/**
 * The metrics for all users, for users known in training and for new users. A reported metric that was not measured
 * has no row.
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
      row('Users ranked', usersRanked),
      ...shown.map((name) => row(labelWithUnit(name), (metrics) => formatMeasured(name, metrics))),
    ],
  };
}

/** `122`, or `5,000 of 138,000` when a sample was ranked. */
function usersRanked({ rankedUsers, rankable }: SegmentMetrics): string {
  return rankable === null
    ? formatCount(rankedUsers)
    : `${formatCount(rankedUsers)} of ${formatCount(rankable)}`;
}

/** `segmentRows` in Markdown. */
export function segmentTable(evaluation: Evaluation): string {
  return table(segmentRows(evaluation), 'lrrr');
}

const BASELINE_METRICS = [...BRIEF_METRICS, 'coverage'] as const;

/**
 * The metrics of a model and of baselines that were trained and evaluated on the same ratings.
 *
 * @param model the name of the model.
 * @param nameOf returns the name of a baseline.
 */
export function baselineRows(
  model: string,
  evaluation: Evaluation,
  baselines: readonly BaselineEvaluation[],
  nameOf: (algorithm: string) => string = (algorithm) => algorithm,
): TableText {
  const row = (label: string, metrics: SegmentMetrics): readonly string[] => [
    label,
    ...BASELINE_METRICS.map((name) => formatMetric(name, metrics[name])),
  ];
  return {
    header: ['Model', ...BASELINE_METRICS.map((name) => METRICS[name].label)],
    rows: [
      row(model, evaluation),
      ...baselines.map((baseline) => row(nameOf(baseline.algorithm), baseline.evaluation)),
    ],
  };
}

const code = (algorithm: string): string => `\`${algorithm}\``;

/** `baselineRows` in Markdown, and the metrics in which a baseline is better; null without baselines. */
export function baselineSection(
  model: string,
  evaluation: Evaluation,
  baselines: readonly BaselineEvaluation[],
): string | null {
  if (baselines.length === 0 || evaluation.ratings === 0) return null;
  return paragraphs([
    'Compared with baselines that were trained on the same ratings, over all users. Here each model is alone, without what new users told after its training:',
    table(
      baselineRows(`**${model}**`, evaluation, baselines, code),
      `l${'r'.repeat(BASELINE_METRICS.length)}`,
    ),
    sampleNote(evaluation),
    betterBaselines(evaluation, baselines),
  ]);
}

/** A sentence about the sample of ranked users; null when everyone was ranked. */
export function sampleNote(metrics: Readonly<Partial<SegmentMetrics>>): string | null {
  const text = sampleText(metrics);
  return text === null ? null : `Lists of a random sample of the users, the same for all models: ${text}.`;
}

/** The metrics in which a baseline is better. Coverage is left out: more coverage is not better by itself. */
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
