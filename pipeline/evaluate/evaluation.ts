import type { Strategy } from '../model/model.ts';

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

export interface Evaluation extends Metrics {
  /** Users the training data knows. */
  readonly warm: Metrics;
  /** Users it does not. */
  readonly cold: Metrics;
  /** How many held-out ratings each strategy predicted. */
  readonly strategies: Readonly<Record<Strategy, number>>;
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
  /** The rule in words, with its tolerance. */
  readonly rule: string;
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
