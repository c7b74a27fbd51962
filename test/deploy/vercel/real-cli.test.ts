/**
 * A deployment with the real CLI: the function is built, uploaded to the emulated Vercel, run outside of the repository,
 * tested, promoted, watched, and rolled back. npx downloads the CLI from the registry. After that the program is started
 * directly, except in dry runs, which start it as users do.
 */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { DeployTarget } from '../../../pipeline/deploy/target.ts';
import { FUNCTION_LIMIT, measureFunction } from '../../../pipeline/deploy/vercel/bundle-size.ts';
import { VERCEL_CLI } from '../../../pipeline/deploy/vercel/vercel-cli.ts';
import { copyCheckout } from '../../emulators/vercel/checkout.ts';
import { runFunction } from '../../emulators/vercel/run-function.ts';
import { openVercelHome, type VercelHome } from '../../emulators/vercel/use-vercel.ts';
import { START } from '../../support/cli.ts';
import { removePipeline } from '../../support/pipeline.ts';
import { sampleServing } from '../../support/sample-serving.ts';
import { openDeployWorld } from './deploy-world.ts';

let home: VercelHome;
let directory: string;
/** Files that are lost during the upload. */
let lost: RegExp | null = null;
beforeAll(async () => {
  home = await openVercelHome({
    run: (files) => runFunction(new Map([...files].filter(([path]) => lost?.test(path) !== true))),
  });
  directory = await copyCheckout();
  command = await installCli();
});
afterAll(async () => {
  await home.close();
  await rm(directory, { recursive: true, force: true });
});

/** It is started often: npx searches for it once, and its code is compiled once. */
let command: readonly string[];
async function installCli(): Promise<readonly string[]> {
  const [npx = '', yes = '', name = ''] = VERCEL_CLI;
  const { stdout } = await promisify(execFile)(npx, [yes, '-p', name, '-c', 'command -v vercel']);
  return ['env', `NODE_COMPILE_CACHE=${process.env['NODE_COMPILE_CACHE']}`, stdout.trim()];
}
const target = (): DeployTarget => home.target({ directory, command });
/** Files of the function that was uploaded last. */
const uploaded = (): readonly { readonly name: string; readonly bytes: number }[] =>
  [...(home.vercel.uploads.at(-1)?.files ?? [])]
    .filter(([path]) => path.includes('/index.func/') && !path.endsWith('.vc-config.json'))
    .map(([path, bytes]) => ({ name: path.slice(path.indexOf('.func/') + 6), bytes: bytes.length }));

async function ask(path: string): Promise<{ status: number; body: string; version: string | null }> {
  const response = await fetch(`${home.vercel.productionUrl}${path}`);
  const body = await response.text();
  return { status: response.status, body, version: response.headers.get('x-model-version') };
}

test('the function is built, uploaded, tested, promoted and watched', async () => {
  expect(await target().deploy(sampleServing({ version: 1 }))).toEqual({
    location: home.vercel.productionUrl,
  });
  expect(await ask('/api/v1/health/ready')).toEqual({
    status: 200,
    body: '{"status":"ready","modelVersion":1}',
    version: '1',
  });
});

test('the upload has no commit author, because Vercel refuses unknown authors', () => {
  const { request } = home.vercel.uploads.at(-1) ?? {};
  expect(request).toMatchObject({ target: 'production', autoAssignCustomDomains: false });
  expect(request).not.toHaveProperty('gitMetadata');
});

test('every path below /api reaches the function unchanged', async () => {
  expect(await ask('/api/v1/movies/7')).toMatchObject({
    status: 200,
    body: expect.stringContaining('"Heat"'),
  });
  expect(await ask('/api/v1/predictions?user=1&movie=9')).toMatchObject({
    status: 200,
    body: expect.stringContaining('"rating":4'),
  });
  expect(await ask('/api/docs')).toMatchObject({
    status: 200,
    body: expect.stringContaining('<!doctype html>'),
  });
  expect(await ask('/api/v1/nowhere')).toMatchObject({
    status: 404,
    body: expect.stringContaining('/api/v1/nowhere'),
  });
});

