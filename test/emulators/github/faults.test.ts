import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Ask, asker } from './ask.ts';
import { type EmulatedGithub, startGithub } from './start-github.ts';

let github: EmulatedGithub;
let bot: Ask;

beforeEach(async () => {
  github = await startGithub();
  bot = asker(github, await github.jobToken({ issues: 'write' }));
});
afterEach(() => github.stop());

const create = () => bot('POST /issues', { title: 'Drift' });
const count = async (): Promise<number> => (await bot('GET /issues')).body.length;

// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
it('refuses with a secondary limit, does nothing, and says how long to wait', async () => {
  github.inject({ when: () => true, kind: 'secondary-limit', retryAfterSeconds: 7 });
  const { status, headers, body } = await create();
  expect([status, headers.get('retry-after')]).toEqual([403, '7']);
  expect(body.message).toContain('secondary rate limit');
  expect(await count()).toBe(0);
});

it('refuses with the primary limit, does nothing, and says when it ends', async () => {
  github.inject({ when: () => true, kind: 'rate-limit-429', retryAfterSeconds: 60 });
  const { status, headers } = await create();
  expect([status, headers.get('x-ratelimit-remaining')]).toEqual([429, '0']);
  expect(Number(headers.get('x-ratelimit-reset')) * 1000).toBeGreaterThan(Date.now());
  expect(await count()).toBe(0);
});

it('fails on its side and does nothing', async () => {
  github.inject({ when: () => true, kind: 'server-error' });
  expect((await create()).status).toBe(502);
  expect(await count()).toBe(0);
});

it.each([
  ['cut-before', 0],
  ['cut-after', 1],
  ['truncate', 1],
] as const)('breaks the answer with %s, after which there are %i issues', async (kind, issues) => {
  github.inject({ when: () => true, kind });
  await expect(create()).rejects.toThrow();
  expect(await count()).toBe(issues);
});

it('says the whole length of an answer of which half comes', async () => {
  const whole = Number((await bot('GET /labels')).headers.get('content-length'));
  github.inject({ when: () => true, kind: 'truncate' });
  const response = await fetch(`${github.apiUrl}/repos/acme/cinematch/labels`, {
    headers: { authorization: `token ${await github.jobToken({ issues: 'read' })}` },
  });
  expect(Number(response.headers.get('content-length'))).toBe(whole);
  await expect(response.text()).rejects.toThrow();
});

it('strikes the request that is meant, as often as is said', async () => {
  github.inject({ when: (_, index) => index === 1, kind: 'server-error' });
  expect([(await create()).status, (await create()).status, (await create()).status]).toEqual([
    201, 502, 201,
  ]);
  github.inject({ when: ({ method }) => method === 'POST', kind: 'server-error', times: Infinity });
  expect([(await create()).status, await count(), (await create()).status]).toEqual([502, 2, 502]);
  github.clearFaults();
  expect((await create()).status).toBe(201);
});

it('writes down every request, who asked and what the answer was', async () => {
  github.inject({ when: () => true, kind: 'cut-after' });
  await create().catch(() => undefined);
  await bot('GET /issues?state=all');
  await asker(github, await github.userToken('stranger', 'none'))('POST /releases', {});
  expect(github.requests).toEqual([
    {
      origin: 'api',
      method: 'POST',
      path: '/repos/acme/cinematch/issues',
      who: 'github-actions[bot]',
      status: null,
    },
    {
      origin: 'api',
      method: 'GET',
      path: '/repos/acme/cinematch/issues?state=all',
      who: 'github-actions[bot]',
      status: 200,
    },
    { origin: 'api', method: 'POST', path: '/repos/acme/cinematch/releases', who: 'stranger', status: 403 },
  ]);
});
