/** The requests of the smoke test, over real HTTP, and which responses are wrong. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type ExpectedResponses,
  type SiteAccess,
  smokeTest,
} from '../../../pipeline/deploy/vercel/smoke-test.ts';
import { openServing } from '../../../pipeline/serving/open-serving.ts';
import {
  type Call,
  type HttpServer,
  openHttpServer,
  type Reaction,
} from '../../emulators/vercel/http-server.ts';
import { runBundle } from '../../emulators/vercel/run-bundle.ts';
import type { SiteHandler } from '../../emulators/vercel/sites.ts';
import { sampleServing } from '../../support/sample-serving.ts';

const { files, manifest } = sampleServing({ version: 5 });
const { bundle, modelSha256 } = openServing(files, 'of the test');
const expected: ExpectedResponses = { version: manifest.version, modelSha256, golden: bundle.golden };

let handler: SiteHandler;
let server: HttpServer;
/** Handlers for the next requests, before the API. */
let before: (call: Call) => Reaction | null;
let calls: Call[] = [];
beforeAll(async () => {
  const uploaded = [...files].map(
    ([name, bytes]) => [`index.func/serving/${name}`, Buffer.from(bytes)] as const,
  );
  handler = await runBundle(new Map(uploaded));
  server = await openHttpServer(async (call) => {
    calls.push(call);
    return before(call) ?? handler.answer(call);
  });
});
afterAll(() => server.close());

async function run(change: (call: Call) => Reaction | null, bypass: string | null = null): Promise<number> {
  let waited = 0;
  calls = [];
  before = change;
  const site: SiteAccess = {
    fetch,
    time: {
      now: () => waited,
      sleep: async (milliseconds) => {
        waited += milliseconds;
      },
    },
    bypass,
    timeoutMs: 5_000,
  };
  await smokeTest(site, `http://${server.host}`, expected);
  return waited / 1000;
}

test('the smoke test sends four requests, without a pause', async () => {
  expect(await run(() => null, 'a secret')).toBe(0);
  expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /api/v1/health/ready',
    'GET /api/v1/model',
    'GET /api/v1/model/golden',
    'POST /api/v1/recommendations',
  ]);
  expect(calls.every(({ headers }) => headers['x-vercel-protection-bypass'] === 'a secret')).toBe(true);
  expect(expected.golden.length).toBeGreaterThanOrEqual(20);
});

test('requests are repeated while a deployment starts', async () => {
  let left = 3;
  expect(await run(() => (left-- > 0 ? { status: 503 } : null))).toBe(1 + 2 + 4);
  let cuts = 2;
  expect(await run(() => (cuts-- > 0 ? 'cut' : null))).toBe(1 + 2);
});

test('the pause of a Retry-After header is respected, up to a limit', async () => {
  let left = 1;
  expect(await run(() => (left-- > 0 ? { status: 429, headers: { 'retry-after': '20' } } : null))).toBe(20);
  left = 1;
  expect(await run(() => (left-- > 0 ? { status: 429, headers: { 'retry-after': '900' } } : null))).toBe(30);
});

test('a wrong response fails immediately', async () => {
  const other: Reaction = { status: 200, headers: { 'x-model-version': '4' }, body: '{}' };
  await expect(run(() => other)).rejects.toThrow('was answered by model v4, not v5');
  expect(calls).toHaveLength(1);
});

test.each(expected.golden.map((golden, at) => ({ at, ...golden })))(
  'golden prediction $at, of user $user and movie $movie, is compared',
  async ({ at, user, movie, rating }) => {
    const answering =
      (change: number) =>
      (call: Call): Reaction | null => {
        if (!call.path.endsWith('/golden')) return null;
        const ratings = expected.golden.map((each, index) =>
          index === at ? each.rating + change : each.rating,
        );
        return { status: 200, body: JSON.stringify({ ratings }) };
      };
    await expect(run(answering(2e-6))).rejects.toThrow(
      `for user ${user} and movie ${movie} it predicts ${rating + 2e-6}, not ${rating}`,
    );
    await run(answering(5e-7));
  },
);
