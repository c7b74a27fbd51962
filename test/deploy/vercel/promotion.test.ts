/** Promotions that fail where there is no simple way back. */
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

test('a first deployment that fails in production is removed, for there is none to go back to', async () => {
  const { vercel } = home;
  vercel.injectSite(broken);
  await expect(home.target().deploy(first)).rejects.toMatchObject({
    ...failure(
      /was taken back after its promotion: .*500\. Nothing was served there before, so it was removed/,
    ),
    details: { step: 'watch' },
  });
  expect(vercel.history).toEqual([null, expect.stringMatching(/^dpl_/), null]);
  expect((await fetch(`${vercel.productionUrl}/api/v1/health/ready`)).status).toBe(404);
});

test('a first deployment may take a while until its domain is there', async () => {
  const { vercel } = home;
  vercel.injectSite({ ...broken, kind: { status: 404 }, times: 7 });
  await home.target().deploy(first);
  expect(vercel.history).toHaveLength(2);
});

test('what somebody else has promoted meanwhile stays', async () => {
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
    failure(
      /by model v7, not v2\. Somebody else has promoted another deployment meanwhile; that one serves\./,
    ),
  );
  expect(vercel.history.at(-1)).toBe(other);
});

test('when nothing brings the version before back, the message says that and where to look', async () => {
  const { vercel } = home;
  await vercel.seed(first);
  vercel.injectSite(broken);
  vercel.inject({ on: /\/rollback\//, kind: { status: 500 }, times: ALWAYS });
  vercel.inject({ on: /\/promote\//, kind: { status: 500 }, after: 1, times: ALWAYS });
  await expect(home.target().deploy(second)).rejects.toMatchObject({
    ...failure(
      /500\. That could not be undone, Vercel answered 500 to POST .*: look at who serves at Vercel\./,
    ),
    remedy: expect.stringContaining('promote the one before it'),
  });
});

test('a version before that does not answer either is put back, and that is said', async () => {
  const { vercel } = home;
  const before = await vercel.seed(first);
  vercel.injectSite(broken);
  vercel.breakDown(before);
  await expect(home.target().deploy(second)).rejects.toMatchObject(
    failure(/The deployment before it is back in place, and does not answer as ready\./),
  );
  expect(vercel.history.at(-1)).toBe(before);
});

test('a promotion that Vercel only answers too late is done all the same', async () => {
  const { vercel } = home;
  await vercel.seed(first);
  vercel.inject({ on: /\/promote\//, kind: 'cut-after', times: 2 });
  vercel.inject({ on: /^GET \/v4\/aliases/, kind: { status: 502 }, after: 2, times: 3 });
  await home.target().deploy(second);
  expect(vercel.history).toHaveLength(3);
});
