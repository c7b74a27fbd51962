import type { Compiler } from './compiler.ts';
import type { Print } from './report.ts';

/** The input of a part of the bench. */
export interface Bench {
  readonly print: Print;
  /** Null when the machine has no C compiler: references in C are left out. */
  readonly compiler: Compiler | null;
  /** Folder for temporary files. */
  readonly folder: string;
}
