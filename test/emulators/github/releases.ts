import { randomBytes } from 'node:crypto';
import { type Actor, mayPush } from './actors.ts';
import { DEFAULT_BRANCH, OWNER, REPO, repoPath, SERVER_URL, timestamp } from './names.ts';
import { json, type Reply } from './origin.ts';
import { type AssetStore, showAsset } from './release-assets.ts';
import { type ApiCall, bodyOf, invalid, notFound, page, type Route } from './routes.ts';

interface Release {
  readonly id: number;
  tag: string;
  target: string;
  name: string | null;
  body: string | null;
  draft: boolean;
  prerelease: boolean;
  readonly draftedAt: string;
  publishedAt: string | null;
  /** Grows with every release that is made the latest; 0 for one that never was. */
  latestSince: number;
  readonly untagged: string;
  readonly author: string;
}

export interface ReleaseStore {
  readonly routes: readonly Route[];
  find(id: number): { readonly id: number; readonly immutable: boolean } | undefined;
}

interface ReleaseOptions {
  readonly apiUrl: string;
  readonly uploadsUrl: string;
  readonly assets: AssetStore;
  /** Of the head of the default branch: https://docs.github.com/en/rest/releases/releases#get-the-latest-release */
  readonly committedAt: string;
  readonly immutable: boolean;
  /** Makes the tag of a published release. */
  tag(name: string, target: string): Promise<void>;
}

/**
 * Releases as https://docs.github.com/en/rest/releases/releases has them. The `emulate` package knows no
 * make_latest, lets one draft a tag live, and shows drafts to everyone, so they are kept here.
 */
