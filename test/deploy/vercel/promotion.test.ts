/** Failed promotions without a simple rollback. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openVercelHome, type VercelHome } from '../../emulators/vercel/use-vercel.ts';
import { sampleServing } from '../../support/sample-serving.ts';

let home: VercelHome;
beforeEach(async () => {
  home = await openVercelHome();
});
afterEach(() => home.close());

const ALWAYS = 1_000;
const first = sampleServing({ version: 1 });
const second = sampleServing({ version: 2, mean: 4 });
const broken = { on: 'production', kind: { status: 500 } } as const;
const failure = (message: RegExp) => ({
  code: 'deploy-failed',
  message: expect.stringMatching(message),
});

test('a first deployment that fails in production is removed', async () => {
  const { vercel } = home;
  vercel.injectSite(broken);
  await expect(home.target().deploy(first)).rejects.toMatchObject({
    ...failure(
      /was taken back after its promotion: .*500\. There was no previous deployment, so the new one was removed/,
    ),
    details: { step: 'watch' },
  });
  expect(vercel.history).toEqual([null, expect.stringMatching(/^dpl_/), null]);
  expect((await fetch(`${vercel.productionUrl}/api/v1/health/ready`)).status).toBe(404);
});

test('the domain of a first deployment may appear later', async () => {
  const { vercel } = home;
  vercel.injectSite({ ...broken, kind: { status: 404 }, times: 7 });
  await home.target().deploy(first);
  expect(vercel.history).toHaveLength(2);
});

test('a deployment that was promoted at the same time stays in production', async () => {
  const { vercel } = home;
  const other = await vercel.seed(sampleServing({ version: 7 }));
  await vercel.seed(first);
  vercel.injectSite({
    on: 'production',
    from: 20_000,
    times: 1,
    kind: (answer) => {
      vercel.point(other);
      return { ...answer, status: 500 };
    },
  });
  await expect(home.target().deploy(second)).rejects.toMatchObject(
    failure(/by model v7, not v2\. Another deployment was promoted at the same time; that one serves\./),
  );
  expect(vercel.history.at(-1)).toBe(other);
});

test('when the rollback fails, the message says so and what to check', async () => {
  const { vercel } = home;
  await vercel.seed(first);
  vercel.injectSite(broken);
  vercel.inject({ on: /\/rollback\//, kind: { status: 500 }, times: ALWAYS });
  vercel.inject({ on: /\/promote\//, kind: { status: 500 }, after: 1, times: ALWAYS });
  await expect(home.target().deploy(second)).rejects.toMatchObject({
    ...failure(
      /500\. The rollback failed, Vercel answered 500 to POST .*: check at Vercel which deployment serves\./,
    ),
    remedy: expect.stringContaining('promote the previous one'),
  });
});

test('a previous version that is not ready is restored, and the message says so', async () => {
  const { vercel } = home;
  const before = await vercel.seed(first);
  vercel.injectSite(broken);
  vercel.breakDown(before);
  await expect(home.target().deploy(second)).rejects.toMatchObject(
    failure(/The previous deployment was restored, but it is not ready\./),
  );
  expect(vercel.history.at(-1)).toBe(before);
});

test('a promotion with a lost response succeeds', async () => {
  const { vercel } = home;
  await vercel.seed(first);
  vercel.inject({ on: /\/promote\//, kind: 'cut-after', times: 2 });
  vercel.inject({ on: /^GET \/v4\/aliases/, kind: { status: 502 }, after: 2, times: 3 });
  await home.target().deploy(second);
  expect(vercel.history).toHaveLength(3);
});
