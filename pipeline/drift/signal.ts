import type { BatchFinding } from '../quality/finding.ts';
import type { Explanation } from './explain/explanation.ts';
import type { Finding } from './findings/finding.ts';
import type { SignalName } from './signals/list.ts';

/** `insufficient` means that there is too little data to decide, which differs from `ok`. */
export type Verdict = 'ok' | 'watch' | 'drift' | 'insufficient';

/** The newest batch, or all ratings since the champion's training data. */
export type WindowName = 'newest' | 'buffer';

/** One signal measured on one window. A number is null when it could not be computed. */
export interface SignalResult {
  readonly name: SignalName;
  readonly window: WindowName;
  /** The statistic on the window, in the signal's own unit. */
  readonly value: number | null;
  /** The same statistic on the data the champion was trained on, or in past windows of it. */
  readonly reference: number | null;
  /** The number that is compared with the threshold. The file of the signal has its formula. */
  readonly effect: number | null;
  /** Confidence interval of the effect. */
  readonly interval: readonly [number, number] | null;
  /** Null when the preset has no threshold: the signal is reported and never raises an alert. */
  readonly threshold: number | null;
  readonly verdict: Verdict;
  /** Two-sided p-value of "no effect" before correction; null under `classic`. */
  readonly pValue: number | null;
  /** The reason of the verdict, in one sentence. */
  readonly note: string;
  /**
   * Of the window with all batches since the training; null for the newest of several batches, under `classic`, and where
   * the effect has no uncertainty.
   */
  readonly evidence: DriftEvidence | null;
  /** Of an error of the champion; null for other signals, and where no baseline was measured. */
  readonly paired: PairedResult | null;
}

/** The change of an error beyond that of the bias baseline on the same ratings. It decides nothing. */
export interface PairedResult {
  /** Error of the champion minus error of the baseline on the window, stars. */
  readonly value: number;
  /** The same on the holdout of the champion. */
  readonly reference: number;
  /** Value minus reference, relative to the error of the champion on its holdout. */
  readonly effect: number;
  readonly interval: readonly [number, number] | null;
}

/** The evidence for a change in all batches since the training of the champion. */
export interface DriftEvidence {
  /** How many times more likely the batches are under a change than under none; at most 10⁹. */
  readonly value: number;
  /** At least so much evidence is drift. */
  readonly bar: number;
  /** Number of batches that it comes from. */
  readonly batches: number;
}

/** A part of the data that contributes to a drift, largest first in a list. */
export interface Contributor {
  readonly kind: 'genre' | 'movie' | 'user-group';
  /** Genre name, movie id as text, or `returning users` / `new users`. */
  readonly label: string;
  /** Share of ratings in the reference and in the window, 0 to 1. */
  readonly referenceShare: number;
  readonly windowShare: number;
  /** Mean rating in the window in stars; null when it is unknown for this part. */
  readonly windowMean: number | null;
}

/** The size of a set of ratings. */
export interface SampleSize {
  readonly ratings: number;
  readonly users: number;
  readonly movies: number;
  /** Ratings of 0.5 to 5★, ten counts. Absent in checks of earlier releases. */
  readonly levels?: readonly number[];
}

export interface WindowSize extends SampleSize {
  readonly name: WindowName;
}

/** Where the effect of a signal on a window comes from. */
export interface SignalExplanation extends Explanation {
  readonly signal: SignalName;
  readonly window: WindowName;
}

/** The result of one drift check. */
export interface DriftCheck {
  readonly preset: 'robust' | 'classic';
  /**
   * The worst verdict of the signals with a threshold; `insufficient` only when none could be judged. A batch with a
   * severe finding is never `ok`, but `watch`.
   */
  readonly verdict: Verdict;
  readonly signals: readonly SignalResult[];
  readonly windows: readonly WindowSize[];
  readonly reference: SampleSize;
  readonly contributors: readonly Contributor[];
  /** What is wrong with the compared batches apart from drift, the newest batch first. */
  readonly quality: readonly BatchFinding[];
  /** Where the effects at `watch` or `drift` come from. Empty in checks of earlier releases. */
  readonly explanations: readonly SignalExplanation[];
  /** What was recognised in the newest batch by name: each makes the verdict `drift`. Empty in checks of earlier releases. */
  readonly findings: readonly Finding[];
}
