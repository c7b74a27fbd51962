import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OWN_LABEL } from '../../pipeline/forge/forge.ts';
import { sha256 } from '../../pipeline/lib/digest.ts';
import { startAltering } from './altering-proxy.ts';
import { forgeContract } from './contract.ts';
import { ask, type GithubHome, openFor, startHome } from './github-home.ts';

const MARKER = '<!-- cinematch:drift:ratings -->';
const DRIFT = {
  marker: MARKER,
  title: 'Drift: ratings',
  body: `${MARKER}\n\nx`,
  labels: ['drift', OWN_LABEL],
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let home: GithubHome;
afterEach(() => home.server.stop());

forgeContract('GitHub', async () => {
  home = await startHome();
  return home.github.forge;
});

describe('issues on GitHub', () => {
  beforeEach(async () => {
    home = await startHome();
  });

  it('are not mistaken for one that a stranger opens with our marker', async () => {
    const { server, github } = home;
    const stranger = await server.userToken('stranger', 'none');
    const { number } = await ask<{ number: number }>(server, stranger, 'POST', '/issues', DRIFT);
    expect(await github.forge.issues.findOpen(MARKER)).toBeNull();
    expect((await github.forge.issues.open(DRIFT)).number).toBeGreaterThan(number);
    expect(await github.forge.issues.list()).toHaveLength(1);
  });

  it('are not mistaken for one of another user, even with our label', async () => {
    const { server, github, token } = home;
    const stranger = await server.userToken('stranger', 'none');
    const { number } = await ask<{ number: number }>(server, stranger, 'POST', '/issues', DRIFT);
    await ask(server, token, 'POST', `/issues/${number}/labels`, { labels: [OWN_LABEL] });
    expect(await github.forge.issues.findOpen(MARKER)).toBeNull();
    expect((await github.forge.issues.open(DRIFT)).number).toBeGreaterThan(number);
  });

  it('are not mistaken for a pull request with our label and marker', async () => {
    const { server, github } = home;
    await server.openPullRequest({ branch: 'topic', body: DRIFT.body, labels: [OWN_LABEL] });
    expect(await github.forge.issues.findOpen(MARKER)).toBeNull();
    expect(await github.forge.issues.list()).toEqual([]);
  });

  it('are assigned to the people of the settings', async () => {
    const { server, github, token } = home;
    const { number } = await github.forge.issues.open({ ...DRIFT, assignees: ['maintainer'] });
    const raw = await ask<{ assignees: readonly { login: string }[] }>(
      server,
      token,
      'GET',
      `/issues/${number}`,
    );
    expect(raw.assignees.map(({ login }) => login)).toEqual(['maintainer']);
  });

  it('end as one open issue when several runs open it at the same time', async () => {
    const runs = await Promise.all([1, 2, 3, 4].map(() => home.reopen()));
    await Promise.all(runs.map(({ forge }) => forge.issues.open(DRIFT)));
    const { number } = await home.github.forge.issues.open(DRIFT);
    const all = await ask<readonly { number: number; state: string }[]>(
      home.server,
      home.token,
      'GET',
      '/issues?state=all',
    );
    expect(all.filter(({ state }) => state === 'open').map((issue) => issue.number)).toEqual([number]);
    expect(await home.github.forge.issues.list()).toHaveLength(1);
  });

  it('close the newer of two from earlier runs, with a link to the older one', async () => {
    const { server, token, github } = home;
    const first = await ask<{ number: number }>(server, token, 'POST', '/issues', DRIFT);
    const second = await ask<{ number: number }>(server, token, 'POST', '/issues', DRIFT);
    expect((await github.forge.issues.open(DRIFT)).number).toBe(first.number);
    expect(await github.forge.issues.get(second.number)).toMatchObject({
      state: 'closed',
      labels: [],
      body: `Duplicate of #${first.number}: two runs opened it at the same time.`,
    });
  });

  it('are found among more than a page of them', async () => {
    const { server, token, github } = home;
    const other = { ...DRIFT, body: '<!-- other -->' };
    const opened = Array.from({ length: 105 }, () => ask(server, token, 'POST', '/issues', other));
    await Promise.all(opened);
    const { number } = await github.forge.issues.open(DRIFT);
    expect(number).toBe(106);
    expect((await github.forge.issues.findOpen(MARKER))?.number).toBe(number);
    expect(await github.forge.issues.list()).toHaveLength(106);
  });

  it('keep our label when other labels are set', async () => {
    const { issues } = home.github.forge;
    const { number } = await issues.open({ ...DRIFT, labels: ['drift'] });
    await issues.update(number, { labels: ['stage:training'] });
    expect((await issues.findOpen(MARKER))?.labels).toEqual(['stage:training', OWN_LABEL]);
  });
});

describe('releases on GitHub', () => {
  beforeEach(async () => {
    home = await startHome();
  });

  const draft = (tag: string) => home.github.forge.releases.draft({ tag, title: tag, body: '' });

  async function release(tag: string): Promise<void> {
    await draft(tag);
    await home.github.forge.releases.upload(tag, 'model.safetensors', bytes(`weights of ${tag}`));
    await home.github.forge.releases.publish(tag);
    await home.github.forge.releases.promote(tag);
  }

  it('keep the oldest of several drafts that cut connections have left', async () => {
    const { server, token, github } = home;
    const body = { tag_name: 'model-v1', draft: true };
    const first = await ask<{ id: number }>(server, token, 'POST', '/releases', body);
    for (const _ of [2, 3]) await ask(server, token, 'POST', '/releases', body);
    await draft('model-v1');
    expect(await github.forge.releases.list()).toHaveLength(1);
    const [left] = await ask<readonly { id: number }[]>(server, token, 'GET', '/releases');
    expect(left?.id).toBe(first.id);
  });

  it('replace the empty asset that a cut upload leaves', async () => {
    const { server, github } = home;
    const { releases } = github.forge;
    await draft('model-v1');
    server.inject({
      kind: 'cut-before',
      times: Number.POSITIVE_INFINITY,
      when: ({ origin }) => origin === 'uploads',
    });
    const upload = () => releases.upload('model-v1', 'model.safetensors', bytes('weights'));
    await expect(upload()).rejects.toMatchObject({ code: 'forge-unavailable' });
    expect((await releases.get('model-v1'))?.assets).toEqual([]);
    await expect(releases.publish('model-v1')).rejects.toMatchObject({ code: 'forge-conflict' });
    server.clearFaults();
    expect(await upload()).toMatchObject({ size: 7, sha256: sha256('weights') });
    expect((await releases.publish('model-v1')).assets).toHaveLength(1);
  });

  it('download their assets without sending the token to the storage', async () => {
    const { server, github } = home;
    await release('model-v1');
    const downloaded = await github.forge.releases.download('model-v1', 'model.safetensors');
    expect(new TextDecoder().decode(downloaded)).toBe('weights of model-v1');
    const stored = server.requests.filter(({ origin }) => origin === 'storage');
    expect(stored.map(({ who, status }) => [who, status])).toEqual([
      ['nobody', 200],
      ['nobody', 200],
    ]);
  });

  it('are not published when an asset comes back as other bytes', async () => {
    await draft('model-v1');
    await home.github.forge.releases.upload('model-v1', 'model.safetensors', bytes('weights'));
    const proxy = await startAltering(home.server.apiUrl, ({ path, status }, body) =>
      status === 302 && path.includes('/releases/assets/')
        ? { status: 200, body: 'weighty' }
        : { status, body },
    );
    const { forge } = openFor({ ...home.server, apiUrl: proxy.url }, home.token);
    await expect(forge.releases.publish('model-v1')).rejects.toMatchObject({
      code: 'forge-conflict',
      message: expect.stringMatching(
        `model.safetensors of release model-v1 was downloaded 5 times with wrong content: 7 bytes and SHA-256 ${sha256('weighty')}`,
      ),
    });
    await proxy.close();
    expect((await home.github.forge.releases.get('model-v1'))?.state).toBe('draft');
  });

  it('have their assets downloaded once if the server states no digests', async () => {
    await release('model-v1');
    const proxy = await startAltering(home.server.apiUrl, ({ status }, body) => ({
      status,
      body: body.replaceAll(/"digest":"sha256:\w+"/g, '"digest":null'),
    }));
    const { forge } = openFor({ ...home.server, apiUrl: proxy.url }, home.token);
    const before = home.server.requests.length;
    for (const _ of [1, 2]) {
      expect((await forge.releases.get('model-v1'))?.assets[0]?.sha256).toBe(sha256('weights of model-v1'));
    }
    await proxy.close();
    const stored = home.server.requests.slice(before).filter(({ origin }) => origin === 'storage');
    expect(stored).toHaveLength(1);
  });

  it('return the model that serves when a data release is the latest', async () => {
    const { server, github } = home;
    const { releases, deployments } = github.forge;
    const owner = await server.userToken('acme', 'admin');
    const publishData = (tag: string) => ask(server, owner, 'POST', '/releases', { tag_name: tag });
    await publishData('data-2026-01');
    expect(await releases.latest()).toBeNull();

    for (const version of [1, 2]) await release(`model-v${version}`);
    await publishData('data-2026-02');
    expect((await releases.latest())?.tag).toBe('model-v2');
    await deployments.create({ environment: 'production', version: 1, description: 'Rolled back' });
    expect(await releases.latest()).toMatchObject({ tag: 'model-v1', latest: true });
    expect((await releases.list()).filter(({ latest }) => latest).map(({ tag }) => tag)).toEqual([
      'model-v1',
    ]);

    await releases.promote('model-v2');
    const { tag_name } = await ask<{ tag_name: string }>(server, home.token, 'GET', '/releases/latest');
    expect(tag_name).toBe('model-v2');
  });

  it('can be read with any tag', async () => {
    const owner = await home.server.userToken('acme', 'admin');
    await ask(home.server, owner, 'POST', '/releases', { tag_name: 'data/week 9' });
    expect((await home.github.forge.releases.get('data/week 9'))?.state).toBe('released');
    await expect(draft('model/v1')).rejects.toMatchObject({ code: 'forge-conflict' });
  });

  it('come newest first although they share the date of their commit', async () => {
    for (const version of [9, 10, 11]) await release(`model-v${version}`);
    const tags = (await home.github.forge.releases.list()).map(({ tag }) => tag);
    expect(tags).toEqual(['model-v11', 'model-v10', 'model-v9']);
  });
});

it('promotes a release that can no longer be changed, and adds nothing to it', async () => {
  home = await startHome({ immutableReleases: true });
  const { releases } = home.github.forge;
  await releases.draft({ tag: 'model-v1', title: 'Model v1', body: '' });
  await releases.upload('model-v1', 'model.safetensors', bytes('weights'));
  await releases.publish('model-v1');
  expect(await releases.promote('model-v1')).toMatchObject({ state: 'released', latest: true });
  await expect(releases.upload('model-v1', 'extra.json', bytes('{}'))).rejects.toMatchObject({
    code: 'forge-conflict',
  });
});

it('lists only deployments with a model', async () => {
  home = await startHome();
  const { server, github } = home;
  const owner = await server.userToken('acme', 'admin');
  const ofAJob = { ref: 'main', environment: 'production', required_contexts: [], auto_merge: false };
  const asText = { ...ofAJob, payload: JSON.stringify({ version: 3 }) };
  for (const body of [asText, { ...ofAJob, payload: { version: 'four' } }, ofAJob]) {
    await ask(server, owner, 'POST', '/deployments', body);
  }
  const served = await github.forge.deployments.list('production');
  expect(served.map(({ version }) => version)).toEqual([3]);
});

it('completes a deployment without a success status', async () => {
  home = await startHome();
  const { server, token, github } = home;
  const { id } = await ask<{ id: number }>(server, token, 'POST', '/deployments', {
    ref: server.sha,
    environment: 'production',
    required_contexts: [],
    auto_merge: false,
    payload: { version: 3 },
  });
  const url = 'https://films.vercel.app';
  const again = { environment: 'production', version: 3, description: 'Promoted', url };
  expect((await github.forge.deployments.create(again)).id).toBe(id);
  const statuses = await ask<readonly { state: string; environment_url: string }[]>(
    server,
    token,
    'GET',
    `/deployments/${id}/statuses`,
  );
  expect(statuses).toMatchObject([{ state: 'success', environment_url: url }]);
  expect(statuses).toHaveLength(1);
});
