/**
 * How far a long piece of work has come. Pure code reports values; only an entry point turns them
 * into a live line, a log line or nothing.
 */
export interface Progress {
  /** What is being done, in a few words: `reading ratings`. Unchanged for the length of one stage. */
  readonly stage: string;
  /** Units finished so far. */
  readonly done: number;
  /** Units in all, or null while that is not known. */
  readonly total: number | null;
  /** What is counted: `ratings`, `bytes`, `sweeps`. */
  readonly unit: string;
}

export type OnProgress = (progress: Progress) => void;
