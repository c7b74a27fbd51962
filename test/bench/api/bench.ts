import type { Print } from '../train/report.ts';

/** What a part of the bench is given. */
export interface Bench {
  readonly print: Print;
  /** A bundle to serve: see `large-serving.ts`. */
  readonly bundle: string;
  /** For files that are not needed afterwards. */
  readonly folder: string;
}
