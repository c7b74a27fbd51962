import type { GateConfig } from '../config.ts';
import type { Model } from '../model/model.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { countRatings, timeRange } from '../ratings/snapshot.ts';
import { evaluateInDetail } from './evaluate.ts';
import type { GateDecision, GateRule } from './evaluation.ts';
import { barsOf, GATE_METRICS, type GateBar, type GateBars, type TrainingReason } from './gate-bar.ts';
import { lowerIsBetter } from './metric-names.ts';
import { type PairedResults, pairedDifference } from './paired-difference.ts';
import { type RankingTask, rankingTask } from './ranking.ts';

/** Tolerance for floating-point rounding in comparisons with a bar. */
const ROUNDING = 1e-12;

export interface GateInput {
  readonly champion: Model;
  readonly challenger: Model;
  /** All ratings before the holdout. They are excluded from the ranking candidates of their users. */
  readonly seen: Ratings;
  /** The newest ratings. Neither model was trained on them. */
  readonly holdout: Ratings;
  /** `rankingTask(seen, holdout)`, if it was computed before. */
  readonly task?: RankingTask;
  readonly reason: TrainingReason;
  /** Seed of the bootstrap. */
  readonly seed: number;
}

/**
 * Decides whether a challenger replaces the champion. Both models predict the same held-out ratings and rank the same
 * candidates for the same users. `decideGate` compares the results.
 */
export function runGate(input: GateInput, config: GateConfig): GateDecision {
  const { champion, challenger, seen, holdout, reason, seed } = input;
  const data = { train: seen, test: holdout, task: input.task ?? rankingTask(seen, holdout) };
  const before = evaluateInDetail(champion, data);
  const after = evaluateInDetail(challenger, data);
  const { confidence, resamples } = config;
  const { ratings, users } = countRatings(holdout);
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
    holdout: { ratings, users, ...timeRange(holdout) },
    confidence,
    resamples,
    seed,
  };
}

/**
 * Applies the gate rules to the results of two models on the same held-out ratings. Both rules must pass. The paired
 * bootstrap intervals over users are information for readers; the rules use the differences only. A rule does not pass
 * when its metric is undefined on the holdout.
 */
export function decideGate(
  pair: PairedResults,
  bars: GateBars,
): { readonly outcome: GateDecision['outcome']; readonly rules: readonly GateRule[] } {
  const rules = GATE_METRICS.map((metric) => applyRule(metric, bars[metric], pair));
  return { outcome: rules.every(({ passed }) => passed) ? 'promote' : 'refuse', rules };
}

function applyRule(metric: GateRule['metric'], bar: GateBar, pair: PairedResults): GateRule {
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
