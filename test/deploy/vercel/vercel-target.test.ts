/** Deployments to Vercel: upload, smoke test, promotion, watch. The faults are in faults-*.test.ts. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openVercelHome, type VercelHome } from '../../emulators/vercel/use-vercel.ts';
import { sampleServing } from '../../support/sample-serving.ts';

let home: VercelHome;
beforeEach(async () => {
  home = await openVercelHome();
});
afterEach(() => home.close());

const first = sampleServing({ version: 1 });
const second = sampleServing({ version: 2, mean: 4 });

async function versionAt(url: string): Promise<string | null> {
  const response = await fetch(`${url}/api/v1/health/ready`);
  await response.text();
  return response.headers.get('x-model-version');
}

test('the first deployment creates the project', async () => {
  const { vercel } = home;
  expect(await home.target().deploy(first)).toEqual({ location: vercel.productionUrl });
  expect(await versionAt(vercel.productionUrl)).toBe('1');
  expect(vercel.requests).toContain('POST /v11/projects');
  expect(vercel.history).toEqual([null, expect.stringMatching(/^dpl_/)]);
  expect(home.seconds()).toBeGreaterThanOrEqual(60);
});

test('the previous model serves until the next one is promoted', async () => {
  const { vercel } = home;
  const before = await vercel.seed(first);
  await home.target().deploy(second);
  expect(vercel.history).toEqual([null, before, expect.stringMatching(/^dpl_/)]);
  expect(await versionAt(vercel.productionUrl)).toBe('2');
  const order = vercel.requests.filter((request) => /deployments$|promote\//.test(request));
  expect(order).toEqual(['POST /v13/deployments', expect.stringMatching(/^POST .*\/promote\/dpl_/)]);
});

test('a bundle that already serves is not deployed again, but another bundle of its model is', async () => {
  const { vercel } = home;
  await home.target().deploy(first);
  const uploads = () => vercel.requests.filter((request) => request === 'POST /v13/deployments').length;
  const later = sampleServing({ version: 1, facts: { assembledAt: '2026-03-08T12:00:00.000Z' } });
  expect(await home.target().deploy(later)).toEqual({ location: vercel.productionUrl });
  expect([uploads(), vercel.history.length]).toEqual([1, 2]);

  await home
    .target()
    .deploy(sampleServing({ version: 1, facts: { readOrigins: ['https://films.example'] } }));
  expect([uploads(), vercel.history.length]).toEqual([2, 3]);
});

test('a model in production that does not respond is deployed again', async () => {
  const { vercel } = home;
  await home.target().deploy(first);
  vercel.injectSite({ on: 'production', kind: { status: 500 }, times: 8 });
  await home.target().deploy(first);
  expect(vercel.history).toHaveLength(3);
});

test('the bypass secret is created once, used again, and masked', async () => {
  const { vercel, secrets } = home;
  await home.target().deploy(first);
  await home.target().deploy(second);
  expect(vercel.bypasses).toHaveLength(1);
  expect(secrets).toEqual(new Set([vercel.token, ...vercel.bypasses]));
});

test('a slow promotion is waited for', async () => {
  const { vercel } = home;
  await vercel.seed(first);
  vercel.delayPromotions(10);
  await home.target().deploy(second);
  expect(await versionAt(vercel.productionUrl)).toBe('2');
});

test('the build gets neither the token nor other variables of the environment', async () => {
  const environment = { PATH: process.env['PATH'], 'INPUT_DATABASE-URL': 'postgres://u:secret@host/db' };
  const program = `process.stdout.write(Object.keys(process.env).sort().join(' ')); process.exit(1)`;
  const target = home.target({ environment, command: [process.execPath, '-e', program, '--'] });
  await expect(target.deploy(first)).rejects.toMatchObject({
    message: expect.stringMatching(
      /: vercel build failed with exit code 1\nGIT_DIR NO_COLOR PATH VERCEL_INSTALL_COMPLETED VERCEL_TELEMETRY_DISABLED$/,
    ),
  });
});

test('a project with a given id must exist', async () => {
  await expect(home.target({ project: 'prj_nowhere' }).deploy(first)).rejects.toMatchObject({
    code: 'deploy-failed',
    message: expect.stringContaining('Vercel has no project prj_nowhere'),
    details: { step: 'project' },
  });
  expect(home.vercel.requests).toEqual(['GET /v9/projects/prj_nowhere']);
});
