import { type GateDecision, type GateRule, type GateSegment, gateMetrics } from '../evaluate/evaluation.ts';
import type { Metric } from '../evaluate/metric.ts';
import { METRICS } from '../evaluate/metric-catalogue.ts';
import { COMPARED_METRICS, type ComparedMetric, lowerIsBetter } from '../evaluate/metric-names.ts';
import { escapeMarkdown } from '../lib/escape.ts';
import { sampleNote } from './evaluation-tables.ts';
import { table } from './markdown.ts';
import { formatMetric, labelWithDirection } from './metric-text.ts';
import { formatCount, formatDay, formatPercent, NO_VALUE } from './numbers.ts';

/** `Coverage of the catalogue` */
function heading(name: ComparedMetric): string {
  const { of }: Metric = METRICS[name];
  return `${labelWithDirection(name)}${of === undefined ? '' : ` of ${of}`}`;
}

/**
 * Champion and challenger on the same ratings: the metrics the gate decides by first, with interval, rule and
 * result, then those that are only reported. A difference whose interval contains zero is marked `≈`.
 */
export function gateTable(gate: GateDecision, champion: string, challenger: string): string {
  const ruled = new Set<ComparedMetric>(gate.rules.map(({ metric }) => metric));
  const reported = COMPARED_METRICS.filter((name) => !ruled.has(name));
  const metrics = gateMetrics(gate);
  return table(
    {
      header: [
        'Metric',
        champion,
        challenger,
        `Difference [${formatPercent(gate.confidence, 0)} CI]`,
        'Rule',
        'Pass',
      ],
      rows: [
        ...gate.rules.map(ruleRow),
        ...reported.map((name) =>
          reportedRow(heading(name), name, metrics.champion[name], metrics.challenger[name]),
        ),
        ...(gate.segments ?? []).map(segmentRow),
      ],
    },
    'lrrrll',
  );
}

function reportedRow(
  label: string,
  name: ComparedMetric,
  before: number | null,
  after: number | null,
): readonly string[] {
  const difference = before === null || after === null ? null : after - before;
  const numbers = [
    formatMetric(name, before),
    formatMetric(name, after),
    formatMetric(name, difference, 'signed'),
  ];
  return [label, ...numbers, 'reported', NO_VALUE];
}

const KNOWN_TO: Readonly<Record<GateSegment['knownTo'], string>> = {
  both: 'users both know',
  one: 'users one of them knows',
  neither: 'users neither knows',
};

function segmentRow({ knownTo, ratings, championRmse, challengerRmse }: GateSegment): readonly string[] {
  const label = `RMSE, ${formatCount(ratings)} ratings of ${KNOWN_TO[knownTo]}`;
  return reportedRow(label, 'rmse', championRmse, challengerRmse);
}

const NOTHING_LIKED = 'no user has a liked movie in the holdout to measure it on';
const NOT_MEASURED: Readonly<Record<GateRule['metric'], string>> = {
  rmse: 'no rating was held out to measure it on',
  ndcgAt10: NOTHING_LIKED,
  precisionAt10: NOTHING_LIKED,
};

/** A rule of the gate in words: `at most 0.2% higher than the champion`. */
export function ruleText({ metric, bar, difference }: GateRule, rival = 'champion'): string {
  const isJudged = difference !== null;
  return `${barText(metric, bar, rival)}${isJudged ? '' : `; ${NOT_MEASURED[metric]}`}`;
}

function barText(metric: GateRule['metric'], bar: GateRule['bar'], rival: string): string {
  const [better, worse] = lowerIsBetter(metric) ? ['lower', 'higher'] : ['higher', 'lower'];
  switch (bar?.kind) {
    case 'no-worse':
      return `at most ${percent(2 * bar.tolerance)} ${worse} than the ${rival}; at most ${percent(bar.tolerance)} if the interval excludes 0`;
    case 'better':
      return `${better} than the ${rival}`;
    case 'relative':
      return `at most ${percent(bar.tolerance)} ${worse} than the ${rival}`;
    case 'absolute':
      return `at most ${bar.tolerance} ${worse} than the ${rival}`;
    case undefined:
      return `by an unknown rule against the ${rival}`;
  }
}

const percent = (share: number): string => `${Number((share * 100).toFixed(4))}%`;

function ruleRow(rule: GateRule): string[] {
  const { metric, champion, challenger, difference, interval, passed } = rule;
  const ends = interval?.map((end) => formatMetric(metric, end, 'signed')).join(', ');
  const containsZero = interval !== null && interval[0] <= 0 && interval[1] >= 0;
  return [
    heading(metric),
    formatMetric(metric, champion),
    formatMetric(metric, challenger),
    `${containsZero ? '≈ ' : ''}${formatMetric(metric, difference, 'signed')}${ends === undefined ? '' : ` [${ends}]`}`,
    escapeMarkdown(ruleText(rule), 200),
    passed ? 'yes' : '**no**',
  ];
}

/** The ratings that both models were scored on, and how the intervals were computed. */
export function gateProtocol({
  holdout,
  confidence,
  resamples,
  seed,
  challenger,
  served,
}: GateDecision): string {
  const sample = sampleNote(challenger);
  const told =
    served === undefined
      ? ''
      : ' Users whom one of the models or both do not know are predicted from all that they had told before, as in the API.';
  return `Scored on ${formatCount(holdout.ratings)} ratings by ${formatCount(holdout.users)} users from ${formatDay(holdout.from)} to ${formatDay(holdout.to)} that neither model had been trained on when it was scored.${told} Intervals: ${formatPercent(confidence, 0)}, paired bootstrap over users, ${formatCount(resamples)} resamples, seed ${seed}.${sample === null ? '' : ` ${sample}`}`;
}
