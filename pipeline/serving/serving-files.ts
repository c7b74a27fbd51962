import type { Manifest } from '../model/manifest.ts';

/** The file that lists all others of a bundle. */
export const BUNDLE_FILE = 'bundle.json';

/** Everything the API answers from, as files: a released model and what was known when it was deployed. */
export interface ServingFiles {
  /** Of the released model. */
  readonly manifest: Manifest;
  /** By name, `bundle.json` among them. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}
