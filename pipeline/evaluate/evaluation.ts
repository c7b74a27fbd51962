import type { TrainingReason } from '../lib/training-reason.ts';
import { STRATEGIES, type Strategy } from '../model/model.ts';
import type { RatingCounts, TimeRange } from '../ratings/snapshot.ts';
import type { GateBar, RULED_METRICS } from './gate-bar.ts';
import type { ComparedMetric, ListMetric, MetricName } from './metric-names.ts';
import type { PrequentialEvaluation } from './prequential-metrics.ts';

/** The metrics that models are compared by. A metric is null when the data does not define it. */
export interface ComparedMetrics extends Readonly<Record<ComparedMetric, number | null>> {
  /** Number of held-out ratings. */
  readonly ratings: number;
  /** Number of ranked users, each with a relevant held-out rating. Ranking metrics are means over them. */
  readonly rankedUsers: number;
}

/** The key of the margin of a ranking metric. */
export const marginOf = <N extends ListMetric>(name: N): `${N}Margin` => `${name}Margin`;

/**
 * How far ranking metrics may be from those over all users, when only a random sample was ranked: half the width of
 * their 95% intervals. Null when every user was ranked.
 */
type RankingMargins = Readonly<Record<`${ListMetric}Margin`, number | null>>;

/** All metrics, for all users or some. */
export interface SegmentMetrics
  extends ComparedMetrics,
    RankingMargins,
    Readonly<Record<MetricName, number | null>> {
  /** Number of users with a relevant held-out rating, when only a sample of them was ranked; null otherwise. */
  readonly rankable: number | null;
  /** Number of predictions with a deviation. The uncertainty metrics are computed over them. */
  readonly intervals: number;
}

export interface Evaluation extends SegmentMetrics {
  /** Users in the training data. */
  readonly warm: SegmentMetrics;
  /** Other users. */
  readonly cold: SegmentMetrics;
  /** Number of held-out ratings that each strategy predicted. */
  readonly strategies: Readonly<Record<Strategy, number>>;
  /** The ratings in the order of time. Earlier releases stored none, and not every evaluation measures it. */
  readonly prequential?: PrequentialEvaluation | undefined;
}

/** Completes counts by strategy; a missing count is 0. */
export function countByStrategy(
  counts: Readonly<Partial<Record<Strategy, number>>>,
): Evaluation['strategies'] {
  return Object.fromEntries(STRATEGIES.map((name) => [name, counts[name] ?? 0])) as Record<Strategy, number>;
}

/** The evaluation of a simple algorithm that was trained and evaluated on the same ratings. */
export interface BaselineEvaluation {
  readonly algorithm: string;
  readonly evaluation: Evaluation;
}

/** The result of one gate rule: a metric of both models on the same ratings, and whether it passed. */
export interface GateRule {
  readonly metric: (typeof RULED_METRICS)[number];
  readonly champion: number | null;
  readonly challenger: number | null;
  /** Challenger minus champion. */
  readonly difference: number | null;
  /** Paired bootstrap interval of the difference. */
  readonly interval: readonly [number, number] | null;
  /** How the two must compare; null when an earlier release stored an unknown sentence. */
  readonly bar: GateBar | null;
  readonly passed: boolean;
}

/** Whether the two models of a gate know a user: both were trained on ratings of the user, one of them, or neither. */
export const GATE_SEGMENTS = ['both', 'one', 'neither'] as const;

/** RMSE of both models on the held-out ratings of the same users, as the rules compare it. */
export interface GateSegment {
  readonly knownTo: (typeof GATE_SEGMENTS)[number];
  readonly users: number;
  readonly ratings: number;
  readonly championRmse: number;
  readonly challengerRmse: number;
}

/** The metrics that the gate compared. */
export function gateMetrics({ served, champion, challenger }: GateDecision) {
  return served ?? { champion, challenger };
}

export interface GateDecision {
  readonly outcome: 'promote' | 'refuse';
  readonly reason: TrainingReason;
  readonly rules: readonly GateRule[];
  /** Each model alone. */
  readonly champion: Evaluation;
  readonly challenger: Evaluation;
  /**
   * What the rules compare: users whom one of the models or both do not know are predicted from all that they had told
   * before. Earlier releases stored none, and compared the models alone.
   */
  readonly served?: { readonly champion: ComparedMetrics; readonly challenger: ComparedMetrics } | undefined;
  /** Every held-out rating is in one segment; segments without ratings are left out. Earlier releases stored none. */
  readonly segments?: readonly GateSegment[] | undefined;
  /** The evaluation data: ratings that neither model was trained on. Times in seconds since 1970. */
  readonly holdout: Omit<RatingCounts, 'movies'> & TimeRange;
  readonly confidence: number;
  readonly resamples: number;
  readonly seed: number;
}
