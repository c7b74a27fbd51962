import { request } from 'node:http';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Ask, asker } from './ask.ts';
import { type EmulatedGithub, type GithubOptions, startGithub } from './start-github.ts';

let github: EmulatedGithub;
let token: string;
let bot: Ask;

async function start(options: GithubOptions = {}): Promise<void> {
  github = await startGithub(options);
  token = await github.jobToken({ contents: 'write' });
  bot = asker(github, token);
}
beforeEach(() => start());
afterEach(() => github.stop());

async function draft(tag: string): Promise<{ id: number; upload_url: string }> {
  return (await bot('POST /releases', { tag_name: tag, draft: true })).body;
}

async function upload(release: { upload_url: string }, name: string, bytes: string) {
  const response = await fetch(release.upload_url.replace('{?name,label}', `?name=${name}`), {
    method: 'POST',
    headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
    body: bytes,
  });
  // biome-ignore lint/suspicious/noExplicitAny: what GitHub answers is looked at field by field
  return { status: response.status, body: (await response.json()) as any };
}

const latest = async (): Promise<string | null> => (await bot('GET /releases/latest')).body.tag_name ?? null;

// "Only users with push access will receive listings for draft releases."
// https://docs.github.com/en/rest/releases/releases#list-releases
it('shows drafts only to those who may push, and by no tag', async () => {
  const { id } = await draft('model-v1');
  const reader = asker(github, await github.jobToken({ contents: 'read' }));
  expect((await bot('GET /releases')).body).toHaveLength(1);
  expect((await reader('GET /releases')).body).toEqual([]);
  expect((await reader(`GET /releases/${id}`)).status).toBe(404);
  expect((await bot('GET /releases/tags/model-v1')).status).toBe(404);
});

it('lets several drafts have one tag, of which one can be published', async () => {
  const [first, second] = [await draft('model-v1'), await draft('model-v1')];
  expect((await bot(`PATCH /releases/${first.id}`, { draft: false })).status).toBe(200);
  expect(await bot(`PATCH /releases/${second.id}`, { draft: false })).toMatchObject({
    status: 422,
    body: { errors: [{ code: 'already_exists', field: 'tag_name' }] },
  });
  expect((await bot(`DELETE /releases/${second.id}`)).status).toBe(204);
});

// https://docs.github.com/en/rest/releases/releases#update-a-release: make_latest
it('has as latest what was made the latest, never a draft or a prerelease', async () => {
  const releases = [await draft('model-v1'), await draft('model-v2')];
  for (const { id } of releases) {
    expect((await bot(`PATCH /releases/${id}`, { make_latest: 'true' })).status).toBe(422);
    await bot(`PATCH /releases/${id}`, { draft: false, prerelease: true, make_latest: 'false' });
  }
  expect(await latest()).toBeNull();
  const promote = { prerelease: false, make_latest: 'true' };
  await bot(`PATCH /releases/${releases[1]?.id}`, promote);
  await bot(`PATCH /releases/${releases[0]?.id}`, promote);
  expect(await latest()).toBe('model-v1');
  await bot('POST /releases', { tag_name: 'data-1', make_latest: 'false' });
  expect(await latest()).toBe('model-v1');
  await bot('POST /releases', { tag_name: 'data-2' });
  expect(await latest()).toBe('data-2');
});

// https://github.com/OpenRCT2/OpenLauncher/issues/12
it('lists releases of one commit by tag and not by age', async () => {
  for (const tag of ['model-v9', 'model-v10']) await bot('POST /releases', { tag_name: tag });
  const tags = (await bot('GET /releases')).body.map((each: { tag_name: string }) => each.tag_name);
  expect(tags).toEqual(['model-v9', 'model-v10']);
});

// "The created_at attribute is the date of the commit used for the release, and not the date when the release
// was drafted or published." https://docs.github.com/en/rest/releases/releases#get-the-latest-release
it('dates a published release by its commit', async () => {
  const { id } = await draft('model-v1');
  const { body } = await bot(`PATCH /releases/${id}`, { draft: false });
  const commit = (await bot(`GET /commits/${github.sha}`)).body.commit.committer.date;
  expect(Date.parse(body.created_at)).toBe(Math.floor(Date.parse(commit) / 1000) * 1000);
  expect((await bot('GET /commits/model-v1')).body.sha).toBe(github.sha);
});

