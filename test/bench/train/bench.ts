import type { Compiler } from './compiler.ts';
import type { Print } from './report.ts';

/** What a part of the bench is given. */
export interface Bench {
  readonly print: Print;
  /** Null when the machine has none: references in C are left out. */
  readonly compiler: Compiler | null;
  /** For files that are not needed afterwards. */
  readonly folder: string;
}
