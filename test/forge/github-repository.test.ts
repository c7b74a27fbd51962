import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, type GithubHome, startHome } from './github-home.ts';

let home: GithubHome;
beforeEach(async () => {
  home = await startHome();
});
afterEach(() => home.server.stop());

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a repository', () => {
  it('returns who has write permission', async () => {
    const { repository } = home.github;
    const logins = ['acme', 'maintainer', 'reader', 'stranger', 'nobody-of-this-name', 'github-actions[bot]'];
    const steering = await Promise.all(logins.map((login) => repository.mayWrite(login)));
    expect(logins.filter((_, index) => steering[index])).toEqual(['acme', 'maintainer']);
  });

  it('returns when a workflow last ran on its default branch', async () => {
    const { server, github } = home;
    expect(await github.repository.lastRunAt('drift')).toBeNull();
    const older = server.startRun({
      workflow: 'drift.yml',
      event: 'schedule',
      createdAt: new Date('2026-03-01T05:17:00Z'),
    });
    server.finishRun(older.runId, 'failure');
    server.startRun({ workflow: 'drift.yml', event: 'workflow_dispatch', headBranch: 'topic' });
    server.startRun({ workflow: 'ingest.yml', event: 'schedule' });
    expect(await github.repository.lastRunAt('drift')).toEqual(new Date('2026-03-01T05:17:00Z'));
  });

  it('returns whether a workflow is disabled', async () => {
    const { server, github } = home;
    expect(await github.repository.isWorkflowEnabled('drift')).toBe(true);
    server.setWorkflowState('drift.yml', 'disabled_inactivity');
    expect(await github.repository.isWorkflowEnabled('drift')).toBe(false);
  });

  it('keeps workflows enabled that GitHub disables, and leaves alone what a person disabled', async () => {
    const { server, github } = home;
    server.setWorkflowState('drift.yml', 'disabled_inactivity');
    server.setWorkflowState('train.yml', 'disabled_manually');
    for (const workflow of ['drift', 'ingest', 'train'])
      await github.repository.keepWorkflowEnabled(workflow);
    expect(server.enabledWorkflows).toEqual(['drift.yml', 'ingest.yml']);
    expect(await github.repository.isWorkflowEnabled('drift')).toBe(true);
    expect(await github.repository.isWorkflowEnabled('train')).toBe(false);
  });

  it('trusts only artifacts of its own default branch', async () => {
    const { server, github } = home;
    const put = (run: Parameters<typeof server.startRun>[0], name = 'cinematch-state') => {
      const { runId } = server.startRun(run);
      return { runId, ...server.putArtifact({ runId, name, bytes: bytes(name) }) };
    };
    const state = () => github.repository.newestArtifact('cinematch-state');
    expect(await state()).toBeNull();

    const first = put({ workflow: 'ingest.yml', event: 'schedule' });
    const second = put({ workflow: 'ingest.yml', event: 'schedule' });
    put({ workflow: 'model-check.yml', event: 'pull_request', fork: true });
    put({ workflow: 'model-check.yml', event: 'pull_request', headBranch: 'topic' });
    put({ workflow: 'ingest.yml', event: 'schedule' }, 'cinematch-state-of-another-name');
    expect(await state()).toMatchObject({ id: second.artifactId, runId: second.runId });
    server.expireArtifact(second.artifactId);
    expect((await state())?.id).toBe(first.artifactId);
  });

  it('keeps the newest artifacts of a name and does not change others', async () => {
    const { server, github } = home;
    const put = (name: string, fork = false) => {
      const { runId } = server.startRun({ workflow: 'ingest.yml', event: 'schedule', fork });
      return server.putArtifact({ runId, name, bytes: bytes('x') }).artifactId;
    };
    const [first, second, third] = ['state', 'state', 'state'].map((name) => put(name));
    put('report');
    put('state', true);
    await github.repository.keepNewestArtifacts('state', 2);
    expect((await github.repository.newestArtifact('state'))?.id).toBe(third);
    server.expireArtifact(third ?? 0);
    expect((await github.repository.newestArtifact('state'))?.id).toBe(second);
    server.expireArtifact(second ?? 0);
    expect(await github.repository.newestArtifact('state')).toBeNull();
    expect(await github.repository.newestArtifact('report')).not.toBeNull();
    expect(first).toBeLessThan(second ?? 0);
  });

  it('finds a trusted artifact on a later page', async () => {
    const { server, github } = home;
    const put = (fork: boolean) => {
      const { runId } = server.startRun({ workflow: 'x.yml', event: 'push', fork });
      return server.putArtifact({ runId, name: 'cinematch-state', bytes: bytes('x') }).artifactId;
    };
    const own = put(false);
    for (let i = 0; i < 120; i++) put(true);
    expect((await github.repository.newestArtifact('cinematch-state'))?.id).toBe(own);
  });

  it('returns the artifact of any run, and refuses one that is too large', async () => {
    const { server, github } = home;
    const { runId } = server.startRun({ workflow: 'model-check.yml', event: 'pull_request', fork: true });
    server.putArtifact({ runId, name: 'comment', bytes: bytes('a zip file') });
    const artifact = await github.repository.artifactOfRun(runId, 'comment');
    expect(artifact).toMatchObject({ runId });
    const zip = await github.repository.downloadArtifact(artifact?.id ?? 0, 10);
    expect(new TextDecoder().decode(zip)).toBe('a zip file');
    const before = server.requests.length;
    await expect(github.repository.downloadArtifact(artifact?.id ?? 0, 9)).rejects.toMatchObject({
      code: 'artifact-invalid',
      message: expect.stringContaining('the limit is 9'),
    });
    expect(server.requests.slice(before).some(({ origin }) => origin === 'storage')).toBe(false);
    expect(await github.repository.artifactOfRun(runId, 'other')).toBeNull();
  });

  it('creates missing labels and does not change existing ones', async () => {
    const { server, token, github } = home;
    await ask(server, token, 'POST', '/labels', { name: 'Drift', color: '00ff00', description: 'ours' });
    const wanted = [
      { name: 'drift', color: 'd93f0b', description: 'Ratings differ' },
      { name: 'automated', color: 'ededed', description: 'Opened by the pipeline' },
    ];
    server.inject({ kind: 'cut-after', when: ({ method }) => method === 'POST' });
    for (const _ of [1, 2]) await github.repository.ensureLabels(wanted);
    const labels = await ask<readonly { name: string; color: string }[]>(server, token, 'GET', '/labels');
    const ours = labels.filter(({ name }) => /^(drift|automated)$/i.test(name));
    expect(ours.map(({ name, color }) => `${name} ${color}`).sort()).toEqual([
      'Drift 00ff00',
      'automated ededed',
    ]);
  });
});

