import {
  PREQUENTIAL_METRICS,
  type PrequentialEvaluation,
  type PrequentialGroup,
  type PrequentialMetric,
  TOLD_GROUPS,
  type ToldGroup,
} from '../evaluate/prequential-metrics.ts';
import { paragraphs, type TableText, table } from './markdown.ts';
import { formatCount, formatNumber } from './numbers.ts';

const GROUP_LABELS: Readonly<Record<ToldGroup, string>> = {
  known: 'Known in training',
  new0: 'New, nothing told',
  new1To4: 'New, 1 to 4 ratings told',
  new5To9: 'New, 5 to 9',
  new10: 'New, 10 or more',
};

const METRIC_LABELS: Readonly<Record<PrequentialMetric, string>> = {
  rmse: 'RMSE',
  mae: 'MAE',
  hitRateAt10: 'Hit rate@10',
  ndcgAt10: 'NDCG@10',
  mrr: 'MRR',
};

/** What is beside each other in a cell. */
export const PREQUENTIAL_TEXT =
  'In the order of time, as an app sees it: from the model alone → with all that the user had told before (95% interval).';

/** The metrics of both ways to predict, for all users and by what a user had told before. */
export function prequentialRows({ all, groups }: PrequentialEvaluation): TableText {
  const row = (label: string, group: PrequentialGroup): readonly string[] => [
    label,
    formatCount(group.users),
    formatCount(group.ratings),
    formatCount(group.liked),
    ...PREQUENTIAL_METRICS.map((name) => cell(group, name)),
  ];
  return {
    header: [
      'Ratings of',
      'Users',
      'Ratings',
      'Liked',
      ...PREQUENTIAL_METRICS.map((name) => METRIC_LABELS[name]),
    ],
    rows: [
      row('All users', all),
      ...TOLD_GROUPS.flatMap((name) => {
        const group = groups[name];
        return group === undefined ? [] : [row(GROUP_LABELS[name], group)];
      }),
    ],
  };
}

/** `1.0003 → 0.8266 (0.7675 to 0.9019)`; the interval only of the first metric of ratings and of lists. */
function cell({ learned, told, intervals }: PrequentialGroup, name: PrequentialMetric): string {
  const both = `${formatNumber(learned[name])} → ${formatNumber(told[name])}`;
  const ends = name === 'rmse' || name === 'hitRateAt10' ? intervals[name] : null;
  return ends === null ? both : `${both} (${formatNumber(ends[0])} to ${formatNumber(ends[1])})`;
}

/** A sentence about the sample of users; null when everyone was measured. */
export function prequentialSample({ all, everyone }: PrequentialEvaluation): string | null {
  return all.users === everyone
    ? null
    : `Measured on a random sample of the users, always the same: ${formatCount(all.users)} of ${formatCount(everyone)}.`;
}

/** `prequentialRows` in Markdown; null when it was not measured. */
export function prequentialSection(prequential: PrequentialEvaluation | undefined): string | null {
  if (prequential === undefined || prequential.all.ratings === 0) return null;
  return paragraphs([
    PREQUENTIAL_TEXT,
    table(prequentialRows(prequential), `l${'r'.repeat(3 + PREQUENTIAL_METRICS.length)}`),
    prequentialSample(prequential),
  ]);
}
