import { OperatorError } from '../../lib/errors.ts';
import { versionOf } from '../../lib/model-tag.ts';
import { type Deployments, PRODUCTION, type Release, type Releases } from '../forge.ts';
import { hasNoAsset, isDraft } from '../release-errors.ts';
import { safeName } from '../safe-name.ts';
import type { Connection } from './connect.ts';
import { unlessNotFound } from './failure.ts';
import { type RawAsset, type RawRelease, releaseAssets } from './release-assets.ts';

/**
 * Releases of the repository, including data releases. A draft becomes a prerelease after its assets were verified, and
 * the latest release when it is promoted. Tags are created at the head of the default branch: GitHub does not let a job's
 * token tag an older commit when workflows changed since. The commit of a model is in its manifest.
 *
 * @param deployments show which model serves when the latest release is not a model release.
 */
export function githubReleases(connection: Connection, deployments: Deployments): Releases {
  const { octokit, at, once, inTurn, createOnce } = connection;
  const { repos } = octokit.rest;
  const assets = releaseAssets(connection);

  /** Newest first. Sorted by id, because `created_at` is the date of the commit, which several releases may share. */
  const rawList = async (): Promise<readonly RawRelease[]> =>
    (await octokit.paginate(repos.listReleases, { ...at, per_page: 100 })).sort((a, b) => b.id - a.id);

  /** Drafts cannot be read by tag. Of several with the same tag, the published one is first, then the oldest. */
  const allWith = async (tag: string): Promise<readonly RawRelease[]> =>
    (await rawList())
      .filter(({ tag_name }) => tag_name === tag)
      .sort((a, b) => Number(a.draft) - Number(b.draft) || a.id - b.id);

  const existing = async (tag: string): Promise<RawRelease> => {
    const [release] = await allWith(tag);
    if (release !== undefined) return release;
    throw new OperatorError(
      'forge-missing',
      `There is no release ${tag} in ${at.owner}/${at.repo}.`,
      'List the releases: cinematch models list, or the releases page of the repository.',
    );
  };

  const flagged = async (): Promise<RawRelease | null> =>
    (await unlessNotFound(repos.getLatestRelease(at)))?.data ?? null;

  const rawLatest = async (): Promise<RawRelease | null> => {
    const release = await flagged();
    if (release === null || versionOf(release.tag_name) !== null) return release;
    // A data release was published manually and is now the latest.
    const models = (await rawList()).filter(
      ({ tag_name, draft, prerelease }) => versionOf(tag_name) !== null && !draft && !prerelease,
    );
    const [serving] = await deployments.list(PRODUCTION);
    return models.find(({ tag_name }) => versionOf(tag_name) === serving?.version) ?? models[0] ?? null;
  };

  const releaseOf = async (raw: RawRelease, latestId: number | null): Promise<Release> => ({
    tag: raw.tag_name,
    title: raw.name ?? '',
    body: (raw.body ?? '').replaceAll('\r\n', '\n').trim(),
    state: raw.draft ? 'draft' : raw.prerelease ? 'prerelease' : 'released',
    latest: raw.id === latestId,
    assets: await Promise.all(
      raw.assets.filter(isUploaded).map((asset) => assets.describe(raw.tag_name, asset)),
    ),
    createdAt: new Date(raw.published_at ?? raw.created_at),
    location: raw.html_url,
  });

  const completed = async (raw: RawRelease): Promise<Release> =>
    releaseOf(raw, raw.draft ? null : ((await rawLatest())?.id ?? null));

  /** The release of a tag, or null. Additional drafts, which a lost connection left, are deleted. */
  const onlyOne = async (tag: string): Promise<RawRelease | null> => {
    const [first, ...others] = await allWith(tag);
    for (const { id, draft } of others) {
      if (draft) await unlessNotFound(repos.deleteRelease({ ...at, release_id: id }));
    }
    return first ?? null;
  };

  return {
    list: async () => {
      const [releases, latest] = await Promise.all([rawList(), rawLatest()]);
      return Promise.all(releases.map((raw) => releaseOf(raw, latest?.id ?? null)));
    },
    get: async (tag) => {
      const [release] = await allWith(tag);
      return release === undefined ? null : completed(release);
    },
    latest: async () => {
      const release = await rawLatest();
      return release === null ? null : releaseOf(release, release.id);
    },
    draft: ({ tag, title, body }) =>
      inTurn(async () => {
        const release = await createOnce(
          () => onlyOne(safeName(tag)),
          async () =>
            (
              await repos.createRelease({
                ...at,
                tag_name: tag,
                name: title,
                body: body.trim(),
                draft: true,
                ...once,
              })
            ).data,
        );
        const { latest, ...current } = await completed(release);
        if (current.title === title && current.body === body.trim()) return { latest, ...current };
        const { data } = await repos.updateRelease({
          ...at,
          release_id: release.id,
          name: title,
          body: body.trim(),
          // Otherwise GitHub may make a published release the latest.
          make_latest: latest ? 'true' : 'false',
        });
        return completed(data);
      }),
    upload: (tag, name, bytes) => inTurn(() => assets.put(() => existing(tag), safeName(name), bytes)),
    publish: (tag) =>
      inTurn(async () => {
        const release = await existing(tag);
        if (!release.draft) return completed(release);
        for (const asset of release.assets) await assets.read(tag, asset);
        const { data } = await repos.updateRelease({
          ...at,
          release_id: release.id,
          draft: false,
          prerelease: true,
          make_latest: 'false',
        });
        return completed(data);
      }),
    promote: (tag) =>
      inTurn(async () => {
        const release = await existing(tag);
        if (release.draft) throw isDraft(tag);
        if ((await flagged())?.id === release.id) return releaseOf(release, release.id);
        const { data } = await repos.updateRelease({
          ...at,
          release_id: release.id,
          prerelease: false,
          make_latest: 'true',
        });
        return releaseOf(data, data.id);
      }),
    download: async (tag, name) => {
      const release = await existing(tag);
      const asset = release.assets.find((other) => other.name === name);
      if (asset !== undefined && isUploaded(asset)) return assets.read(tag, asset);
      const names = release.assets.filter(isUploaded).map((other) => other.name);
      throw hasNoAsset(tag, name, names, release.html_url);
    },
  };
}

const isUploaded = ({ state }: RawAsset): boolean => state === 'uploaded';
