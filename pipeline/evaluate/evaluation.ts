import { STRATEGIES, type Strategy } from '../model/model.ts';
import type { GateBar } from './gate-bar.ts';

/**
 * Accuracy of predicted ratings and quality of top-10 lists. A metric is null when nothing in the data
 * defines it, for instance Precision@10 where no held-out rating is relevant.
 */
export interface Metrics {
  /** Root mean squared error, stars. */
  readonly rmse: number | null;
  /** Mean absolute error, stars. */
  readonly mae: number | null;
  /** Mean over ranked users, 0 to 1. */
  readonly precisionAt10: number | null;
  readonly recallAt10: number | null;
  readonly ndcgAt10: number | null;
  /** Share of the candidate movies that appear in at least one top-10 list, 0 to 1. */
  readonly coverage: number | null;
  /** Held-out ratings that were predicted. */
  readonly ratings: number;
  /** Users with at least one relevant held-out rating, over whom ranking metrics are averaged. */
  readonly rankedUsers: number;
}

/** The metrics that say how good a model is, in the order they are shown. */
export const METRIC_NAMES = [
  'rmse',
  'mae',
  'precisionAt10',
  'recallAt10',
  'ndcgAt10',
  'coverage',
] as const satisfies readonly (keyof Metrics)[];
export type MetricName = (typeof METRIC_NAMES)[number];

/** Whether a metric is an error, of which less is better. */
export const lowerIsBetter = (metric: MetricName): boolean => metric === 'rmse' || metric === 'mae';

/**
 * What is reported of a model beside the metrics it is compared by: what its lists are like, and whether it
 * knows how sure it can be.
 */
export interface SegmentMetrics extends Metrics {
  /** Mean self-information of recommended movies, bits. */
  readonly novelty: number | null;
  /** Mean popularity of recommended movies against what the same users had rated, as a relative change. */
  readonly popularityLift: number | null;
  /** Share of held-out ratings inside the 80% interval of their prediction, 0 to 1. */
  readonly calibration: number | null;
  /** Mean predictive standard deviation, stars. */
  readonly meanDeviation: number | null;
  /** Predictions that carried a deviation, over which the two before are computed. */
  readonly intervals: number;
}

export interface Evaluation extends SegmentMetrics {
  /** Users the training data knows. */
  readonly warm: SegmentMetrics;
  /** Users it does not. */
  readonly cold: SegmentMetrics;
  /** How many held-out ratings each strategy predicted. */
  readonly strategies: Readonly<Record<Strategy, number>>;
}

/** Counts for every strategy there is; one that is not among them predicted nothing. */
export function countByStrategy(
  counts: Readonly<Partial<Record<Strategy, number>>>,
): Evaluation['strategies'] {
  return Object.fromEntries(STRATEGIES.map((name) => [name, counts[name] ?? 0])) as Record<Strategy, number>;
}

/** A simple algorithm that learned from the same ratings and was measured on the same holdout. */
export interface BaselineEvaluation {
  readonly algorithm: string;
  readonly evaluation: Evaluation;
}

/** One line of the gate: a metric of both models on the same ratings, and whether it passed. */
export interface GateRule {
  readonly metric: 'rmse' | 'precisionAt10';
  readonly champion: number | null;
  readonly challenger: number | null;
  /** Challenger minus champion. */
  readonly difference: number | null;
  /** Paired bootstrap interval of the difference. */
  readonly interval: readonly [number, number] | null;
  /** How the two must compare; null where an earlier release stored a sentence that is not known. */
  readonly bar: GateBar | null;
  readonly passed: boolean;
}

export type TrainingReason = 'first-model' | 'drift' | 'manual';

export interface GateDecision {
  readonly outcome: 'promote' | 'refuse';
  readonly reason: TrainingReason;
  readonly rules: readonly GateRule[];
  readonly champion: Evaluation;
  readonly challenger: Evaluation;
  /** What both were scored on: ratings neither was trained on. Seconds since 1970. */
  readonly holdout: {
    readonly ratings: number;
    readonly users: number;
    readonly from: number;
    readonly to: number;
  };
  readonly confidence: number;
  readonly resamples: number;
  readonly seed: number;
}
