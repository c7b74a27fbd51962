import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Ask, asker } from './ask.ts';
import { type EmulatedGithub, startGithub } from './start-github.ts';

let github: EmulatedGithub;
let bot: Ask;
let stranger: Ask;

beforeEach(async () => {
  github = await startGithub();
  bot = asker(github, await github.jobToken({ issues: 'write', checks: 'write', 'pull-requests': 'read' }));
  stranger = asker(github, await github.userToken('stranger', 'none'));
});
afterEach(() => github.stop());

const namesOf = ({ labels }: { labels: { name: string }[] }): string[] => labels.map(({ name }) => name);

it('makes the labels that an issue names', async () => {
  const { body } = await bot('POST /issues', { title: 'Drift', labels: ['automated', 'severity:high'] });
  expect(namesOf(body)).toEqual(['automated', 'severity:high']);
  const labels = await bot('GET /labels');
  expect(labels.body.map(({ name }: { name: string }) => name)).toEqual(['automated', 'severity:high']);
});

// "Without push access to the repository, label changes are silently dropped."
// https://docs.github.com/en/rest/issues/issues#create-an-issue
it('drops the labels that a stranger gives, and says nothing', async () => {
  const { status, body } = await stranger('POST /issues', { title: 'Drift', labels: ['automated'] });
  expect([status, namesOf(body)]).toEqual([201, []]);
  const edited = await stranger(`PATCH /issues/${body.number}`, { title: 'Mine', labels: ['automated'] });
  expect(edited.body.title).toBe('Mine');
  expect(namesOf(edited.body)).toEqual([]);
});

it('lets a stranger change nothing of others', async () => {
  const { body: issue } = await bot('POST /issues', { title: 'Drift' });
  const { body: comment } = await bot(`POST /issues/${issue.number}/comments`, { body: 'Training.' });
  expect((await stranger(`PATCH /issues/${issue.number}`, { state: 'closed' })).status).toBe(403);
  expect((await stranger(`PATCH /issues/comments/${comment.id}`, { body: 'Hacked.' })).status).toBe(403);
  expect((await stranger('POST /labels', { name: 'automated' })).status).toBe(403);
});

// "GitHub's REST API considers every pull request an issue, but not every issue is a pull request."
// https://docs.github.com/en/rest/issues/issues#list-repository-issues
it('lists pull requests as issues that say so', async () => {
  await bot('POST /issues', { title: 'Drift', labels: ['automated'] });
  const { number } = await github.openPullRequest({ branch: 'faster', labels: ['automated'] });
  const listed = (await bot('GET /issues?labels=automated')).body;
  expect(listed.map((issue: Record<string, unknown>) => [issue['number'], 'pull_request' in issue])).toEqual([
    [number, true],
    [number - 1, false],
  ]);
  expect((await bot(`GET /issues/${number}`)).body.pull_request.url).toContain(`/pulls/${number}`);
});

it.each([0, 1])('leads from page to page with %i pull requests among the issues', async (pulls) => {
  for (let i = 1; i <= 5; i++) await bot('POST /issues', { title: `Issue ${i}` });
  if (pulls === 1) await github.openPullRequest({ branch: 'faster' });
  const numbers: number[] = [];
  let next: string | undefined = 'GET /issues?state=all&per_page=2';
  while (next !== undefined) {
    const { body, headers } = await bot(next);
    numbers.push(...body.map(({ number }: { number: number }) => number));
    const url = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
    next = url === undefined ? undefined : `GET ${url}`;
  }
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 5 + pulls }, (_, i) => i + 1));
});

it('refuses a text that is longer than GitHub keeps', async () => {
  const body = 'x'.repeat(65_537);
  expect((await bot('POST /issues', { title: 'Drift', body })).body).toMatchObject({
    message: 'Validation Failed',
    errors: [{ field: 'body' }],
  });
  const { status } = await bot('POST /issues', { title: 'Drift', body: body.slice(1) });
  expect(status).toBe(201);
});

// https://docs.github.com/en/rest/issues/labels#create-a-label
it.each([
  [{ name: 'drift', color: '#ff0000' }, 'invalid'],
  [{ name: 'drift', description: 'x'.repeat(101) }, 'custom'],
  [{ name: 'known', color: 'ff0000' }, 'already_exists'],
])('refuses the label %o', async (label, code) => {
  await bot('POST /labels', { name: 'known', color: 'd73a4a' });
  expect(await bot('POST /labels', label)).toMatchObject({ status: 422, body: { errors: [{ code }] } });
});

it('tells times in whole seconds and names pages of github.com', async () => {
  const { body } = await bot('POST /issues', { title: 'Drift', body: 'At 2026-01-01T00:00:00.123Z.' });
  expect(body.created_at).toMatch(/T\d\d:\d\d:\d\dZ$/);
  expect(body.html_url).toBe('https://github.com/acme/cinematch/issues/1');
  expect(body.body).toBe('At 2026-01-01T00:00:00.123Z.');
});

// https://docs.github.com/en/rest/pulls/pulls#list-pull-requests
it('finds a pull request by the branch it comes from, of a fork or not', async () => {
  const own = await github.openPullRequest({ branch: 'faster' });
  const forks = await github.openPullRequest({ branch: 'faster', forkOf: 'contributor' });
  for (const each of [own, forks]) {
    const { body } = await bot(`GET /pulls?head=${each.headOwner}:faster`);
    expect(body).toHaveLength(1);
    expect(body[0]).toMatchObject({
      number: each.number,
      head: { sha: each.headSha },
      base: { sha: github.sha },
    });
    expect(body[0].head.repo.full_name).toBe(`${each.headOwner}/cinematch`);
  }
});

// https://docs.github.com/en/rest/checks/runs
it('keeps check runs of its app, on commits that exist', async () => {
  const { headSha } = await github.openPullRequest({ branch: 'faster', forkOf: 'contributor' });
  const check = { name: 'model', head_sha: headSha, status: 'completed', conclusion: 'success' };
  const { body } = await bot('POST /check-runs', check);
  expect(body.app.slug).toBe('github-actions');
  await bot(`PATCH /check-runs/${body.id}`, { conclusion: 'failure' });
  const found = (await bot(`GET /commits/${headSha}/check-runs?check_name=model`)).body.check_runs;
  expect(found).toMatchObject([{ id: body.id, conclusion: 'failure' }]);
  expect((await bot('POST /check-runs', { ...check, head_sha: '0'.repeat(40) })).status).toBe(422);
  expect(
    (await asker(github, await github.userToken('maintainer', 'write'))('POST /check-runs', check)).status,
  ).toBe(403);
});
