import { afterAll, beforeAll, expect, it } from 'vitest';
import { asker } from './ask.ts';
import { type EmulatedGithub, startGithub } from './start-github.ts';

let github: EmulatedGithub;
beforeAll(async () => {
  github = await startGithub({ people: { triager: 'read' } });
});
afterAll(() => github.stop());

const ISSUE = { title: 'Drift', body: 'Ratings differ.' };

/** A call, and the one permission that is enough for it. */
const ENOUGH = [
  ['POST /issues', ISSUE, { issues: 'write' }],
  ['GET /issues', undefined, { issues: 'read' }],
  ['POST /releases', { tag_name: 'x', draft: true }, { contents: 'write' }],
  ['GET /releases', undefined, { contents: 'read' }],
  ['POST /deployments', { ref: 'main', required_contexts: [] }, { deployments: 'write' }],
  ['GET /deployments', undefined, { deployments: 'read' }],
  ['POST /actions/workflows/train.yml/dispatches', { ref: 'main' }, { actions: 'write' }],
  ['PUT /actions/workflows/train.yml/enable', undefined, { actions: 'write' }],
  ['GET /actions/workflows/train.yml/runs', undefined, { actions: 'read' }],
  ['GET /actions/artifacts', undefined, { actions: 'read' }],
  ['GET /pulls', undefined, { 'pull-requests': 'read' }],
  ['GET /commits/main/check-runs', undefined, { checks: 'read' }],
] as const;

// https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
it.each(ENOUGH)(
  'answers %s with the permission for it, and with all others refuses',
  async (route, body, permission) => {
    const [name = '', level = ''] = Object.entries(permission)[0] ?? [];
    expect((await asker(github, await github.jobToken(permission))(route, body)).status).toBeLessThan(300);
    const others = Object.fromEntries(
      ['issues', 'contents', 'deployments', 'actions', 'pull-requests', 'checks', 'attestations']
        .filter((other) => other !== name)
        .map((other) => [other, 'write' as const]),
    );
    const refused = await asker(github, await github.jobToken(others))(route, body);
    expect(refused.status).toBe(403);
    expect(refused.body.message).toBe('Resource not accessible by integration');
    expect(refused.headers.get('x-accepted-github-permissions')).toContain(
      `${name.replace('-', '_')}=${level}`,
    );
  },
);

it('lets reading be no writing', async () => {
  const ask = asker(github, await github.jobToken({ issues: 'read', contents: 'read' }));
  expect((await ask('POST /issues', ISSUE)).status).toBe(403);
  expect((await ask('POST /releases', { tag_name: 'x' })).status).toBe(403);
});

it('lets who may write to pull requests comment on them, and on no issue; and the other way round', async () => {
  const onPulls = asker(github, await github.jobToken({ 'pull-requests': 'write' }));
  const onIssues = asker(github, await github.jobToken({ issues: 'write' }));
  const issue = (await onIssues('POST /issues', ISSUE)).body.number;
  const pull = (await github.openPullRequest({ branch: 'faster' })).number;
  const comment = async (ask: typeof onPulls, number: number): Promise<number> =>
    (await ask(`POST /issues/${number}/comments`, { body: 'Report.' })).status;
  expect([await comment(onPulls, pull), await comment(onPulls, issue)]).toEqual([201, 403]);
  expect([await comment(onIssues, pull), await comment(onIssues, issue)]).toEqual([403, 201]);
  const { id } = (await onPulls(`GET /issues/${pull}/comments`)).body[0];
  expect((await onIssues(`PATCH /issues/comments/${id}`, { body: 'Newer.' })).status).toBe(403);
  expect((await onPulls(`PATCH /issues/comments/${id}`, { body: 'Newer.' })).body.body).toBe('Newer.');
});

it('writes as github-actions[bot], a bot', async () => {
  const ask = asker(github, await github.jobToken({ issues: 'write' }));
  const { body } = await ask('POST /issues', ISSUE);
  expect(body.user).toMatchObject({ login: 'github-actions[bot]', type: 'Bot' });
});

it('knows no token that it did not give, and none that is missing', async () => {
  expect(await asker(github, 'ghs_forged')('GET ')).toMatchObject({
    status: 401,
    body: { message: 'Bad credentials' },
  });
  expect((await fetch(`${github.apiUrl}/repos/acme/cinematch`)).status).toBe(401);
});

it('gives no token with a permission that workflows do not have', async () => {
  await expect(github.jobToken({ administration: 'write' })).rejects.toThrow('administration');
});

// https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
it.each([
  ['acme', 'admin'],
  ['maintainer', 'write'],
  ['triager', 'read'],
  ['stranger', 'read'],
])('says of %s: %s', async (login, permission) => {
  const { body } = await asker(github, await github.jobToken({}))(`GET /collaborators/${login}/permission`);
  expect(body.permission).toBe(permission);
});

it('says of a person without an account: not found', async () => {
  const { status } = await asker(github, await github.jobToken({}))('GET /collaborators/no-one/permission');
  expect(status).toBe(404);
});

it('says of strangers in a private repository: none', async () => {
  const hidden = await startGithub({ private: true });
  const ask = asker(hidden, await hidden.jobToken({ issues: 'read' }));
  expect((await ask('GET /collaborators/stranger/permission')).body.permission).toBe('none');
  expect((await ask('GET ')).body).toMatchObject({ private: true, visibility: 'private' });
  expect((await ask('GET /issues')).body).toEqual([]);
  await hidden.stop();
});

it('refuses a call that it does not emulate, and says which', async () => {
  const answer = await asker(github, await github.jobToken({ contents: 'write' }))('GET /topics');
  expect(answer).toMatchObject({ status: 501, body: { message: expect.stringContaining('GET') } });
});
