import type { GateConfig } from '../../config.ts';
import { comparedMetrics } from '../../evaluate/evaluate.ts';
import type { GateRule } from '../../evaluate/evaluation.ts';
import { decideGate } from '../../evaluate/gate.ts';
import type { GateBars } from '../../evaluate/gate-bar.ts';
import { METRICS } from '../../evaluate/metric-catalogue.ts';
import { COMPARED_METRICS, type ComparedMetric, lowerIsBetter } from '../../evaluate/metric-names.ts';
import {
  type PairedDifference,
  type PairedResults,
  pairedDifference,
} from '../../evaluate/paired-difference.ts';
import { selectWhere } from '../../math/select-where.ts';
import { vocabularyOf } from '../../ratings/vocabulary.ts';
import { ruleText } from '../../reports/gate-table.ts';
import {
  concludedFrom,
  type MetricComparison,
  type ModelCheck,
  type PersonaChange,
  SEGMENTS,
  type Segment,
} from './model-check.ts';
import type { PersonaList, Scores } from './scores.ts';

/**
 * Both models learn the same ratings, so that only the change of the code can make a difference. RMSE may grow by 0.2%,
 * and Precision@10 fall by one movie in a hundred.
 */
const BARS: GateBars = {
  rmse: { kind: 'relative', tolerance: 0.002 },
  precisionAt10: { kind: 'absolute', tolerance: 0.01 },
};

/**
 * Compares the scores of two checkouts on the same fixed data, by rules of the gate with narrower bars. A change that does
 * not affect the model must pass.
 *
 * @param base null when it cannot be measured: then only the head is reported.
 * @param options.seed of the bootstrap.
 */
export function compareScores(
  base: Scores | null,
  head: Scores,
  { gate, seed }: { readonly gate: GateConfig; readonly seed: number },
): ModelCheck {
  const obstacle = obstacleBetween(base, head);
  const comparable = obstacle === null ? base : null;
  const { confidence, resamples } = gate;
  const bootstrap = { confidence, resamples, seed };
  const metrics =
    comparable === null
      ? SEGMENTS.flatMap((segment) => headOnly(head, segment))
      : SEGMENTS.flatMap((segment) => compareSegment(comparable, head, segment, bootstrap));
  return {
    conclusion: concludedFrom(obstacle, metrics),
    obstacle,
    metrics,
    personas: head.personas.map((persona) => comparePersona(comparable, persona)),
    model: { base: base?.model ?? null, head: head.model },
    fitSeconds: { base: base?.fitSeconds ?? null, head: head.fitSeconds },
    modelBytes: { base: base?.modelBytes ?? null, head: head.modelBytes },
    data: head.data,
    ...bootstrap,
  };
}

function obstacleBetween(base: Scores | null, head: Scores): ModelCheck['obstacle'] {
  if (base === null) return 'no-base';
  const { training, holdout } = base.data;
  if (training.sha256 !== head.data.training.sha256 || holdout.sha256 !== head.data.holdout.sha256) {
    return 'other-data';
  }
  const sameTask =
    base.data.candidates === head.data.candidates &&
    equal(base.userIds, head.userIds) &&
    equal(base.warm, head.warm) &&
    base.lists.length === head.lists.length &&
    base.lists.every(({ userId, relevant }, at) => {
      const other = head.lists[at];
      return other?.userId === userId && other.relevant === relevant;
    });
  return sameTask ? null : 'other-protocol';
}

const equal = (a: Int32Array | Uint8Array, b: Int32Array | Uint8Array): boolean =>
  a.length === b.length && a.every((value, at) => value === b[at]);

/** The results of one segment, with their metrics. */
function resultsOf(scores: Scores, segment: Segment): PairedResults['before'] & { userIds: Int32Array } {
  const { userIds, warm, data } = scores;
  const isIn = (row: number): boolean => segment === 'all' || (warm[row] === 1) === (segment === 'warm');
  const segmentUserIds = selectWhere(userIds, isIn);
  const users = vocabularyOf(segmentUserIds);
  const errors = selectWhere(scores.errors, isIn);
  const lists = scores.lists.filter(({ userId }) => users.rowOf(userId) >= 0);
  return {
    evaluation: comparedMetrics({ errors, lists, candidates: data.candidates }),
    errors,
    lists,
    userIds: segmentUserIds,
  };
}

function headOnly(head: Scores, segment: Segment): readonly MetricComparison[] {
  const { evaluation } = resultsOf(head, segment);
  const nothing = { base: null, difference: null, interval: null, rule: null, passed: null, meaning: null };
  return COMPARED_METRICS.map((metric) => ({ metric, segment, ...nothing, head: evaluation[metric] }));
}

function compareSegment(
  base: Scores,
  head: Scores,
  segment: Segment,
  bootstrap: PairedResults['bootstrap'],
): readonly MetricComparison[] {
  const { userIds, ...before } = resultsOf(base, segment);
  const pair: PairedResults = { before, after: resultsOf(head, segment), userIds, bootstrap };
  const rules: readonly GateRule[] = segment === 'all' ? decideGate(pair, BARS).rules : [];
  return COMPARED_METRICS.map((metric) => {
    const rule = rules.find((each) => each.metric === metric);
    const { before: baseValue, after: headValue, difference, interval } = pairedDifference(metric, pair);
    return {
      metric,
      segment,
      base: baseValue,
      head: headValue,
      difference,
      interval,
      rule: rule === undefined ? null : ruleText(rule, 'base'),
      passed: rule?.passed ?? null,
      meaning: meaningOf(metric, interval),
    };
  });
}

function meaningOf(
  metric: ComparedMetric,
  interval: PairedDifference['interval'],
): MetricComparison['meaning'] {
  if (interval === null || METRICS[metric].better === null) return null;
  const [low, high] = interval;
  if (low <= 0 && high >= 0) return 'same';
  return high < 0 === lowerIsBetter(metric) ? 'better' : 'worse';
}

/** A persona that the base lacks, or that is another user there, has no `before`. */
function comparePersona(
  base: Scores | null,
  { name, description, userId, movies }: PersonaList,
): PersonaChange {
  const titles = (list: PersonaList['movies']): readonly string[] => list.map(({ title }) => title);
  const same = base?.personas.find((other) => other.name === name && other.userId === userId);
  if (same === undefined) {
    return { name, description, before: null, after: titles(movies), gained: [], lost: [], overlap: null };
  }
  const without = (list: PersonaList['movies'], other: PersonaList['movies']): PersonaList['movies'] =>
    list.filter(({ id }) => !other.some((movie) => movie.id === id));
  const gained = without(movies, same.movies);
  return {
    name,
    description,
    before: titles(same.movies),
    after: titles(movies),
    gained: titles(gained),
    lost: titles(without(same.movies, movies)),
    overlap: movies.length - gained.length,
  };
}