it('says whether it is a fork and has issues', async () => {
  expect(await home.github.repository.settings()).toEqual({ isFork: false, hasIssues: true });
});

describe('a pull request', () => {
  it('has one comment for each report, which is updated', async () => {
    const { server, token, github } = home;
    const { number } = await server.openPullRequest({ branch: 'topic' });
    for (const [key, body] of [
      ['metrics', 'RMSE 0.87'],
      ['other', 'Something else'],
      ['metrics', 'RMSE 0.86'],
      ['metrics', 'RMSE 0.86'],
    ] as const) {
      await github.pullRequests.stickyComment(number, key, body);
    }
    const comments = await ask<readonly { body: string }[]>(
      server,
      token,
      'GET',
      `/issues/${number}/comments`,
    );
    expect(comments.map(({ body }) => body)).toEqual([
      '<!-- cinematch:metrics -->\n\nRMSE 0.86',
      '<!-- cinematch:other -->\n\nSomething else',
    ]);
    expect(server.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  });

  it("keeps a stranger's comment that looks like ours", async () => {
    const { server, token, github } = home;
    const { number } = await server.openPullRequest({ branch: 'topic' });
    const stranger = await server.userToken('stranger', 'none');
    const forged = '<!-- cinematch:metrics -->\n\nAll is well';
    await ask(server, stranger, 'POST', `/issues/${number}/comments`, { body: forged });
    await github.pullRequests.stickyComment(number, 'metrics', 'RMSE 0.87');
    const comments = await ask<readonly { body: string; user: { login: string } }[]>(
      server,
      token,
      'GET',
      `/issues/${number}/comments`,
    );
    expect(comments.map(({ user, body }) => [user.login, body])).toEqual([
      ['stranger', forged],
      ['github-actions[bot]', '<!-- cinematch:metrics -->\n\nRMSE 0.87'],
    ]);
  });

  it('has one check for each name, which is updated, besides a job with the same name', async () => {
    const { server, token, github } = home;
    const { headSha: sha } = await server.openPullRequest({ branch: 'topic' });
    const job = { name: 'Metrics', head_sha: sha, status: 'in_progress' };
    await ask(server, token, 'POST', '/check-runs', job);
    const check = { sha, name: 'Metrics', title: 'Metrics hold', summary: '8 of 8' } as const;
    await github.pullRequests.check({ ...check, conclusion: 'failure' });
    for (const _ of [1, 2]) await github.pullRequests.check({ ...check, conclusion: 'success' });
    const { check_runs } = await ask<{
      check_runs: readonly { status: string; conclusion: string | null }[];
    }>(server, token, 'GET', `/commits/${sha}/check-runs?filter=all`);
    expect(check_runs.map(({ status, conclusion }) => `${status} ${conclusion}`).sort()).toEqual([
      'completed success',
      'in_progress null',
    ]);
  });

  it('is found by its head, of a fork too, and only at that commit', async () => {
    const { server, github } = home;
    await server.openPullRequest({ branch: 'topic' });
    const forked = await server.openPullRequest({ branch: 'topic', forkOf: 'contributor' });
    const head = { owner: 'contributor', branch: 'topic', sha: forked.headSha };
    expect(await github.pullRequests.find(head)).toEqual({ number: forked.number, baseSha: forked.baseSha });
    expect(await github.pullRequests.find({ ...head, owner: 'acme' })).toBeNull();
    expect(await github.pullRequests.find({ ...head, sha: '0'.repeat(40) })).toBeNull();
  });
});
