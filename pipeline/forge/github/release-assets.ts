import { sha256 } from '../../lib/digest.ts';
import { OperatorError } from '../../lib/errors.ts';
import type { Asset } from '../forge.ts';
import { isPublished } from '../release-errors.ts';
import { type Connection, type Octokit, TRIES } from './connect.ts';
import { GithubFailure, unlessNotFound } from './failure.ts';

export type RawRelease = Awaited<ReturnType<Octokit['rest']['repos']['getRelease']>>['data'];
export type RawAsset = RawRelease['assets'][number];

export interface ReleaseAssets {
  /** Name, size and digest of an asset. If the server states no digest, the asset is downloaded once. */
  describe(tag: string, raw: RawAsset): Promise<Asset>;
  /** @throws OperatorError `forge-conflict` when the bytes do not match the stated size and digest. */
  read(tag: string, raw: RawAsset): Promise<Uint8Array>;
  /**
   * Adds or replaces an asset.
   *
   * @param release reads the release again.
   */
  put(release: () => Promise<RawRelease>, name: string, bytes: Uint8Array): Promise<Asset>;
}

const DIGEST = /^sha256:([0-9a-f]{64})$/;

export function releaseAssets({ octokit, at, once, createOnce, pause }: Connection): ReleaseAssets {
  const { repos } = octokit.rest;
  /** By id. The bytes of an asset never change, because each upload creates a new asset. */
  const known = new Map<number, string>();

  const knownDigest = (raw: RawAsset): string | null =>
    DIGEST.exec(raw.digest ?? '')?.[1] ?? known.get(raw.id) ?? null;

  const fetchBytes = async ({ id }: RawAsset): Promise<Uint8Array> => {
    const { data } = await repos.getReleaseAsset({
      ...at,
      asset_id: id,
      headers: { accept: 'application/octet-stream' },
      // The bytes must not be parsed, whatever content type the storage states.
      request: { parseSuccessResponseBody: false },
    });
    return data as unknown as Uint8Array;
  };

  const read = async (tag: string, raw: RawAsset): Promise<Uint8Array> => {
    if (raw.state !== 'uploaded') {
      throw new OperatorError(
        'forge-conflict',
        `The upload of asset ${raw.name} of release ${tag} is incomplete.`,
        'Upload the asset again.',
      );
    }
    const expected = knownDigest(raw);
    for (let tries = 1; ; tries++) {
      const bytes = await fetchBytes(raw);
      const found = sha256(bytes);
      if (bytes.length === raw.size && (expected === null || found === expected)) {
        known.set(raw.id, found);
        return bytes;
      }
      if (tries === TRIES) {
        throw new OperatorError(
          'forge-conflict',
          `Asset ${raw.name} of release ${tag} was downloaded ${TRIES} times with wrong content: ${bytes.length} bytes and SHA-256 ${found}; GitHub says ${raw.size} bytes and SHA-256 ${expected ?? 'unknown'}.`,
          'If the release is a draft, upload the asset again. Otherwise publish your files under a new version.',
        );
      }
      await pause(tries);
    }
  };

  const describe = async (tag: string, raw: RawAsset): Promise<Asset> => ({
    name: raw.name,
    size: raw.size,
    sha256: knownDigest(raw) ?? sha256(await read(tag, raw)),
  });

  const put: ReleaseAssets['put'] = async (release, name, bytes) => {
    const digest = sha256(bytes);
    const isTheSame = async (tag: string, raw: RawAsset): Promise<boolean> =>
      raw.state === 'uploaded' && raw.size === bytes.length && (await describe(tag, raw)).sha256 === digest;
    let uploadUrl = '';
    await createOnce<RawAsset>(
      async () => {
        const { tag_name: tag, draft, assets, upload_url } = await release();
        uploadUrl = upload_url;
        const existing = assets.find((asset) => asset.name === name);
        if (existing !== undefined && (await isTheSame(tag, existing))) return existing;
        if (!draft) throw isPublished(tag, name);
        // Other bytes, or none: an interrupted upload leaves an empty asset.
        if (existing !== undefined)
          await unlessNotFound(repos.deleteReleaseAsset({ ...at, asset_id: existing.id }));
        return null;
      },
      async () => {
        const { data } = await octokit.request({
          method: 'POST',
          url: uploadUrl,
          name,
          headers: { 'content-type': 'application/octet-stream' },
          data: bytes,
          ...once,
        });
        const uploaded = data as RawAsset;
        const found = DIGEST.exec(uploaded.digest ?? '')?.[1] ?? digest;
        if (uploaded.state !== 'uploaded' || uploaded.size !== bytes.length || found !== digest) {
          throw new GithubFailure(
            'forge-unavailable',
            `Asset ${name} arrived as ${uploaded.size} bytes with SHA-256 ${found}; ${bytes.length} bytes with SHA-256 ${digest} were sent.`,
            'Run this again.',
            true,
          );
        }
        known.set(uploaded.id, digest);
        return uploaded;
      },
    );
    return { name, size: bytes.length, sha256: digest };
  };

  return { describe, read, put };
}