export function openReleases(options: ReleaseOptions): ReleaseStore {
  const releases: Release[] = [];
  let ids = 0;
  let latestCount = 0;
  /** Tags of immutable releases that were deleted; they can never be used again. */
  const burnt = new Set<string>();

  const isFull = (release: Release): boolean => !release.draft && !release.prerelease;
  const published = (release: Release): boolean => !release.draft;
  const isImmutable = (release: Release): boolean => options.immutable && published(release);

  const show = (release: Release): Record<string, unknown> => {
    const url = `${options.apiUrl}${repoPath(`/releases/${release.id}`)}`;
    return {
      url,
      html_url: `${SERVER_URL}/${OWNER}/${REPO}/releases/tag/${release.draft ? release.untagged : release.tag}`,
      assets_url: `${url}/assets`,
      upload_url: `${options.uploadsUrl}${repoPath(`/releases/${release.id}/assets`)}{?name,label}`,
      id: release.id,
      tag_name: release.tag,
      target_commitish: release.target,
      name: release.name,
      draft: release.draft,
      immutable: isImmutable(release),
      prerelease: release.prerelease,
      // Of a published release: when its commit was made.
      created_at: createdAt(release),
      published_at: release.publishedAt,
      author: { login: release.author, type: release.author.endsWith('[bot]') ? 'Bot' : 'User' },
      assets: options.assets
        .ofRelease(release.id)
        .map((asset) => showAsset(asset, options.apiUrl, release.tag)),
      body: release.body,
    };
  };

  const createdAt = (release: Release): string => (release.draft ? release.draftedAt : options.committedAt);
  /**
   * Drafts are for those who may push; for others they are not there. The order is not documented, and releases
   * of one commit come by tag, v9 before v10: https://github.com/OpenRCT2/OpenLauncher/issues/12
   */
  const visible = (actor: Actor): Release[] =>
    releases
      .filter((release) => published(release) || mayPush(actor))
      .sort((a, b) => descending(createdAt(a), createdAt(b)) || descending(a.tag, b.tag));
  const wanted = (call: ApiCall): Release | undefined =>
    visible(call.actor).find(({ id }) => String(id) === call.params['id']);
  const latest = (): Release | undefined =>
    releases.filter(isFull).sort((a, b) => b.latestSince - a.latestSince || b.id - a.id)[0];

  /** Checks a change whole before any of it is made. */
  const change = async (release: Release, call: ApiCall, isNew: boolean): Promise<Reply> => {
    const body = bodyOf(call);
    const next: Release = { ...release };
    if (typeof body['tag_name'] === 'string') next.tag = body['tag_name'];
    if (typeof body['target_commitish'] === 'string') next.target = body['target_commitish'];
    if (typeof body['name'] === 'string') next.name = body['name'];
    if (typeof body['body'] === 'string') next.body = body['body'];
    if (typeof body['draft'] === 'boolean') next.draft = body['draft'];
    if (typeof body['prerelease'] === 'boolean') next.prerelease = body['prerelease'];
    if (next.tag === '') return invalid({ resource: 'Release', code: 'missing_field', field: 'tag_name' });
    if ((next.body ?? '').length > 125_000) {
      const message = 'body is too long (maximum is 125000 characters)';
      return invalid({ resource: 'Release', code: 'custom', field: 'body', message });
    }
    const taken = releases.some(
      (other) => other.id !== next.id && published(other) && other.tag === next.tag,
    );
    if (published(next) && taken) {
      return invalid({ resource: 'Release', code: 'already_exists', field: 'tag_name' });
    }
    const unlocks = !isNew && isImmutable(release) && (next.draft || next.tag !== release.tag);
    if (unlocks || (published(next) && burnt.has(next.tag))) {
      const message = 'tag_name was used by an immutable release';
      return invalid({ resource: 'Release', code: 'custom', field: 'tag_name', message });
    }
    const becomesFull = isFull(next) && (isNew || !isFull(release));
    const makeLatest = body['make_latest'] ?? (becomesFull ? 'true' : 'false');
    // "Drafts and prereleases cannot be set as latest."
    if (body['make_latest'] === 'true' && !isFull(next)) {
      const message = 'Latest release cannot be draft or prerelease';
      return invalid({ resource: 'Release', code: 'custom', field: 'make_latest', message });
    }
    if (published(next) && next.publishedAt === null) {
      next.publishedAt = timestamp();
      await options.tag(next.tag, next.target);
    }
    if (isFull(next) && makeLatest === 'true') next.latestSince = ++latestCount;
    if (!isFull(next)) next.latestSince = 0;
    Object.assign(release, next);
    if (isNew) releases.push(release);
    return json(isNew ? 201 : 200, show(release));
  };

  const routes: Route[] = [
    {
      route: 'GET /releases',
      needs: 'contents=read',
      answer: (call) => {
        const { items, headers } = page(call, options.apiUrl, visible(call.actor));
        return json(200, items.map(show), headers);
      },
    },
    {
      route: 'POST /releases',
      needs: 'contents=write',
      answer: (call) => {
        const release: Release = {
          id: ++ids,
          tag: '',
          target: DEFAULT_BRANCH,
          name: null,
          body: null,
          draft: false,
          prerelease: false,
          draftedAt: timestamp(),
          publishedAt: null,
          latestSince: 0,
          untagged: `untagged-${randomBytes(10).toString('hex')}`,
          author: call.actor.login,
        };
        return change(release, call, true);
      },
    },
    {
      route: 'GET /releases/latest',
      needs: 'contents=read',
      answer: () => {
        const release = latest();
        return release === undefined ? notFound() : json(200, show(release));
      },
    },
    {
      // "Get a published release with the specified tag": never a draft.
      route: 'GET /releases/tags/:tag',
      needs: 'contents=read',
      answer: (call) => {
        const release = releases.find((each) => published(each) && each.tag === call.params['tag']);
        return release === undefined ? notFound() : json(200, show(release));
      },
    },
    {
      route: 'GET /releases/:id',
      needs: 'contents=read',
      answer: (call) => {
        const release = wanted(call);
        return release === undefined ? notFound() : json(200, show(release));
      },
    },
    {
      route: 'PATCH /releases/:id',
      needs: 'contents=write',
      answer: (call) => {
        const release = wanted(call);
        return release === undefined ? notFound() : change(release, call, false);
      },
    },
    {
      route: 'DELETE /releases/:id',
      needs: 'contents=write',
      answer: (call) => {
        const release = wanted(call);
        if (release === undefined) return notFound();
        if (isImmutable(release)) burnt.add(release.tag);
        releases.splice(releases.indexOf(release), 1);
        options.assets.removeOf(release.id);
        return { status: 204 };
      },
    },
  ];
  const find: ReleaseStore['find'] = (id) => {
    const release = releases.find((each) => each.id === id);
    return release === undefined ? undefined : { id, immutable: isImmutable(release) };
  };
  return { routes, find };
}

function descending(a: string, b: string): number {
  return a < b ? 1 : a > b ? -1 : 0;
}
