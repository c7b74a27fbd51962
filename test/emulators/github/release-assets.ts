import { createHash } from 'node:crypto';
import { mayPush } from './actors.ts';
import { OWNER, REPO, repoPath, SERVER_URL, timestamp } from './names.ts';
import { type Call, json, type Reply } from './origin.ts';
import type { ReleaseStore } from './releases.ts';
import { type ApiCall, bodyOf, invalid, notFound, page, type Route, unprocessable } from './routes.ts';
import type { Storage } from './storage.ts';

interface Asset {
  readonly id: number;
  readonly releaseId: number;
  name: string;
  readonly label: string | null;
  readonly contentType: string;
  /** `starter`: an upload that did not end. */
  readonly state: 'uploaded' | 'starter';
  readonly bytes: Buffer;
  readonly createdAt: string;
}

export interface AssetStore {
  readonly all: Asset[];
  nextId(): number;
  ofRelease(releaseId: number): readonly Asset[];
  removeOf(releaseId: number): void;
}

export function openAssets(): AssetStore {
  const all: Asset[] = [];
  let ids = 0;
  return {
    all,
    nextId: () => ++ids,
    ofRelease: (releaseId) => all.filter((asset) => asset.releaseId === releaseId),
    removeOf: (releaseId) => {
      all.splice(0, all.length, ...all.filter((asset) => asset.releaseId !== releaseId));
    },
  };
}

export function showAsset(asset: Asset, apiUrl: string, tag: string): Record<string, unknown> {
  return {
    url: `${apiUrl}${repoPath(`/releases/assets/${asset.id}`)}`,
    id: asset.id,
    name: asset.name,
    label: asset.label,
    content_type: asset.contentType,
    state: asset.state,
    size: asset.bytes.length,
    digest: asset.state === 'uploaded' ? digestOf(asset.bytes) : null,
    download_count: 0,
    created_at: asset.createdAt,
    updated_at: asset.createdAt,
    browser_download_url: `${SERVER_URL}/${OWNER}/${REPO}/releases/download/${tag}/${asset.name}`,
  };
}

export const digestOf = (bytes: Buffer): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

interface AssetOptions {
  readonly apiUrl: string;
  readonly assets: AssetStore;
  readonly releases: ReleaseStore;
  readonly storage: Storage;
}

/** Assets as https://docs.github.com/en/rest/releases/assets has them, except for the upload. */
export function assetRoutes({ apiUrl, assets, releases, storage }: AssetOptions): readonly Route[] {
  const wanted = (call: ApiCall): Asset | undefined =>
    assets.all.find(({ id }) => String(id) === call.params['id']);
  const shown = (asset: Asset): Record<string, unknown> => showAsset(asset, apiUrl, 'untagged');
  const locked = (asset: Asset): boolean => releases.find(asset.releaseId)?.immutable === true;
  return [
    {
      route: 'GET /releases/:id/assets',
      needs: 'contents=read',
      answer: (call) => {
        const { items, headers } = page(call, apiUrl, assets.ofRelease(Number(call.params['id'])));
        return json(200, items.map(shown), headers);
      },
    },
    {
      route: 'GET /releases/assets/:id',
      needs: 'contents=read',
      answer: (call) => {
        const asset = wanted(call);
        if (asset === undefined) return notFound();
        if (!(call.headers.accept ?? '').includes('application/octet-stream')) return json(200, shown(asset));
        // "The API will either redirect the client to the location, or stream it directly if possible."
        return asset.state === 'starter'
          ? notFound()
          : { status: 302, headers: { location: storage.sign(`/assets/${asset.id}`, asset.bytes) } };
      },
    },
    {
      route: 'PATCH /releases/assets/:id',
      needs: 'contents=write',
      answer: (call) => {
        const asset = wanted(call);
        if (asset === undefined) return notFound();
        const { name } = bodyOf(call);
        if (typeof name === 'string') asset.name = name;
        return json(200, shown(asset));
      },
    },
    {
      route: 'DELETE /releases/assets/:id',
      needs: 'contents=write',
      answer: (call) => {
        const asset = wanted(call);
        if (asset === undefined) return notFound();
        if (locked(asset)) return unprocessable('Cannot delete assets from an immutable release.');
        assets.all.splice(assets.all.indexOf(asset), 1);
        return { status: 204 };
      },
    },
  ];
}

/** The upload, on another host than the API: https://docs.github.com/en/rest/releases/assets#upload-a-release-asset */
export function uploadRoutes({ apiUrl, assets, releases }: AssetOptions): readonly Route[] {
  return [
    {
      route: 'POST /releases/:id/assets',
      needs: 'contents=write',
      answer: (call): Reply => {
        const release = releases.find(Number(call.params['id']));
        if (release === undefined || !mayPush(call.actor)) return notFound();
        if (release.immutable) return unprocessable('Cannot upload assets to an immutable release.');
        if (call.body.length === 0) return json(400, { message: 'Bad Content-Length' });
        if (call.headers['content-type'] === undefined) {
          return invalid({ resource: 'ReleaseAsset', code: 'missing_field', field: 'content_type' });
        }
        const name = nameOf(call);
        if (name === '') return invalid({ resource: 'ReleaseAsset', code: 'missing_field', field: 'name' });
        // Of a starter, too: "you'll receive an error and must delete the old file".
        if (assets.ofRelease(release.id).some((asset) => asset.name === name)) {
          return invalid({ resource: 'ReleaseAsset', code: 'already_exists', field: 'name' });
        }
        const asset = add(assets, release.id, name, call, 'uploaded');
        return json(201, showAsset(asset, apiUrl, 'untagged'));
      },
    },
  ];
}

/**
 * "When an upstream failure occurs, you will receive a 502 Bad Gateway status. This may leave an empty asset
 * with a state of starter."
 */
export function leaveStarter({ assets, releases }: AssetOptions, call: Call): void {
  const releaseId = Number(/\/releases\/(\d+)\/assets$/.exec(call.path)?.[1]);
  const name = nameOf(call);
  const exists = assets.ofRelease(releaseId).some((asset) => asset.name === name);
  if (releases.find(releaseId)?.immutable === false && !exists) add(assets, releaseId, name, call, 'starter');
}

function add(assets: AssetStore, releaseId: number, name: string, call: Call, state: Asset['state']): Asset {
  const asset: Asset = {
    id: assets.nextId(),
    releaseId,
    name,
    label: call.query.get('label'),
    contentType: call.headers['content-type'] ?? 'application/octet-stream',
    state,
    bytes: state === 'uploaded' ? call.body : Buffer.alloc(0),
    createdAt: timestamp(),
  };
  assets.all.push(asset);
  return asset;
}

/** "GitHub renames asset filenames that have special characters, non-alphanumeric characters, and leading or trailing periods." */
function nameOf(call: Call): string {
  return (call.query.get('name') ?? '').replace(/[^\w.+@-]/g, '.').replace(/^\.+|\.+$/g, '');
}
