import type { Config } from '../config.ts';
import type { Forge } from '../forge/forge.ts';
import type { OnProgress } from '../lib/progress.ts';
import type { Store } from '../store/connect.ts';

/**
 * Everything a stage works with, handed in by an entry point: the flows join stages to it and know
 * neither where it came from nor which home of the store or the forge it is.
 */
export interface Pipeline {
  readonly config: Config;
  readonly store: Store;
  readonly forge: Forge;
  /** Folder for trained models that are not released yet. */
  readonly modelDirectory: string;
  /** The present. A stage asks once and uses one instant throughout. */
  readonly clock: () => Date;
  readonly onProgress: OnProgress;
}
