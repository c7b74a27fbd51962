/**
 * The progress of a long task. Pure code reports these values; only an entry point prints them.
 */
export interface Progress {
  /** The current stage in a few words: `reading ratings`. */
  readonly stage: string;
  /** Units finished so far. */
  readonly done: number;
  /** Units in total; null while this is unknown. */
  readonly total: number | null;
  /** The unit: `ratings`, `bytes`, `sweeps`. */
  readonly unit: string;
}

export type OnProgress = (progress: Progress) => void;
