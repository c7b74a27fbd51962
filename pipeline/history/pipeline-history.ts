import type { Finding } from '../drift/findings/finding.ts';
import type { GainMetric, MetricGain } from '../drift/gain.ts';
import type {
  Contributor,
  SampleSize,
  SignalExplanation,
  SignalResult,
  Verdict,
  WindowSize,
} from '../drift/signal.ts';
import type { TrainingReason } from '../lib/training-reason.ts';
import type { Manifest } from '../model/manifest.ts';
import type { BatchFinding, QualityFinding } from '../quality/finding.ts';

/** An instant: ISO 8601, UTC. */
type Instant = string;

/** A metric of champion and challenger on the same ratings, and whether the challenger passed the rule of the gate. */
export interface PastRule {
  readonly metric: 'rmse' | 'ndcgAt10' | 'precisionAt10';
  readonly champion: number | null;
  readonly challenger: number | null;
  /** Challenger minus champion, and its interval. */
  readonly difference: number | null;
  readonly interval: readonly [number, number] | null;
  /** How the two had to compare; null when an earlier release stored an unknown sentence. */
  readonly bar:
    | { readonly kind: 'no-worse' | 'relative' | 'absolute'; readonly tolerance: number }
    | { readonly kind: 'better' }
    | null;
  readonly passed: boolean;
}

/** What the gate decided about a model. */
export interface PastGate {
  readonly at: Instant;
  readonly outcome: 'promote' | 'refuse';
  /** Version of the champion it was compared with. */
  readonly champion: number | null;
  readonly rules: readonly PastRule[];
  /** The held-out ratings that both were scored on. */
  readonly ratings: number;
  readonly users: number;
  /** Of the intervals, 0 to 1. */
  readonly confidence: number;
}

/** A trained model. */
export interface PastModel {
  readonly version: number;
  readonly status: 'challenger' | 'champion' | 'retired' | 'refused';
  readonly promotedAt: Instant | null;
  /** Bytes of all files of its package. */
  readonly bytes: number;
  readonly manifest: Pick<
    Manifest,
    | 'algorithm'
    | 'hyperParameters'
    | 'seed'
    | 'trainedAt'
    | 'fitSeconds'
    | 'reason'
    | 'because'
    | 'parent'
    | 'metrics'
    | 'run'
    | 'refitProblem'
  > & { readonly snapshot: Omit<Manifest['snapshot'], 'quarantines' | 'holdoutShare'> };
  /** Null for a model that was compared with none. */
  readonly gate: PastGate | null;
}

/** A drift check. Users are counted and never named. */
export interface PastCheck {
  readonly checkId: number;
  readonly at: Instant;
  /** The champion at that time. */
  readonly modelVersion: number;
  readonly preset: 'robust' | 'classic';
  readonly verdict: Verdict;
  readonly newestBatchId: number;
  readonly bufferRatings: number;
  readonly signals: readonly SignalResult[];
  readonly windows: readonly WindowSize[];
  readonly reference: SampleSize;
  readonly contributors: readonly Contributor[];
  readonly explanations: readonly SignalExplanation[];
  readonly findings: readonly Finding[];
  readonly quality: readonly BatchFinding[];
  /** Whether a training was due afterwards, and why; null when nothing was decided. */
  readonly decision: { readonly decision: 'retrain' | 'wait'; readonly reasons: readonly string[] } | null;
}

/** How much better a newer model was than an older one on a batch. */
export interface PastGain extends Readonly<Record<GainMetric, MetricGain | null>> {
  readonly kind: 'measured' | 'curve' | 'realised';
  readonly modelVersion: number;
  readonly batchId: number;
}

/** What a training brought, relative in RMSE, and what was expected of it. */
export interface PastTraining {
  readonly modelVersion: number;
  readonly parent: number;
  readonly reason: TrainingReason;
  readonly batchId: number;
  readonly expected: number | null;
  readonly realised: MetricGain | null;
}

/** An ingested batch: read = new + updated + unchanged + rejected. */
export interface PastBatch {
  readonly batchId: number;
  readonly source: string;
  readonly role: 'train' | 'holdout' | 'buffer' | 'baseline';
  readonly read: number;
  readonly new: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly at: Instant;
  readonly durationMs: number;
  readonly quarantined: boolean;
  readonly quality: readonly QualityFinding[];
}

/** A time in which a model served. */
export interface Reign {
  readonly version: number;
  readonly from: Instant;
  /** Null while it serves. */
  readonly until: Instant | null;
}

/** A drift alert. It is open until a new model answers it or a person acknowledges it. */
export interface PastAlert {
  readonly checkId: number;
  readonly modelVersion: number;
  readonly at: Instant;
  readonly acknowledgedAt: Instant | null;
  readonly acknowledgedByVersion: number | null;
}

/** What the database knows. All lists are oldest first. */
export interface StoredHistory {
  /** When it was read. */
  readonly at: Instant;
  readonly models: readonly PastModel[];
  readonly checks: readonly PastCheck[];
  readonly gains: readonly PastGain[];
  readonly trainings: readonly PastTraining[];
  readonly batches: readonly PastBatch[];
  readonly alerts: readonly PastAlert[];
  readonly mutedUntil: Instant | null;
  /** Bytes of the database and of its largest tables, and what it may take; no limit is null. */
  readonly size: {
    readonly bytes: number;
    readonly limitBytes: number | null;
    readonly tables: readonly { readonly name: string; readonly bytes: number }[];
    readonly ratings: { readonly plain: number; readonly packed: number };
  };
}

/** What only a run of the pipeline knows: settings, issues and deployments. */
export interface PipelineFacts {
  readonly dataset: string;
  /** `https://github.com/octo/films`; null on one machine. */
  readonly repository: string | null;
  /** The smallest gain in RMSE that is worth a training, relative. */
  readonly minGain: number;
  /** So many new ratings are needed for a training on their account; null without a champion. */
  readonly neededRatings: number | null;
  /** Confidence of the intervals of a `robust` check, 0 to 1. */
  readonly confidence: number;
  /** `store.limitMegabytes`; null for that of the hosting plan. */
  readonly limitMegabytes: number | null;
  /** The open drift issue. Its location may be a path. */
  readonly issue: {
    readonly number: number;
    readonly title: string;
    readonly location: string;
    readonly stage: string;
  } | null;
  /** Which version began to serve when, oldest first. */
  readonly deployments: readonly { readonly version: number; readonly at: Instant }[];
}

/** Everything that the page shows. */
export interface PipelineHistory extends StoredHistory {
  readonly schema: 1;
  readonly facts: PipelineFacts;
}

/** How much of a long history is kept: the newest of each. A year of daily checks, and more batches than a year has weeks. */
export const HISTORY_LIMITS = { checks: 370, models: 500, batches: 120, gains: 400, alerts: 200 } as const;

export const encodeHistory = (history: PipelineHistory): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(history));

/**
 * The history of a bundle. The bundle has proven the digest of the file, so only its form is checked.
 *
 * @throws Error when it is not a history of this version.
 */
export function decodeHistory(bytes: Uint8Array): PipelineHistory {
  const history = JSON.parse(new TextDecoder().decode(bytes)) as PipelineHistory;
  if (history.schema !== 1) throw new Error(`schema ${String(history.schema)} is unknown`);
  return history;
}
