import type { Config } from '../config.ts';
import type { Forge } from '../forge/forge.ts';
import type { OnProgress } from '../lib/progress.ts';
import type { Stopwatch } from '../lib/stopwatch.ts';
import type { Announcement, ModelMirror } from '../mirrors/mirrors.ts';
import type { Store } from '../store/store.ts';

/** The workflow run that does the work of a stage. */
export interface PipelineRun {
  /** 40 hex digits. */
  readonly commit: string;
  /** `https://github.com/OWNER/REPOSITORY/actions/runs/812` */
  readonly url: string;
}

/**
 * Everything a stage works with. An entry point creates it; stages do not know which store or forge it is.
 */
export interface Pipeline {
  readonly config: Config;
  readonly store: Store;
  readonly forge: Forge;
  /** Folder for trained models that are not released yet. */
  readonly modelDirectory: string;
  /** Returns the current time. A stage calls it once. */
  readonly clock: () => Date;
  readonly stopwatch: Stopwatch;
  readonly onProgress: OnProgress;
  /** The workflow run that does the work, for release notes and issues; absent on one machine. */
  readonly run?: PipelineRun | undefined;
  /** Announces a change of severity or stage of a drift episode outside the forge. Never throws. */
  readonly announce?: ((announcement: Announcement) => Promise<void>) | undefined;
  /** Receives trainings and promotions. Never throws. */
  readonly mirror?: ModelMirror | undefined;
}
