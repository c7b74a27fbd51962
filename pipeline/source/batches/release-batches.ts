import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../lib/digest.ts';
import { OperatorError } from '../../lib/errors.ts';
import { versionOf } from '../../lib/model-tag.ts';
import { isLinksName, isMoviesName, isRatingsName } from '../source-names.ts';
import { type AvailableBatch, type BatchList, byName, type KnownBatches } from './batch-list.ts';

interface ReleasedFile {
  readonly name: string;
  readonly sha256: string;
}

interface DataRelease {
  readonly tag: string;
  readonly state: 'draft' | 'prerelease' | 'released';
  readonly assets: readonly ReleasedFile[];
}

/** The part of `Releases` that is used here. */
interface ReleaseReader {
  list(): Promise<readonly DataRelease[]>;
  download(tag: string, name: string): Promise<Uint8Array>;
}

/**
 * Lists the batches among the assets of published releases whose tag begins with `prefix`, sorted by tag, then by
 * name. The files of movies and of links of the same release belong to each of its batches.
 *
 * A batch without them is recognised by the digest of its asset, before any download. The ledger's digest of a batch with
 * them covers all files, and GitHub does not state it. The name of such a batch ends with a digest of the asset digests.
 */
export async function releaseBatches(
  releases: ReleaseReader,
  prefix: string,
  known: KnownBatches,
  directory: string,
): Promise<BatchList> {
  const all = await releases.list();
  const data = all.filter(({ tag }) => tag.startsWith(prefix) && versionOf(tag) === null);
  const published = data.filter(({ state }) => state !== 'draft').sort((a, b) => byName(a.tag, b.tag));
  const drafts = data.length - published.length;
  return {
    batches: published.flatMap((release) => batchesOf(release, releases, known, directory)),
    note: drafts === 0 ? null : `ignored, not published: ${drafts} draft${drafts === 1 ? '' : 's'}`,
  };
}

function batchesOf(
  { tag, assets }: DataRelease,
  releases: ReleaseReader,
  known: KnownBatches,
  directory: string,
): readonly AvailableBatch[] {
  const companions = [isMoviesName, isLinksName].flatMap(
    (isNamed) => assets.find(({ name }) => isNamed(name)) ?? [],
  );
  const ratings = assets.filter(({ name }) => isRatingsName(name)).sort((a, b) => byName(a.name, b.name));
  return ratings.map((asset) => {
    const plain = `${tag}/${asset.name}`;
    const digests = [asset, ...companions].map((each) => each.sha256);
    const name = companions.length > 0 ? `${plain}@${sha256(...digests).slice(0, 12)}` : plain;
    return {
      name,
      taken: known.hasContent(asset.sha256) || (companions.length > 0 && known.hasName(name)),
      fetch: async () => {
        const folder = join(directory, encodeURIComponent(tag));
        const path = await download(releases, tag, asset, folder);
        for (const companion of companions) await download(releases, tag, companion, folder);
        return { path, temporary: [path] };
      },
    };
  });
}

/** Downloads an asset and compares its digest, because a truncated file would look like a smaller batch. */
async function download(
  releases: ReleaseReader,
  tag: string,
  { name, sha256: expected }: ReleasedFile,
  folder: string,
): Promise<string> {
  const bytes = await releases.download(tag, name);
  const actual = sha256(bytes);
  if (actual !== expected) {
    throw new OperatorError(
      'download-failed',
      `${name} of release ${tag} has SHA-256 ${actual}, but the release states ${expected}.`,
      'Run it again. If it fails again, delete the asset and upload it again.',
    );
  }
  await mkdir(folder, { recursive: true });
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}
