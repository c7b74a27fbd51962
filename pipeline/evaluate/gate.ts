import type { GateConfig } from '../config.ts';
import type { TrainingReason } from '../lib/training-reason.ts';
import type { Model } from '../model/model.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { countRatings, timeRange } from '../ratings/snapshot.ts';
import { vocabularyOf, vocabularyOfSorted } from '../ratings/vocabulary.ts';
import { evaluateInDetail } from './evaluate.ts';
import type { GateDecision, GateRule, GateSegment } from './evaluation.ts';
import { barsOf, type GateBar, type GateBars, RULED_METRICS } from './gate-bar.ts';
import { lowerIsBetter } from './metric-names.ts';
import { type PairedResults, pairedDifference } from './paired-difference.ts';
import { type RankingTask, rankingTask } from './ranking.ts';
import { resultsAsTold } from './results-as-told.ts';

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
 *
 * Users whom one of the models or both do not know are served as by the API, for both models alike: from all that they
 * had told before (`resultsAsTold`). Otherwise a champion would be judged by the mean of a movie where it can know better.
 */
export function runGate(input: GateInput, config: GateConfig): GateDecision {
  const { champion, challenger, seen, holdout, reason, seed } = input;
  const data = { train: seen, test: holdout, task: input.task ?? rankingTask(seen, holdout) };
  const before = evaluateInDetail(champion, data);
  const after = evaluateInDetail(challenger, data);
  const { confidence, resamples } = config;
  const { ratings, users } = countRatings(holdout);
  const everyone = vocabularyOf(holdout.userIds);
  const newUsers = vocabularyOfSorted(everyone.ids.filter((id) => modelsThatKnow(input, id) < 2));
  const served = {
    before: resultsAsTold(champion, before, data, newUsers),
    after: resultsAsTold(challenger, after, data, newUsers),
  };
  const { outcome, rules } = decideGate(
    { ...served, userIds: holdout.userIds, bootstrap: { confidence, resamples, seed } },
    barsOf(config),
  );
  return {
    outcome,
    reason,
    rules,
    champion: before.evaluation,
    challenger: after.evaluation,
    served: { champion: served.before.evaluation, challenger: served.after.evaluation },
    segments: segmentsOf(input, served.before.errors, served.after.errors),
    holdout: { ratings, users, ...timeRange(holdout) },
    confidence,
    resamples,
    seed,
  };
}

/**
 * Applies the gate rules to the results of two models on the same held-out ratings. Every rule must pass. The intervals
 * are paired bootstrap intervals over users. A rule does not pass when its metric is undefined on the holdout.
 */
export function decideGate(
  pair: PairedResults,
  bars: GateBars,
): { readonly outcome: GateDecision['outcome']; readonly rules: readonly GateRule[] } {
  const rules = RULED_METRICS.flatMap((metric) => {
    const bar = bars[metric];
    return bar === undefined ? [] : [applyRule(metric, bar, pair)];
  });
  return { outcome: rules.every(({ passed }) => passed) ? 'promote' : 'refuse', rules };
}

function applyRule(metric: GateRule['metric'], bar: GateBar, pair: PairedResults): GateRule {
  const { before, after, difference, interval } = pairedDifference(metric, pair);
  if (before === null || after === null || difference === null) {
    const nothing = { champion: null, challenger: null, difference: null, interval: null };
    return { metric, ...nothing, bar, passed: false };
  }
  const lowest = interval === null ? null : lowerIsBetter(metric) ? interval[0] : -interval[1];
  const loss = lowerIsBetter(metric) ? difference : -difference;
  const passed = passes(bar, { loss, surelyWorse: lowest !== null && lowest > 0, of: before });
  return { metric, champion: before, challenger: after, difference, interval, bar, passed };
}

/**
 * @param result.loss how much worse the challenger is; negative when it is better.
 * @param result.surelyWorse whether the interval of the loss is above 0.
 * @param result.of the champion's value.
 */
function passes(
  bar: GateBar,
  { loss, surelyWorse, of }: { readonly loss: number; readonly surelyWorse: boolean; readonly of: number },
): boolean {
  switch (bar.kind) {
    case 'no-worse':
      return loss <= bar.tolerance * (surelyWorse ? 1 : 2) * of + ROUNDING;
    case 'better':
      return loss < 0;
    case 'relative':
      return loss <= bar.tolerance * of + ROUNDING;
    case 'absolute':
      return loss <= bar.tolerance + ROUNDING;
  }
}

function modelsThatKnow({ champion, challenger }: GateInput, userId: number): number {
  return Number(champion.users.rowOf(userId) >= 0) + Number(challenger.users.rowOf(userId) >= 0);
}

/** The RMSE of both models by whether they know the user. */
function segmentsOf(input: GateInput, before: Float64Array, after: Float64Array): readonly GateSegment[] {
  const { holdout } = input;
  const knowing = holdout.userIds.map((id) => modelsThatKnow(input, id));
  return (
    [
      ['both', 2],
      ['one', 1],
      ['neither', 0],
    ] as const
  ).flatMap(([knownTo, models]) => {
    let [ratings, championSquares, challengerSquares] = [0, 0, 0];
    const userIds = new Int32Array(holdout.length);
    before.forEach((error, row) => {
      if (knowing[row] !== models) return;
      userIds[ratings++] = holdout.userIds[row] as number;
      championSquares += error ** 2;
      challengerSquares += (after[row] as number) ** 2;
    });
    if (ratings === 0) return [];
    return [
      {
        knownTo,
        users: vocabularyOf(userIds.subarray(0, ratings)).size,
        ratings,
        championRmse: Math.sqrt(championSquares / ratings),
        challengerRmse: Math.sqrt(challengerSquares / ratings),
      },
    ];
  });
}
