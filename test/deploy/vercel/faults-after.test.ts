/** Deployments that fail after production was changed: the previous version must serve at the end. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiFault, SiteFault } from '../../emulators/vercel/faults.ts';
import { impatientFetch } from '../../emulators/vercel/use-vercel.ts';
import { type DeployFault, type DeployWorld, openDeployWorld, tryFault } from './deploy-world.ts';

let world: DeployWorld;
beforeAll(async () => {
  world = await openDeployWorld();
});
afterAll(() => world.close());

const ALWAYS = 1_000;
const PROMOTE = /\/promote\//;
const ROLLBACK = /\/rollback\//;
const ALIAS = /^GET \/v4\/aliases\//;

const promotion = (name: string, says: RegExp, ...faults: readonly ApiFault[]): DeployFault => ({
  name: `promotion: ${name}`,
  says,
  arrange: (scene) => {
    if (faults.some(({ kind }) => kind === 'hang')) scene.use(scene.target({ fetch: impatientFetch }));
    for (const fault of faults) scene.vercel.inject(fault);
  },
});

/** Some seconds after the promotion, production gives wrong responses. */
const watched = (
  seconds: number,
  kind: SiteFault['kind'],
  says: RegExp,
  ...faults: readonly ApiFault[]
): DeployFault => ({
  name: `watched: ${says.source} at ${seconds} s, ${faults.map(({ on, kind: how, times = 1 }) => `${on.source} ${JSON.stringify(how)} ×${times}`).join(' and ') || 'nothing else'}`,
  says: new RegExp(`it was taken back after its promotion: .*${says.source}.*Model v1 serves again`),
  arrange: (scene) => {
    if (kind === 'hang') scene.use(scene.target({ fetch: impatientFetch }));
    scene.vercel.injectSite({ on: 'production', kind, from: seconds * 1000 });
    for (const fault of faults) scene.vercel.inject(fault);
  },
});
const oldVersion: SiteFault['kind'] = (answer) => ({
  ...answer,
  headers: { 'x-model-version': '1' },
  body: JSON.stringify({ status: 'ready', modelVersion: 1 }),
});
const broken = { status: 500 } as const;

const FAULTS: readonly DeployFault[] = [
  ...[400, 403, 404, 409, 422].map((status) =>
    promotion(
      `refused with ${status}`,
      new RegExp(`its promotion failed: Vercel answered ${status}.*Model v1 serves again`),
      {
        on: PROMOTE,
        kind: { status },
      },
    ),
  ),
  promotion('500 for ever', /its promotion failed: Vercel answered 500/, {
    on: PROMOTE,
    kind: broken,
    times: 7,
  }),
  promotion('a limit for ever', /its promotion failed: Vercel answered 429/, {
    on: PROMOTE,
    kind: { status: 429, retryAfter: 60 },
    times: 7,
  }),
  promotion('cut before it is done, for ever', /its promotion failed: Vercel did not answer/, {
    on: PROMOTE,
    kind: 'cut-before',
    times: 7,
  }),
  promotion('done, but nobody hears of it', /taken back after its promotion: Vercel did not answer/, {
    on: PROMOTE,
    kind: 'cut-after',
    times: 7,
  }),
  promotion('never answered', /its promotion failed: .*no response within/, {
    on: PROMOTE,
    kind: 'hang',
    times: 7,
  }),
  promotion(
    'done, but production cannot be looked up after',
    /its promotion failed: Vercel answered 500 to GET \/v4\/aliases.*Model v1 serves again/,
    {
      on: ALIAS,
      kind: broken,
      after: 2,
      times: 14,
    },
  ),
  promotion('answered and done, and the look after it is cut', /taken back after its promotion/, {
    on: ALIAS,
    kind: 'cut-before',
    after: 2,
    times: 7,
  }),
  {
    name: 'promotion: accepted, and not done in time',
    says: /its promotion failed: Vercel accepted the request but did not move.*Model v1 serves again/,
    arrange: ({ vercel }) => vercel.delayPromotions(ALWAYS),
  },
  {
    name: 'promotion: accepted, and would be done after it was given up',
    says: /its promotion failed: Vercel accepted the request but did not move.*Model v1 serves again/,
    arrange: ({ vercel }) => vercel.delayPromotions(61),
  },

  ...[0, 1, 30, 59].map((seconds) => watched(seconds, broken, /was answered with 500/)),
  watched(0, oldVersion, /by model v1, not v2/),
  watched(59, oldVersion, /by model v1, not v2/),
  watched(10, { status: 503 }, /answered with 503/),
  watched(20, { status: 404 }, /answered with 404/),
  watched(59, 'cut-before', /was not answered/),
  watched(5, 'hang', /no response within/),
  watched(5, 'login', /returned a login page/),
  watched(40, 'garbled', /does not match the API/),

  watched(0, broken, /500/, { on: ROLLBACK, kind: broken, times: 3 }),
  watched(0, broken, /500/, { on: ROLLBACK, kind: { status: 429, retryAfter: 30 }, times: 3 }),
  watched(0, broken, /500/, { on: ROLLBACK, kind: 'cut-before', times: 3 }),
  watched(0, broken, /500/, { on: ROLLBACK, kind: 'cut-after', times: 3 }),
  watched(0, broken, /500/, { on: ROLLBACK, kind: { status: 402 } }),
  watched(59, broken, /500/, { on: ROLLBACK, kind: broken, times: 7 }),
  watched(0, broken, /500/, { on: ALIAS, kind: broken, after: 3, times: 3 }),
  watched(0, broken, /500/, { on: ALIAS, kind: broken, after: 3, times: 7 }),
];

test.for(FAULTS)('$name: the previous version serves, and the issue gets one comment', (fault) =>
  tryFault(world, fault),
);

test('each has a name of its own', () => {
  expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
});