test('the page is answered by the function, and its script and icon are published beside it', async () => {
  const files = [...(home.vercel.uploads.at(-1)?.files ?? [])];
  const published = files.map(([path]) => path).filter((path) => path.includes('/output/static/'));
  expect(published.toSorted()).toEqual(
    ['icon.svg', 'page.js', 'try.js'].map((name) => `.vercel/output/static/${name}`),
  );
  const { body } = await ask('/');
  expect(body).toContain('<h1>');
  const links = [...body.matchAll(/href="(\/[^"]*)"/g)].map(([, link = '']) => link);
  expect(links).toContain('/api/docs');
  expect(links).toContain('/page.css');
  for (const link of links.filter((address) => address !== '/icon.svg')) {
    expect([link, await ask(link)]).toEqual([link, expect.objectContaining({ status: 200 })]);
  }
});

test('the function has no training code and no packages of other commands', () => {
  const names = uploaded().map(({ name }) => name);
  expect(names).toContain('api/index.js');
  expect(names).toContain('serving/model.safetensors');
  expect(names).toContain('pipeline/math/kernels/kernels.wasm');
  const rooms = new Set(names.flatMap((name) => /^pipeline\/([^/]+)\//.exec(name)?.[1] ?? []));
  expect([...rooms].sort()).toEqual([
    'drift',
    'evaluate',
    'history',
    'lib',
    'math',
    'model',
    'quality',
    'ratings',
    'reports',
    'serving',
    'store',
  ]);
  const packages = new Set(
    names.flatMap((name) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name)?.[1] ?? []),
  );
  for (const name of ['hono', 'zod', 'pino', 'postgres']) expect(packages).toContain(name);
  const strange = /polars|pglite|octokit|^@actions|commander|hono\/node-server|yauzl|typescript|vercel/;
  expect([...packages].filter((name) => strange.test(name))).toEqual([]);
});

test('code and packages are far below the size limit', () => {
  const { parts, bytes } = measureFunction(uploaded());
  const sizes = Object.fromEntries(parts.map((part) => [part.name, part.bytes]));
  expect((sizes['code'] ?? 0) + (sizes['packages'] ?? 0)).toBeLessThan(10 * 1024 * 1024);
  expect(bytes).toBeLessThan(FUNCTION_LIMIT);
});

test('a model that fails in production is rolled back, and the previous one responds', async () => {
  const { vercel } = home;
  const before = vercel.history.at(-1);
  vercel.injectSite({ on: 'production', kind: { status: 500 }, from: 30_000 });
  await expect(target().deploy(sampleServing({ version: 2, mean: 3 }))).rejects.toMatchObject({
    code: 'deploy-failed',
    message: expect.stringMatching(
      /taken back after its promotion: 30 s after promotion .*Model v1 serves again/,
    ),
  });
  expect(vercel.history.at(-1)).toBe(before);
  expect(await ask('/api/v1/health/ready')).toMatchObject({ status: 200, version: '1' });
});

test('cinematch deploy --dry-run builds the function and shows the size of each part and the total', async () => {
  const { pipeline } = await openDeployWorld();
  await pipeline.close({ keep: true });
  onTestFinished(() => removePipeline(pipeline.home));
  const dryRun = async (...args: readonly string[]): Promise<string> => {
    const { DATABASE_URL: _, VERCEL_TOKEN: __, ...env } = process.env;
    const { stdout } = await promisify(execFile)(process.execPath, [START, 'deploy', '--dry-run', ...args], {
      cwd: directory,
      env: { ...env, ...pipeline.environment, NO_COLOR: '1' },
    });
    return stdout;
  };
  const { version, parts, bytes, limit } = JSON.parse(await dryRun('--json'));
  expect([version, limit]).toEqual([1, FUNCTION_LIMIT]);
  expect(parts.map(({ name }: { name: string }) => name)).toEqual([
    'model',
    'neighbours',
    'catalogue',
    'seen sets',
    'status',
    'manifests',
    'code',
    'packages',
  ]);
  for (const part of parts) expect(part.bytes, part.name).toBeGreaterThan(0);
  expect(parts.reduce((sum: number, part: { bytes: number }) => sum + part.bytes, 0)).toBe(bytes);

  const table = await dryRun('--version', '2');
  expect(table).toContain('Vercel function of model v2');
  expect(table).toMatch(/total +\d+\.\d MB +\d\.\d%/);
  expect(table).toMatch(/limit +250\.0 MB +100\.0%/);
});

test('a function without a required file fails the smoke test', async () => {
  const { vercel } = home;
  const before = vercel.history.at(-1);
  lost = /node_modules\/hono\/dist\/hono\.js$/;
  await expect(target().deploy(sampleServing({ version: 3, mean: 2 }))).rejects.toMatchObject({
    message: expect.stringMatching(/the smoke test failed: .*ready was answered with 500/),
  });
  expect(vercel.history.at(-1)).toBe(before);
});
