import type { GateConfig } from '../config.ts';
import type { Model } from '../model/model.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { evaluateInDetail } from './evaluate.ts';
import type { GateDecision, GateRule, TrainingReason } from './evaluation.ts';
import { barsOf, GATE_METRICS, type GateBar, type GateBars } from './gate-bar.ts';
import { lowerIsBetter } from './metric-names.ts';
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
 * same candidates for the same users, and `decideGate` compares what comes of it.
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

/**
 * Judges two sets of answers to the same held-out ratings by the rules of the gate; both must pass. The
 * differences come with paired bootstrap intervals over users, for the people who read the decision; the
 * rules look at the differences themselves. Where nothing was held out that a rule could be judged by, it
 * does not pass: nothing is promoted on no evidence.
 */
export function decideGate(
  pair: PairedAnswers,
  bars: GateBars,
): { readonly outcome: GateDecision['outcome']; readonly rules: readonly GateRule[] } {
  const rules = GATE_METRICS.map((metric) => judge(metric, bars[metric], pair));
  return { outcome: rules.every(({ passed }) => passed) ? 'promote' : 'refuse', rules };
}

function judge(metric: GateRule['metric'], bar: GateBar, pair: PairedAnswers): GateRule {
  const { before, after, difference, interval } = pairedDifference(metric, pair);
  if (before === null || after === null || difference === null) {
    const nothing = { champion: null, challenger: null, difference: null, interval: null };
    return { metric, ...nothing, bar, passed: false };
  }
  const loss = lowerIsBetter(metric) ? difference : -difference;
  const passed =
    bar.kind === 'better'
      ? loss < 0
      : loss <= bar.tolerance * (bar.kind === 'relative' ? before : 1) + ROUNDING;
  return { metric, champion: before, challenger: after, difference, interval, bar, passed };
}

function describeHoldout({ length, userIds, ratedAt }: Ratings): GateDecision['holdout'] {
  const from = ratedAt.reduce((oldest, time) => Math.min(oldest, time), Number.POSITIVE_INFINITY);
  const to = ratedAt.reduce((newest, time) => Math.max(newest, time), Number.NEGATIVE_INFINITY);
  const known = length > 0;
  return { ratings: length, users: new Set(userIds).size, from: known ? from : 0, to: known ? to : 0 };
}
