import { type Forge, OWN_LABEL } from '../../pipeline/forge/forge.ts';
import { ask, type GithubHome } from './github-home.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const markerOf = (version: number): string => `<!-- cinematch:drift:${version} -->`;

/** A drift episode from the issue to the deployed model, with every kind of write to a forge. */
export async function runEpisode(forge: Forge, version: number): Promise<void> {
  const tag = `model-v${version}`;
  const { number } = await forge.issues.open({
    marker: markerOf(version),
    title: 'Drift: ratings',
    body: 'Ratings differ.',
    labels: ['drift', 'stage:detected', OWN_LABEL],
  });
  await forge.issues.comment(number, 'Training was dispatched.');
  await forge.issues.update(number, { labels: ['drift', 'stage:training', OWN_LABEL] });
  await forge.releases.draft({ tag, title: `Model v${version}`, body: 'Notes.' });
  await forge.releases.upload(tag, 'model.safetensors', bytes(`weights ${version}`));
  await forge.releases.upload(tag, 'manifest.json', bytes(`{"version":${version}}`));
  await forge.releases.publish(tag);
  await forge.releases.promote(tag);
  await forge.deployments.create({ environment: 'production', version, description: 'Promoted' });
  await forge.dispatch('deploy', { version: String(version) });
  await forge.issues.close(number, `Answered by model v${version}.`);
}

/** The state after an episode. */
export const finished = (version: number) => ({
  issues: [
    {
      state: 'closed',
      labels: ['automated', 'drift', 'stage:training'],
      comments: ['Training was dispatched.', `Answered by model v${version}.`],
    },
  ],
  releases: [
    {
      tag: `model-v${version}`,
      draft: false,
      prerelease: false,
      assets: [`manifest.json {"version":${version}}`, `model.safetensors weights ${version}`],
    },
  ],
  latest: `model-v${version}`,
  deployments: [['success']],
  dispatches: 1,
});

interface RawIssue {
  readonly number: number;
  readonly body: string;
  readonly state: string;
  readonly labels: readonly { readonly name: string }[];
}

interface RawRelease {
  readonly tag_name: string;
  readonly draft: boolean;
  readonly prerelease: boolean;
  readonly assets: readonly { readonly id: number; readonly name: string }[];
}

/** The current state of an episode, including duplicates. */
export async function whatIsThere({ server, token }: GithubHome, version: number) {
  const get = <T>(path: string): Promise<T> => ask<T>(server, token, 'GET', path);
  const issues = await get<readonly RawIssue[]>('/issues?state=all&per_page=100');
  const releases = await get<readonly RawRelease[]>('/releases?per_page=100');
  const deployments = await get<readonly { id: number; payload: { version: number } }[]>('/deployments');
  return {
    issues: await Promise.all(
      issues
        .filter(({ body }) => body.includes(markerOf(version)))
        .map(async ({ number, state, labels }) => ({
          state,
          labels: labels.map(({ name }) => name).sort(),
          comments: (await get<readonly { body: string }[]>(`/issues/${number}/comments`)).map(
            ({ body }) => body,
          ),
        })),
    ),
    releases: await Promise.all(
      releases
        .filter(({ tag_name }) => tag_name === `model-v${version}`)
        .map(async ({ tag_name: tag, draft, prerelease, assets }) => ({
          tag,
          draft,
          prerelease,
          assets: (
            await Promise.all(
              assets.map(async ({ id, name }) => `${name} ${await contentOf(server, token, id)}`),
            )
          ).sort(),
        })),
    ),
    latest: await get<RawRelease>('/releases/latest').then(
      ({ tag_name }) => tag_name,
      () => null,
    ),
    deployments: await Promise.all(
      deployments
        .filter(({ payload }) => payload.version === version)
        .map(async ({ id }) =>
          (await get<readonly { state: string }[]>(`/deployments/${id}/statuses`)).map(({ state }) => state),
        ),
    ),
    dispatches: server.dispatches.filter(({ inputs }) => inputs['version'] === String(version)).length,
  };
}

async function contentOf(server: GithubHome['server'], token: string, asset: number): Promise<string> {
  const response = await fetch(`${server.apiUrl}/repos/acme/cinematch/releases/assets/${asset}`, {
    headers: { authorization: `Bearer ${token}`, accept: 'application/octet-stream' },
  });
  return response.text();
}
