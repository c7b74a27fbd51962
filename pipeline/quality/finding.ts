import type { RatingSummary } from '../ratings/summary.ts';
import type { RatingValues } from '../ratings/suspicions.ts';

/**
 * Every kind of finding with its label. The key is the name in JSON, in the database, on the terminal and in summaries,
 * so it never changes.
 */
export const QUALITY_KINDS = {
  'rating-scale': 'Scale of the ratings',
  'rating-step': 'Steps of the ratings',
  'rejected-rows': 'Rejected rows',
  'known-rows': 'Rows of earlier batches',
  'largest-user': 'Largest user',
  'future-times': 'Times in the future',
  'early-times': 'Times before the training data',
  'equal-times': 'Equal times',
  'batch-order': 'Order of batches',
} as const;

export type QualityKind = keyof typeof QUALITY_KINDS;

/**
 * `info` is worth knowing. `warning` can spoil what is learned from the batch. `severe` means that the values are
 * not what they say: such a batch is stopped, or marked and never `ok`.
 */
export type QualitySeverity = 'info' | 'warning' | 'severe';

/** What is wrong with a batch, apart from drift. */
export interface QualityFinding {
  readonly kind: QualityKind;
  readonly severity: QualitySeverity;
  /** What the batch has: `0.5 to 2.5★; 0 of 120 users rate above 2.5★`. */
  readonly seen: string;
  /** What earlier ratings let expect. */
  readonly expected: string;
  /** What to do, as a sentence. */
  readonly remedy: string;
  /** The user whom it names, as the ratings call them. Absent where it names nobody, and in findings of earlier releases. */
  readonly user?: string;
}

/** The text of a finding of earlier releases that names a user, which has no field for it. */
const NAMING = /^user (.+?)(?:, who is new,)? gives /;

/** The user whom a finding names; null for one that names nobody. */
export function userIn({ kind, seen, user }: Pick<QualityFinding, 'kind' | 'seen' | 'user'>): string | null {
  return user ?? (kind === 'largest-user' ? (NAMING.exec(seen)?.[1] ?? null) : null);
}

/**
 * A finding without the name of its user; one that names nobody is returned as it is.
 *
 * @param instead.called what stands for the user: `a user`. @param instead.remedy what to do, without the name.
 */
export function withoutUser<F extends QualityFinding>(
  finding: F,
  { called, remedy }: { readonly called: string; readonly remedy: string },
): F {
  const named = userIn(finding);
  if (named === null) return finding;
  const { user: _, ...rest } = finding;
  return { ...rest, seen: `${called}${finding.seen.slice(`user ${named}`.length)}`, remedy } as F;
}

/** Whether a finding means that the values are not what they say. */
export const isSevere = ({ severity }: Pick<QualityFinding, 'severity'>): boolean => severity === 'severe';

/** `rating-step: whole stars: 0 of 66 users give half stars; expected: about 24 users, as in training` */
export const qualityText = ({ kind, seen, expected }: QualityFinding): string =>
  `${kind}: ${seen}; expected: ${expected}`;

/** A finding with the batch in the ledger that has it. */
export interface BatchFinding extends QualityFinding {
  readonly batch: number;
}

/** The ratings that a batch is held against: those that the champion was trained on. */
export interface TrainingProfile {
  readonly summary: RatingSummary;
  /** Rows of these batches, and how many of them were rejected or known before. */
  readonly read: number;
  readonly rejected: number;
  readonly unchanged: number;
  /** Times of the oldest and the newest of these ratings, seconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Time of the newest rating of any earlier batch, and what this batch is called: `batch 7`. */
  readonly newest: { readonly ratedAt: number; readonly name: string };
}

/** What a batch is judged by, before anything of it is stored. */
export interface BatchProfile {
  /** Rows of the source, and how many of them cannot be used. */
  readonly rows: number;
  readonly damaged: number;
  readonly values: RatingValues;
  /** The usable ratings. */
  readonly summary: RatingSummary;
  /** Times of the oldest and the newest usable rating; null without one. */
  readonly from: number | null;
  readonly to: number | null;
  readonly times: TimeCounts;
  /** What a user is called: the id. */
  readonly userName: (userId: number) => string;
}

/** Counts of times. */
export interface TimeCounts {
  /** Rows with a time after now, and how many of them are milliseconds. */
  readonly future: number;
  readonly milliseconds: number;
  /** Usable ratings before the training data by more than its margin; 0 without training data. */
  readonly early: number;
  /** The second that more than half of the usable ratings share, the number of these ratings and of their users. */
  readonly shared: { readonly time: number; readonly ratings: number; readonly users: number } | null;
}

export interface QualitySettings {
  /** The probability that an ordinary batch has a finding about its scale or its steps. */
  readonly errorRate: number;
  /** A larger share of a batch by one user is a finding. */
  readonly maxUserShare: number;
}
