/** Deployments that fail before production is changed. The others are in faults-after.test.ts. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onlyVerified } from '../../../pipeline/deploy/only-verified.ts';
import {
  api,
  body,
  bundle,
  cli,
  cutShort,
  flip,
  otherGolden,
  rating,
  ratings,
  released,
  rewriteManifest,
  staged,
} from './arrange-faults.ts';
import { type DeployFault, type DeployWorld, openDeployWorld, tryFault } from './deploy-world.ts';

let world: DeployWorld;
beforeAll(async () => {
  world = await openDeployWorld();
});
afterAll(() => world.close());

const PROJECT = /^GET \/v9\/projects\/films$/;
const DOMAINS = /\/domains$/;
const ALIAS = /^GET \/v4\/aliases\//;
const BYPASS = /protection-bypass$/;
const UPLOAD = /^POST \/v2\/files/;
const CREATE = /^POST \/v13\/deployments/;
const LOOK_UP = /^GET \/v13\/deployments\/127/;
const READY = /ready$/;
const GOLDEN = /golden$/;

const FAULTS: readonly DeployFault[] = [
  released(
    'a model file with another digest',
    (assets) => writeFile(join(assets, 'model.safetensors'), 'other'),
    /model\.safetensors/,
  ),
  {
    ...released(
      'a model file that is missing',
      (assets) => rm(join(assets, 'model.safetensors'), { force: true }),
      /no asset/,
    ),
    code: 'forge-missing',
  },
  released(
    'a manifest that is not JSON',
    (assets) => writeFile(join(assets, 'manifest.json'), '{'),
    /manifest\.json is not JSON/,
  ),
  released(
    'a manifest of another version',
    rewriteManifest((manifest) => ({ ...manifest, version: 9 })),
    /its manifest belongs to model v9/,
  ),
  released(
    'a manifest of another algorithm',
    rewriteManifest((manifest) => ({ ...manifest, algorithm: 'popularity' })),
    /was made by/,
  ),
  released(
    'a manifest with another first golden prediction',
    otherGolden(0),
    /does not give the predictions in its manifest\.json/,
  ),
  released(
    'a manifest with another last golden prediction',
    otherGolden(-1),
    /does not give the predictions in its manifest\.json/,
  ),
  {
    name: 'another model than the one that was verified',
    code: 'model-invalid',
    says: /is not the verified model/,
    arrange: ({ use, target }) => use(onlyVerified(target(), 'ab'.repeat(32))),
  },
  ...['manifest.json', 'model.safetensors', 'catalogue.bin', 'seen.bin', 'status.json'].map((part) =>
    bundle(part, flip),
  ),
  bundle('bundle.json', cutShort),
  bundle('seen.bin', () => null),

  cli(
    'build-fails',
    /the build failed: vercel build failed with exit code 1\nError: build does not work, says nobody/,
  ),
  cli('build-is-killed', /the build failed: vercel build was ended by SIGKILL/),
  cli('build-makes-nothing', /the build failed: vercel build created 0 functions/),
  cli('build-forgets-the-model', /did not include serving\/model\.safetensors/),
  cli('build-damages-the-model', /the upload failed/),
  cli(
    'build-makes-it-huge',
    /does not fit into a function: it has 26\d\.\d MB, Vercel allows 250\.0 MB\. Its largest part is the code/,
  ),
  cli(
    'deploy-fails',
    /the upload failed: vercel deploy failed with exit code 1\nError: deploy does not work, says \*\*\*/,
  ),
  cli('deploy-is-killed', /the upload failed: vercel deploy was ended by SIGKILL/),
  cli('deploy-names-no-address', /the upload failed: vercel deploy printed no URL/),
  {
    name: 'the command line is not there',
    says: /the build failed: \/nowhere\/vercel could not be started/,
    arrange: ({ use, target }) => use(target({ command: ['/nowhere/vercel'] })),
  },
  {
    name: 'a token that Vercel does not know',
    says: /the project was not opened: Vercel answered 403 to GET \/v9\/projects\/films: Not authorized/,
    arrange: ({ use, target }) => use(target({ token: 'another_token_nobody_may_see' })),
  },

  api(
    'a project that may not be seen',
    PROJECT,
    { status: 403, message: 'No access for vercel_token_that_nobody_may_see' },
    /answered 403 .*No access for \*\*\*/,
  ),
  api('a project lookup that fails', PROJECT, { status: 500 }, /Vercel answered 500 to GET/),
  api('a project lookup that is cut', PROJECT, 'cut-before', /Vercel did not answer GET/),
  api('a project lookup that hangs', PROJECT, 'hang', /did not answer GET .*: no response within 0.1 s/),
  api('a project lookup that is garbled', PROJECT, 'garbled', /an unknown response to GET/),
  api('a bypass that may not be made', BYPASS, { status: 403 }, /answered 403 to PATCH/),
  api('a bypass that fails', BYPASS, { status: 502 }, /answered 502 to PATCH/),
  api('domains that fail', DOMAINS, { status: 500 }, /production was not found: Vercel answered 500/),
  api(
    'a production lookup that is refused',
    ALIAS,
    { status: 403 },
    /production was not found: Vercel answered 403/,
  ),
  api(
    'a production lookup that meets a limit for ever',
    ALIAS,
    { status: 429, retryAfter: 3600 },
    /production was not found: Vercel answered 429/,
  ),
  api(
    'an upload that fails',
    UPLOAD,
    { status: 500 },
    /the upload failed: .*\nError: \/v2\/files was answered with 500/,
    1,
  ),
  api('an upload that is cut', UPLOAD, 'cut-before', /the upload failed/, 1),
  api('an upload of a file too large', UPLOAD, { status: 413 }, /answered with 413/, 1),
  api('a deployment that is refused', CREATE, { status: 402 }, /answered with 402/, 1),
  api('a deployment that fails', CREATE, { status: 500 }, /answered with 500/, 1),
  api('a deployment whose answer is lost', CREATE, 'cut-after', /the upload failed/, 1),
  api(
    'a deployment that cannot be found again',
    LOOK_UP,
    { status: 404 },
    /the upload failed: Vercel answered 404/,
  ),

  staged('500 for ever', { status: 500 }, /\/api\/v1\/health\/ready was answered with 500/),
  staged('503 for ever', { status: 503 }, /answered with 503/),
  staged('404', { status: 404 }, /answered with 404/),
  staged('cut connections', 'cut-before', /was not answered/),
  staged('no answer', 'hang', /was not answered, no response within 20 s/),
  staged('a login', 'login', /returned a login page \(302\): the deployment is protected/),
  staged('no JSON', 'garbled', /does not match the API/),
  staged(
    'the header of another version',
    (answer) => ({ ...answer, headers: { 'x-model-version': '1' } }),
    /by model v1, not v2/,
    READY,
  ),
  staged('no header of a version', (answer) => ({ ...answer, headers: {} }), /by no model, not v2/, READY),
  staged(
    'another version is ready',
    body(() => ({ status: 'ready', modelVersion: 1 })),
    /model v1 is ready, not v2/,
    READY,
  ),
  staged(
    'another model file',
    body(() => ({ version: 2, digest: 'ab'.repeat(32) })),
    /SHA-256 abab/,
    /model$/,
  ),
  staged('predictions fail', { status: 500 }, /golden was answered with 500/, GOLDEN),
  staged(
    'another first prediction',
    rating(0, (stars) => stars + 0.01),
    /it predicts/,
    GOLDEN,
  ),
  staged(
    'another prediction in the middle',
    rating(14, (stars) => stars - 2e-6),
    /it predicts/,
    GOLDEN,
  ),
  staged(
    'another last prediction',
    rating(-1, () => 5),
    /it predicts 5, not/,
    GOLDEN,
  ),
  staged(
    'a prediction that is no number',
    rating(3, () => null),
    /does not match the API/,
    GOLDEN,
  ),
  staged(
    'a prediction less',
    ratings((all) => all.slice(0, -1)),
    /it predicts nothing/,
    GOLDEN,
  ),
  staged('no recommendations', { status: 500 }, /recommendations was answered with 500/, /recommendations$/),
  staged(
    'predictions in another order',
    ratings((all) => all.toReversed()),
    /it predicts/,
    GOLDEN,
  ),
];

test.for(FAULTS)('$name: nothing is promoted, and the issue is told once', (fault) => tryFault(world, fault));

test('there are more than fifty of them, each with a name of its own', () => {
  expect(FAULTS.length).toBeGreaterThan(50);
  expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
});
