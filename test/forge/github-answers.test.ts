import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Forge, OWN_LABEL } from '../../pipeline/forge/forge.ts';
import { toGithubFailure } from '../../pipeline/forge/github/failure.ts';
import { neededPermission } from '../../pipeline/forge/github/permissions.ts';
import type { Github } from '../../pipeline/forge/open-github-forge.ts';
import { type GithubHome, openFor, startHome } from './github-home.ts';

const ISSUE = { marker: '<!-- m -->', title: 'x', body: 'x', labels: [OWN_LABEL] };
const DEPLOYMENT = { environment: 'production', version: 1, description: '' };

let home: GithubHome;
beforeAll(async () => {
  home = await startHome({ workflows: { 'train.yml': { inputs: ['reason', 'issue'] } } });
});
afterAll(() => home.server.stop());
beforeEach(() => home.server.clearFaults());

describe('a token that may not', () => {
  const READ = {
    actions: 'read',
    checks: 'read',
    contents: 'read',
    deployments: 'read',
    issues: 'read',
    'pull-requests': 'read',
  } as const;

  it.each<[string, string, (github: Github) => Promise<unknown>]>([
    ['open an issue', 'issues: write', ({ forge }) => forge.issues.open(ISSUE)],
    [
      'draft a release',
      'contents: write',
      ({ forge }) => forge.releases.draft({ tag: 'a', title: '', body: '' }),
    ],
    ['record a deployment', 'deployments: write', ({ forge }) => forge.deployments.create(DEPLOYMENT)],
    ['dispatch', 'actions: write', ({ forge }) => forge.dispatch('train', {})],
    [
      'write a check',
      'checks: write',
      ({ pullRequests }) =>
        pullRequests.check({
          sha: home.server.sha,
          name: 'm',
          conclusion: 'success',
          title: '',
          summary: '',
        }),
    ],
  ])('%s is told that it needs %s', async (_call, permission, call) => {
    const token = await home.server.jobToken(READ);
    const failure = await call(openFor(home.server, token)).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'forge-denied',
      message: expect.stringMatching(`POST /repos/acme/cinematch/.* needs the permission ${permission}`),
      remedy: expect.stringContaining(`Add ${permission} to "permissions:"`),
    });
    expect(JSON.stringify(failure)).not.toContain(token);
  });

  it('be used at all gives forge-denied', async () => {
    await expect(openFor(home.server, 'ghs_nobody').forge.issues.list()).rejects.toMatchObject({
      code: 'forge-denied',
      message: expect.stringContaining('401 Bad credentials'),
    });
  });
});

it.each([
  ['POST', '/repos/o/r/issues', 'issues=write; pull_requests=write', 'issues: write or pull-requests: write'],
  ['POST', '/repos/o/r/releases', 'contents=write; contents=write,workflows=write', 'contents: write'],
  ['PUT', '/repos/o/r/x', 'contents=write,workflows=write', 'contents: write, workflows: write'],
  ['GET', '/repos/o/r/actions/artifacts', undefined, 'actions: read'],
  ['POST', '/repos/o/r/check-runs', undefined, 'checks: write'],
])('reads which permission %s %s needs, GitHub saying %j: %s', (method, path, accepted, permission) => {
  expect(neededPermission(method, path, accepted)).toBe(permission);
});

