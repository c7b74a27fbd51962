import { STRATEGIES, type Strategy } from '../model/model.ts';
import type { GateBar } from './gate-bar.ts';
import type { ComparedMetric, MetricName } from './metric-names.ts';

/** The metrics that models are compared by. One is null when nothing in the data defines it. */
export interface ComparedMetrics extends Readonly<Record<ComparedMetric, number | null>> {
  /** Held-out ratings that were predicted. */
  readonly ratings: number;
  /** Users with at least one relevant held-out rating, over whom ranking metrics are averaged. */
  readonly rankedUsers: number;
}

/** Every metric there is, for all users or for some. */
export interface SegmentMetrics extends ComparedMetrics, Readonly<Record<MetricName, number | null>> {
  /** Predictions that carried a deviation, over which the metrics of certainty are computed. */
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
