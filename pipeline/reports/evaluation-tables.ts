import {
  type BaselineEvaluation,
  type Evaluation,
  lowerIsBetter,
  type SegmentMetrics,
} from '../evaluate/evaluation.ts';
import { paragraphs, type TableText, table } from './markdown.ts';
import {
  formatBits,
  formatChange,
  formatCount,
  formatMetric,
  formatPercent,
  formatStars,
  METRIC_LABELS,
  type MetricName,
} from './numbers.ts';

type Row = readonly [label: string, value: (metrics: SegmentMetrics) => string];

const metric = (name: MetricName, unit = ''): Row => [
  `${METRIC_LABELS[name]}${unit}`,
  (metrics) => formatMetric(name, metrics[name]),
];
const COMPARED: readonly Row[] = [
  metric('rmse', ', stars'),
  metric('mae', ', stars'),
  metric('precisionAt10'),
  metric('recallAt10'),
  metric('ndcgAt10'),
  metric('coverage'),
];
const LISTS: readonly Row[] = [
  ['Novelty', ({ novelty }) => formatBits(novelty)],
  ['Popularity lift', ({ popularityLift }) => formatChange(popularityLift)],
];
const CERTAINTY: readonly Row[] = [
  ['Inside the 80% interval', ({ calibration }) => formatPercent(calibration)],
  ['Predictive deviation', ({ meanDeviation }) => formatStars(meanDeviation)],
];
const SIZES: readonly Row[] = [
  ['Held-out ratings', ({ ratings }) => formatCount(ratings)],
  ['Users ranked', ({ rankedUsers }) => formatCount(rankedUsers)],
];

/**
 * The metrics for all users, for those the training data knows and for those it does not. What nobody measured
 * has no row: certainty where no prediction says how sure it is, and in evaluations of earlier releases.
 */
export function segmentRows(evaluation: Evaluation): TableText {
  const rows = [
    ...SIZES,
    ...COMPARED,
    ...(evaluation.novelty === null ? [] : LISTS),
    ...(evaluation.intervals === 0 ? [] : CERTAINTY),
  ];
  const { warm, cold } = evaluation;
  return {
    header: ['Metric', 'All users', 'Known in training', 'New'],
    rows: rows.map(([label, value]) => [label, value(evaluation), value(warm), value(cold)]),
  };
}

/** `segmentRows` in Markdown. */
export function segmentTable(evaluation: Evaluation): string {
  return table(segmentRows(evaluation), 'lrrr');
}

const BESIDE = ['rmse', 'mae', 'precisionAt10', 'ndcgAt10', 'coverage'] as const satisfies MetricName[];

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
    header: ['Model', ...BESIDE.map((name) => METRIC_LABELS[name])],
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
    table(baselineRows(`**${model}**`, evaluation, baselines, code), 'lrrrrr'),
    betterBaselines(evaluation, baselines),
  ]);
}

/** Which baseline is better in what. Coverage is left out: more of it is not better by itself. */
function betterBaselines(evaluation: Evaluation, baselines: readonly BaselineEvaluation[]): string {
  const better = baselines.flatMap(({ algorithm, evaluation: other }) => {
    const names = BESIDE.filter(
      (name) => name !== 'coverage' && isBetter(name, other[name], evaluation[name]),
    );
    const labels = names.map((name) => METRIC_LABELS[name]);
    return labels.length === 0 ? [] : [`${code(algorithm)} in ${labels.join(', ')}`];
  });
  return better.length === 0
    ? 'No baseline is better in RMSE, MAE, Precision@10 or NDCG@10.'
    : `Better than the model: ${better.join('; ')}.`;
}

function isBetter(name: MetricName, value: number | null, reference: number | null): boolean {
  if (value === null || reference === null) return false;
  return lowerIsBetter(name) ? value < reference : value > reference;
}