describe('a limit', () => {
  let forge: Forge;
  let heard: string[];
  beforeEach(() => {
    heard = [];
    forge = openFor(home.server, home.token, heard).forge;
  });

  it('is waited for as long as GitHub asks, with a message', async () => {
    home.server.inject({
      kind: 'secondary-limit',
      retryAfterSeconds: 7,
      when: (_request, index) => index === 0,
    });
    await forge.issues.list();
    expect(heard).toEqual([
      'GitHub asks to wait 7 s (secondary rate limit) before GET /repos/acme/cinematch/issues.',
    ]);
  });

  it('that does not end fails after five attempts, with the time of the next attempt', async () => {
    const before = home.server.requests.length;
    home.server.inject({
      kind: 'secondary-limit',
      retryAfterSeconds: 2,
      times: Number.POSITIVE_INFINITY,
      when: () => true,
    });
    await expect(forge.issues.list()).rejects.toMatchObject({
      code: 'forge-unavailable',
      message: expect.stringMatching(
        /GET \/repos\/acme\/cinematch\/issues: GitHub says 403 .*secondary rate limit/,
      ),
      remedy: expect.stringMatching(/^Run this again after \d{4}-.*Z\.$/),
    });
    expect(home.server.requests.length - before).toBe(5);
  });

  it('that lasts longer than a job should wait is not waited for', async () => {
    const before = home.server.requests.length;
    home.server.inject({ kind: 'secondary-limit', retryAfterSeconds: 3_600, when: () => true });
    await expect(forge.issues.list()).rejects.toMatchObject({ code: 'forge-unavailable' });
    expect(home.server.requests.length - before).toBe(1);
    expect(heard).toEqual([]);
  });
});

it('asks four times for what can be asked again, when GitHub fails, and not a fifth time', async () => {
  const { issues } = openFor(home.server, home.token).forge;
  const failing = (times: number) =>
    home.server.inject({ kind: 'server-error', times, when: ({ method }) => method === 'GET' });
  const before = home.server.requests.length;
  failing(3);
  expect(await issues.list()).toEqual(expect.any(Array));
  expect(home.server.requests.length - before).toBe(4);
  failing(4);
  await expect(issues.list()).rejects.toMatchObject({ code: 'forge-unavailable' });
  expect(home.server.requests.length - before).toBe(8);
});

it('names a missing workflow, and an unknown input', async () => {
  const { forge } = home.github;
  await expect(forge.dispatch('teach', {})).rejects.toMatchObject({
    code: 'forge-missing',
    message: expect.stringContaining('teach.yml'),
  });
  await expect(forge.dispatch('train', { colour: 'red' })).rejects.toMatchObject({
    code: 'forge-conflict',
    message: expect.stringMatching(/train\.yml.*422 .*colour/),
  });
  await forge.dispatch('train', { reason: 'drift', issue: '1' });
  expect(home.server.dispatches.at(-1)).toMatchObject({
    workflow: 'train.yml',
    ref: 'main',
    inputs: { reason: 'drift', issue: '1' },
  });
});

describe('an answer', () => {
  const now = new Date('2026-03-07T09:00:00Z');
  const failed = (status: number, message: string, headers: Readonly<Record<string, string>> = {}): Error =>
    Object.assign(new Error(message), {
      status,
      request: { method: 'POST', url: 'https://api.github.com/repos/o/r/issues?x=secret' },
      response: { headers },
    });

  it.each([
    [410, 'Issues has been disabled in this repository.', 'forge-denied', 'Features → Issues'],
    [410, 'This issue was deleted', 'forge-missing', 'that it exists'],
    [403, 'Repository was archived so is read-only.', 'forge-denied', 'issues: write'],
    [502, 'Server Error', 'forge-unavailable', 'githubstatus'],
    [422, 'Validation Failed', 'forge-conflict', 'on GitHub'],
  ])('%d %s is %s', (status, message, code, remedy) => {
    const error = toGithubFailure(failed(status, message), now);
    expect(error).toMatchObject({
      code,
      message: expect.stringContaining(`POST /repos/o/r/issues: GitHub says ${status} ${message}`),
      remedy: expect.stringContaining(remedy),
    });
    expect(String(error)).not.toContain('secret');
  });

  it('about the hourly limit has the time of the reset', () => {
    const reset = String(Date.UTC(2026, 2, 7, 9, 40) / 1000);
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
    expect(
      toGithubFailure(failed(403, 'API rate limit exceeded for installation.', headers), now),
    ).toMatchObject({
      code: 'forge-unavailable',
      remedy: 'Run this again after 2026-03-07T09:40:00.000Z.',
    });
  });

  it('that is not from GitHub is returned unchanged', () => {
    const bug = new TypeError('x is undefined');
    expect(toGithubFailure(bug, now)).toBe(bug);
  });
});