it('takes bytes on another host, says their digest, and redirects to a third for them', async () => {
  const release = await draft('model-v1');
  const { body: asset } = await upload(release, 'manifest.json', '{}');
  // echo -n '{}' | sha256sum
  const digest = 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';
  expect(asset).toMatchObject({ state: 'uploaded', size: 2, digest, content_type: 'application/json' });
  expect((await bot(`GET /releases/${release.id}`)).body.assets).toMatchObject([{ id: asset.id, digest }]);
  const headers = { authorization: `token ${token}`, accept: 'application/octet-stream' };
  const moved = await fetch(asset.url, { headers, redirect: 'manual' });
  const location = moved.headers.get('location') ?? '';
  const hosts = [github.apiUrl, release.upload_url, location].map((url) => new URL(url).host);
  expect([moved.status, new Set(hosts).size]).toEqual([302, 3]);
  expect(await (await fetch(location)).text()).toBe('{}');
  expect((await fetch(location, { headers })).status).toBe(400);
  expect((await fetch(location.replace(/sig=.*/, 'sig=guessed'))).status).toBe(403);
});

// https://docs.github.com/en/rest/releases/assets#upload-a-release-asset
it('refuses a second asset of a name until the first is deleted', async () => {
  const release = await draft('model-v1');
  const { body: asset } = await upload(release, 'manifest.json', '{}');
  const again = await upload(release, 'manifest.json', '[]');
  expect(again).toMatchObject({ status: 422, body: { errors: [{ code: 'already_exists', field: 'name' }] } });
  expect((await bot(`DELETE /releases/assets/${asset.id}`)).status).toBe(204);
  expect((await upload(release, 'manifest.json', '[]')).status).toBe(201);
});

it.each(['cut-before', 'server-error'] as const)(
  'keeps an empty asset of an upload that met %s',
  async (kind) => {
    const release = await draft('model-v1');
    github.inject({ when: ({ origin }) => origin === 'uploads', kind });
    await upload(release, 'manifest.json', '{}').catch(() => undefined);
    const { assets } = (await bot(`GET /releases/${release.id}`)).body;
    expect(assets).toMatchObject([{ name: 'manifest.json', state: 'starter', size: 0, digest: null }]);
    expect((await upload(release, 'manifest.json', '{}')).status).toBe(422);
  },
);

it('keeps an empty asset of an upload that the client gave up', async () => {
  const release = await draft('model-v1');
  const headers = { authorization: `token ${token}`, 'content-length': '10' };
  const url = release.upload_url.replace('{?name,label}', '?name=model.bin');
  const given = request(url, { method: 'POST', headers });
  given.on('error', () => undefined);
  given.write('half', () => given.destroy());
  await vi.waitFor(async () => {
    const { assets } = (await bot(`GET /releases/${release.id}`)).body;
    expect(assets).toMatchObject([{ name: 'model.bin', state: 'starter' }]);
  }, 600_000);
});

// https://docs.github.com/en/code-security/concepts/supply-chain-security/immutable-releases
it('changes nothing of an immutable release but its notes and flags', async () => {
  await github.stop();
  await start({ immutableReleases: true });
  const release = await draft('model-v1');
  const { body: asset } = await upload(release, 'manifest.json', '{}');
  const { body } = await bot(`PATCH /releases/${release.id}`, { draft: false, prerelease: true });
  expect(body.immutable).toBe(true);
  expect(await upload(release, 'other.json', '{}')).toMatchObject({
    status: 422,
    body: { message: 'Cannot upload assets to an immutable release.' },
  });
  expect((await bot(`DELETE /releases/assets/${asset.id}`)).status).toBe(422);
  expect((await bot(`PATCH /releases/${release.id}`, { draft: true })).status).toBe(422);
  expect(
    (await bot(`PATCH /releases/${release.id}`, { prerelease: false, make_latest: 'true' })).status,
  ).toBe(200);
  expect((await bot(`DELETE /releases/${release.id}`)).status).toBe(204);
  expect((await bot('POST /releases', { tag_name: 'model-v1' })).status).toBe(422);
});
