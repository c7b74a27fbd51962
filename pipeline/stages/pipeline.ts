import type { Config } from '../config.ts';
import type { Forge } from '../forge/forge.ts';
import type { OnProgress } from '../lib/progress.ts';
import type { Announcement, ModelMirror } from '../mirrors/mirrors.ts';
import type { Store } from '../store/store.ts';

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
  /** The workflow run that does the work, for release notes and issues; absent on one machine. */
  readonly run?: { readonly commit: string; readonly url: string } | undefined;
  /** Tells people elsewhere that severity or stage of a drift episode has changed. Never throws. */
  readonly announce?: ((announcement: Announcement) => Promise<void>) | undefined;
  /** Is told of trainings and promotions. Never throws. */
  readonly mirror?: ModelMirror | undefined;
}
