import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../lib/digest.ts';
import { OperatorError } from '../../lib/errors.ts';
import { versionOf } from '../../lib/model-tag.ts';
import { isMoviesName, isRatingsName } from './file-names.ts';
import { byName, type KnownBatches, type Offer, type OfferedBatch } from './offer.ts';

interface ReleasedFile {
  readonly name: string;
  readonly sha256: string;
}

interface DataRelease {
  readonly tag: string;
  readonly state: 'draft' | 'prerelease' | 'released';
  readonly assets: readonly ReleasedFile[];
}

/** The part of a forge that is asked here. */
interface ReleaseShelf {
  list(): Promise<readonly DataRelease[]>;
  download(tag: string, name: string): Promise<Uint8Array>;
}

/**
 * The batches among the assets of published releases whose tag begins with `prefix`: by tag, then by name.
 * Movies in the same release come along with each.
 *
 * An asset is known by its digest before it is downloaded. With movies beside it the ledger's digest is of
 * both, which the forge cannot tell; there the name carries what the two digests say together.
 */
export async function releaseBatches(
  releases: ReleaseShelf,
  prefix: string,
  known: KnownBatches,
  directory: string,
): Promise<Offer> {
  const all = await releases.list();
  const data = all.filter(({ tag }) => tag.startsWith(prefix) && versionOf(tag) === null);
  const published = data.filter(({ state }) => state !== 'draft').sort((a, b) => byName(a.tag, b.tag));
  const drafts = data.length - published.length;
  return {
    batches: published.flatMap((release) => batchesOf(release, releases, known, directory)),
    note: drafts === 0 ? null : `left out, not published: ${drafts} draft${drafts === 1 ? '' : 's'}`,
  };
}

function batchesOf(
  { tag, assets }: DataRelease,
  releases: ReleaseShelf,
  known: KnownBatches,
  directory: string,
): readonly OfferedBatch[] {
  const movies = assets.find(({ name }) => isMoviesName(name));
  const ratings = assets.filter(({ name }) => isRatingsName(name)).sort((a, b) => byName(a.name, b.name));
  return ratings.map((asset) => {
    const plain = `${tag}/${asset.name}`;
    const name = movies ? `${plain}@${sha256(asset.sha256, movies.sha256).slice(0, 12)}` : plain;
    return {
      name,
      taken: known.hasContent(asset.sha256) || (movies !== undefined && known.hasName(name)),
      fetch: async () => {
        const folder = join(directory, encodeURIComponent(tag));
        const path = await download(releases, tag, asset, folder);
        if (movies !== undefined) await download(releases, tag, movies, folder);
        return { path, temporary: [path] };
      },
    };
  });
}

/** An asset that arrives cut short would be a smaller batch, so its digest is compared before anything else. */
async function download(
  releases: ReleaseShelf,
  tag: string,
  { name, sha256: expected }: ReleasedFile,
  folder: string,
): Promise<string> {
  const bytes = await releases.download(tag, name);
  const actual = sha256(bytes);
  if (actual !== expected) {
    throw new OperatorError(
      'download-failed',
      `${name} of release ${tag} arrived with SHA-256 ${actual}, the release says ${expected}.`,
      'Run it again. When it stays so, delete the asset and upload it once more.',
    );
  }
  await mkdir(folder, { recursive: true });
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}
