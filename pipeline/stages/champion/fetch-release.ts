import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Forge } from '../../forge/forge.ts';
import { tagOf } from '../../lib/model-tag.ts';
import { ATTESTATION_FILE, MODEL_FILE } from '../../model/package.ts';
import { writeFiles } from '../../model/package-folder.ts';
import { fetchReleasedPackage } from './released-package.ts';

/** Paths of a downloaded release. */
export interface FetchedRelease {
  readonly folder: string;
  readonly model: string;
  /** Null when the release has none. */
  readonly attestation: string | null;
}

/**
 * Downloads a released model into a folder. Verifies what the release says of itself before writing anything; the
 * database is compared when it is deployed.
 *
 * @throws OperatorError `forge-missing` or `model-invalid`.
 */
export async function fetchRelease(forge: Forge, version: number, folder: string): Promise<FetchedRelease> {
  const tag = tagOf(version);
  await writeFiles(folder, await fetchReleasedPackage(forge, version));
  const model = join(folder, MODEL_FILE);
  const release = await forge.releases.get(tag);
  if (release?.assets.some(({ name }) => name === ATTESTATION_FILE) !== true) {
    return { folder, model, attestation: null };
  }
  const attestation = join(folder, ATTESTATION_FILE);
  await writeFile(attestation, await forge.releases.download(tag, ATTESTATION_FILE));
  return { folder, model, attestation };
}
