import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { sha256 } from '../../lib/digest.ts';
import { OperatorError } from '../../lib/errors.ts';
import { unlessMissing, writeAtomically } from '../../lib/write-atomically.ts';
import type { Asset, Release, Releases } from '../forge.ts';
import { hasNoAsset, isDraft, isPublished } from '../release-errors.ts';
import { SAFE_NAME, safeName } from '../safe-name.ts';
import type { Exclusive } from './exclusive.ts';
import { badFile, decodeDocument, encodeDocument, instant } from './front-matter.ts';

const schema = z.strictObject({
  title: z.string(),
  state: z.enum(['draft', 'prerelease', 'released']),
  createdAt: instant,
  assets: z.array(
    z.strictObject({
      name: z.string(),
      size: z.int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits'),
    }),
  ),
});

/**
 * Releases as folders named by their tags, with `release.md` for fields and notes, and `assets/`. The file `latest` has
 * the tag of the latest release, so that a promotion is one atomic rename.
 */
export function localReleases(directory: string, clock: () => Date, exclusively: Exclusive): Releases {
  const pathOf = (tag: string): string => join(directory, safeName(tag), 'release.md');
  const assetPath = (tag: string, name: string): string =>
    join(directory, safeName(tag), 'assets', safeName(name));
  const latestPath = join(directory, 'latest');

  const latestTag = async (): Promise<string | null> =>
    (await unlessMissing(readFile(latestPath, 'utf8')))?.trim() ?? null;

  const get = async (tag: string): Promise<Release | null> => {
    const location = pathOf(tag);
    const text = await unlessMissing(readFile(location, 'utf8'));
    if (text === null) return null;
    const { fields, body } = decodeDocument(text, schema, location);
    return { tag, ...fields, body, latest: tag === (await latestTag()), location };
  };

  const existing = async (tag: string): Promise<Release> => {
    const release = await get(tag);
    if (release !== null) return release;
    throw new OperatorError(
      'forge-missing',
      `There is no release ${tag}: ${pathOf(tag)} does not exist.`,
      'List the releases: cinematch models list.',
    );
  };

  const write = async ({ tag, title, state, createdAt, assets, body }: Release): Promise<Release> => {
    await writeAtomically(pathOf(tag), encodeDocument({ fields: { title, state, createdAt, assets }, body }));
    return existing(tag);
  };

  const list = async (): Promise<readonly Release[]> => {
    const names = (await unlessMissing(readdir(directory, { withFileTypes: true }))) ?? [];
    const releases = await Promise.all(
      names.filter((entry) => entry.isDirectory() && SAFE_NAME.test(entry.name)).map(({ name }) => get(name)),
    );
    return releases
      .filter((release) => release !== null)
      .sort(
        (a, b) =>
          b.createdAt.getTime() - a.createdAt.getTime() ||
          b.tag.localeCompare(a.tag, 'en', { numeric: true }),
      );
  };

  return {
    list,
    get,
    latest: async () => {
      const tag = await latestTag();
      if (tag === null) return null;
      const release = SAFE_NAME.test(tag) ? await get(tag) : null;
      if (release === null) throw badFile(latestPath, 1, `there is no release "${tag}"`);
      return release;
    },
    draft: ({ tag, title, body }) =>
      exclusively(async () => {
        const release = await get(tag);
        if (release !== null) return write({ ...release, title, body });
        const location = pathOf(tag);
        return write({
          tag,
          title,
          body,
          state: 'draft',
          latest: false,
          assets: [],
          createdAt: clock(),
          location,
        });
      }),
    upload: (tag, name, bytes) =>
      exclusively(async () => {
        const release = await existing(tag);
        const asset: Asset = { name, size: bytes.length, sha256: sha256(bytes) };
        const known = release.assets.find((other) => other.name === name);
        if (release.state !== 'draft') {
          if (known?.sha256 === asset.sha256) return known;
          throw isPublished(tag, name);
        }
        const path = assetPath(tag, name);
        await writeAtomically(path, bytes);
        if (known?.sha256 !== asset.sha256) {
          const others = release.assets.filter((other) => other.name !== name);
          await write({ ...release, assets: [...others, asset] });
        }
        return asset;
      }),
    publish: (tag) =>
      exclusively(async () => {
        const release = await existing(tag);
        if (release.state !== 'draft') return release;
        for (const { name, size, sha256: expected } of release.assets) {
          const bytes = await unlessMissing(readFile(assetPath(tag, name)));
          if (bytes !== null && sha256(bytes) === expected) continue;
          const found = bytes === null ? 'is missing' : `has ${bytes.length} bytes and another SHA-256`;
          throw new OperatorError(
            'forge-conflict',
            `Release ${tag} is not published: ${assetPath(tag, name)} ${found}; it was uploaded with ${size} bytes and SHA-256 ${expected}.`,
            'Upload the asset again, then publish.',
          );
        }
        return write({ ...release, state: 'prerelease' });
      }),
    promote: (tag) =>
      exclusively(async () => {
        const release = await existing(tag);
        if (release.state === 'draft') throw isDraft(tag);
        if (release.latest) return release;
        if (release.state !== 'released') await write({ ...release, state: 'released' });
        await writeAtomically(latestPath, `${tag}\n`);
        return existing(tag);
      }),
    download: async (tag, name) => {
      const { assets } = await existing(tag);
      const bytes = assets.some((asset) => asset.name === name)
        ? await unlessMissing(readFile(assetPath(tag, name)))
        : null;
      if (bytes !== null) return bytes;
      throw hasNoAsset(
        tag,
        name,
        assets.map((asset) => asset.name),
        pathOf(tag),
      );
    },
  };
}
