import type { Evaluation, GateDecision } from '../evaluate/evaluation.ts';
import type { Manifest } from '../model/manifest.ts';

/** A change of severity or stage of a drift episode, for people who do not watch the issue. */
export interface Announcement {
  /** The title, plain text. */
  readonly title: string;
  /** What changed, one sentence of plain text. */
  readonly text: string;
  /** Where to read on. */
  readonly url: string;
}

/** A training that has been judged. */
export interface MirroredRun {
  readonly manifest: Manifest;
  readonly evaluation: Evaluation;
  readonly gate: GateDecision | null;
  /** Where the model's file is or will be: the release's address. */
  readonly source: string;
  /** The workflow run, where there is one. */
  readonly runUrl: string | null;
}

/** Another registry that is kept in step. It decides nothing, and its failure is a warning. */
export interface ModelMirror {
  /** Repeating it for the same model version changes nothing. */
  recordRun(run: MirroredRun): Promise<void>;
  /** Points the alias `champion` at the version. */
  promote(version: number): Promise<void>;
}
