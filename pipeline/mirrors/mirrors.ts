import type { Evaluation, GateDecision } from '../evaluate/evaluation.ts';
import type { Manifest } from '../model/manifest.ts';

/** A notification about a change in a drift episode. */
export interface Announcement {
  /** The title, plain text. */
  readonly title: string;
  /** What changed, one sentence of plain text. */
  readonly text: string;
  /** URL with details. */
  readonly url: string;
}

/** A training with its evaluation and gate decision. */
export interface MirroredRun {
  readonly manifest: Manifest;
  readonly evaluation: Evaluation;
  readonly gate: GateDecision | null;
  /** URL of the release with the model file. */
  readonly source: string;
  /** URL of the workflow run, or null. */
  readonly runUrl: string | null;
}

/** Another model registry that gets a copy. It decides nothing, and its failure is only a warning. */
export interface ModelMirror {
  /** Idempotent for each model version. */
  recordRun(run: MirroredRun): Promise<void>;
  /** Points the alias `champion` at the version. */
  promote(version: number): Promise<void>;
}
