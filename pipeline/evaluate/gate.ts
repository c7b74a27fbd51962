import type { GateConfig } from '../config.ts';
import type { Model } from '../model/model.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { bootstrapInterval } from './bootstrap.ts';
import { summariseErrors } from './errors.ts';
import { type DetailedEvaluation, evaluateInDetail } from './evaluate.ts';
import type { GateDecision, GateRule, TrainingReason } from './evaluation.ts';
import { precisionAt } from './metrics/precision.ts';

/** Differences this close to a bar are on it: averages of tenths do not add up exactly in binary. */
const ROUNDING = 1e-12;

export interface GateInput {
  readonly champion: Model;
  readonly challenger: Model;
  /** Everything known before the holdout: what a user had rated is no candidate for either model. */
  readonly seen: Ratings;
  /** The newest ratings; neither model was trained on any of them. */
  readonly holdout: Ratings;
  readonly reason: TrainingReason;
  /** Of the bootstrap. */
  readonly seed: number;
}

/**
 * Decides whether a challenger replaces the champion. Both predict the same held-out ratings and rank the
 * same candidates for the same users. Both rules must pass:
 *
 * - RMSE: lower than the champion's; when the reason to retrain is drift, higher by no more than
 *   `rmseTolerance` of it, because a model of the past looks good until the past is gone.
 * - Precision@10: lower by no more than `precisionTolerance`.
 *
 * The differences come with paired bootstrap intervals over users, for the people who read the decision; the
 * rules look at the differences themselves. Where nothing was held out that a rule could be judged by, it
 * does not pass.
 */
export function runGate(input: GateInput, config: GateConfig): GateDecision {
  const { champion, challenger, seen, holdout, reason, seed } = input;
  const data = { train: seen, test: holdout };
  const before = evaluateInDetail(champion, data);
  const after = evaluateInDetail(challenger, data);
  const { confidence, resamples, rmseTolerance, precisionTolerance } = config;
  const comparison = { before, after, holdout, bootstrap: { confidence, resamples, seed } };
  const rules = [
    compareRmse(comparison, toleratedRmse(reason, rmseTolerance)),
    comparePrecision(comparison, precisionTolerance),
  ];
  return {
    outcome: rules.every(({ passed }) => passed) ? 'promote' : 'refuse',
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
export function rulesOf(
  reason: TrainingReason,
  { rmseTolerance, precisionTolerance }: GateConfig,
): readonly string[] {
  return [rmseRule(toleratedRmse(reason, rmseTolerance)), precisionRule(precisionTolerance)];
}

const toleratedRmse = (reason: TrainingReason, tolerance: number): number | null =>
  reason === 'drift' ? tolerance : null;

const rmseRule = (tolerance: number | null): string =>
  tolerance === null ? 'lower than the champion' : `at most ${percent(tolerance)} higher than the champion`;

const precisionRule = (tolerance: number): string => `at most ${tolerance} lower than the champion`;

interface Comparison {
  readonly before: DetailedEvaluation;
  readonly after: DetailedEvaluation;
  readonly holdout: Ratings;
  readonly bootstrap: { readonly confidence: number; readonly resamples: number; readonly seed: number };
}

/** @param tolerance relative growth that is still accepted, or null when RMSE must fall. */
function compareRmse({ before, after, holdout, bootstrap }: Comparison, tolerance: number | null): GateRule {
  const rule = rmseRule(tolerance);
  const { rmse: champion } = before.evaluation;
  const { rmse: challenger } = after.evaluation;
  if (champion === null || challenger === null) {
    return notJudged('rmse', `${rule}; no rating was held out to judge it by`);
  }
  const old = summariseErrors(holdout, before.errors);
  const { counts, squaredErrors } = summariseErrors(holdout, after.errors);
  const differenceIn = (sample: Int32Array): number => {
    let ratings = 0;
    let oldSum = 0;
    let newSum = 0;
    for (const user of sample) {
      ratings += counts[user] as number;
      oldSum += old.squaredErrors[user] as number;
      newSum += squaredErrors[user] as number;
    }
    return Math.sqrt(newSum / ratings) - Math.sqrt(oldSum / ratings);
  };
  const difference = challenger - champion;
  return {
    metric: 'rmse',
    champion,
    challenger,
    difference,
    interval: bootstrapInterval(counts.length, differenceIn, bootstrap),
    rule,
    passed: tolerance === null ? difference < 0 : difference <= tolerance * champion + ROUNDING,
  };
}

/** @param tolerance loss that is still accepted, in points of precision. */
function comparePrecision({ before, after, bootstrap }: Comparison, tolerance: number): GateRule {
  const rule = precisionRule(tolerance);
  const { precisionAt10: champion } = before.evaluation;
  const { precisionAt10: challenger } = after.evaluation;
  if (champion === null || challenger === null) {
    return notJudged('precisionAt10', `${rule}; no user held out a liked movie to judge it by`);
  }
  // The lists of both models answer one task, so they are of the same users in the same order.
  const differences = after.lists.map(
    (list, user) => precisionAt(10, list) - precisionAt(10, before.lists[user] as typeof list),
  );
  const differenceIn = (sample: Int32Array): number =>
    sample.reduce((sum, user) => sum + (differences[user] as number), 0) / sample.length;
  const difference = challenger - champion;
  return {
    metric: 'precisionAt10',
    champion,
    challenger,
    difference,
    interval: bootstrapInterval(differences.length, differenceIn, bootstrap),
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
