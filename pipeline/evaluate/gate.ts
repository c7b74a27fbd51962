import type { GateConfig } from '../config.ts';
import type { Model } from '../model/model.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { evaluateInDetail } from './evaluate.ts';
import type { GateDecision, GateRule, TrainingReason } from './evaluation.ts';
import { type PairedAnswers, pairedDifference } from './paired-difference.ts';
import { type RankingTask, rankingTask } from './ranking.ts';

/** Differences this close to a bar are on it: averages of tenths do not add up exactly in binary. */
const ROUNDING = 1e-12;

export interface GateInput {
  readonly champion: Model;
  readonly challenger: Model;
  /** Everything known before the holdout: what a user had rated is no candidate for either model. */
  readonly seen: Ratings;
  /** The newest ratings; neither model was trained on any of them. */
  readonly holdout: Ratings;
  /** `rankingTask(seen, holdout)`, for those who have it already. */
  readonly task?: RankingTask;
  readonly reason: TrainingReason;
  /** Of the bootstrap. */
  readonly seed: number;
}

/**
 * Decides whether a challenger replaces the champion. Both predict the same held-out ratings and rank the
 * same candidates for the same users, and `decideGate` compares what comes of it. RMSE must fall; when the
 * reason to retrain is drift it may grow by the tolerance, because a model of the past looks good until the
 * past is gone.
 */
export function runGate(input: GateInput, config: GateConfig): GateDecision {
  const { champion, challenger, seen, holdout, reason, seed } = input;
  const data = { train: seen, test: holdout, task: input.task ?? rankingTask(seen, holdout) };
  const before = evaluateInDetail(champion, data);
  const after = evaluateInDetail(challenger, data);
  const { confidence, resamples } = config;
  const { outcome, rules } = decideGate(
    { before, after, userIds: holdout.userIds, bootstrap: { confidence, resamples, seed } },
    barsOf(reason, config),
  );
  return {
    outcome,
    reason,
    rules,
    champion: before.evaluation,
    challenger: after.evaluation,
    holdout: describeHoldout(holdout),
    confidence,
    resamples,
    seed,
  };
}

/** The rules in words, in the order of a decision's rules: equal words, equal bars. */
export function rulesOf(reason: TrainingReason, config: GateConfig): readonly string[] {
  const bars = barsOf(reason, config);
  return [rmseWords(bars), precisionWords(bars)];
}

const barsOf = (reason: TrainingReason, { rmseTolerance, precisionTolerance }: GateConfig): GateBars => ({
  rmse: reason === 'drift' ? rmseTolerance : null,
  precision: precisionTolerance,
  rival: 'champion',
});

const rmseWords = ({ rmse: tolerance, rival }: GateBars): string =>
  tolerance === null ? `lower than the ${rival}` : `at most ${percent(tolerance)} higher than the ${rival}`;

const precisionWords = ({ precision: tolerance, rival }: GateBars): string =>
  `at most ${tolerance} lower than the ${rival}`;

/** How much worse than its rival a model may be. */
export interface GateBars {
  /** Relative growth of RMSE that is still accepted, or null when RMSE must fall. */
  readonly rmse: number | null;
  /** Loss of Precision@10 that is still accepted, in points of precision. */
  readonly precision: number;
  /** What the rules call the rival. */
  readonly rival: 'champion' | 'base';
}

/**
 * Holds the rules of the gate over two sets of answers to the same held-out ratings; both must pass. The
 * differences come with paired bootstrap intervals over users, for the people who read the decision; the
 * rules look at the differences themselves. Where nothing was held out that a rule could be judged by, it
 * does not pass.
 */
export function decideGate(
  pair: PairedAnswers,
  bars: GateBars,
): { readonly outcome: GateDecision['outcome']; readonly rules: readonly GateRule[] } {
  const rules = [rmseRule(pair, bars), precisionRule(pair, bars)];
  return { outcome: rules.every(({ passed }) => passed) ? 'promote' : 'refuse', rules };
}

function rmseRule(pair: PairedAnswers, bars: GateBars): GateRule {
  const { rmse: tolerance } = bars;
  const rule = rmseWords(bars);
  const { before, after, difference, interval } = pairedDifference('rmse', pair);
  if (before === null || after === null || difference === null) {
    return notJudged('rmse', `${rule}; no rating was held out to judge it by`);
  }
  return {
    metric: 'rmse',
    champion: before,
    challenger: after,
    difference,
    interval,
    rule,
    passed: tolerance === null ? difference < 0 : difference <= tolerance * before + ROUNDING,
  };
}

function precisionRule(pair: PairedAnswers, bars: GateBars): GateRule {
  const { precision: tolerance } = bars;
  const rule = precisionWords(bars);
  const { before, after, difference, interval } = pairedDifference('precisionAt10', pair);
  if (difference === null) {
    return notJudged('precisionAt10', `${rule}; no user held out a liked movie to judge it by`);
  }
  return {
    metric: 'precisionAt10',
    champion: before,
    challenger: after,
    difference,
    interval,
    rule,
    passed: difference >= -tolerance - ROUNDING,
  };
}

/** A rule that nothing was held out for: it cannot pass, because nothing must be promoted on no evidence. */
function notJudged(metric: GateRule['metric'], rule: string): GateRule {
  return {
    metric,
    champion: null,
    challenger: null,
    difference: null,
    interval: null,
    rule,
    passed: false,
  };
}

const percent = (share: number): string => `${Number((share * 100).toFixed(4))}%`;

function describeHoldout({ length, userIds, ratedAt }: Ratings): GateDecision['holdout'] {
  const from = ratedAt.reduce((oldest, time) => Math.min(oldest, time), Number.POSITIVE_INFINITY);
  const to = ratedAt.reduce((newest, time) => Math.max(newest, time), Number.NEGATIVE_INFINITY);
  const known = length > 0;
  return { ratings: length, users: new Set(userIds).size, from: known ? from : 0, to: known ? to : 0 };
}
