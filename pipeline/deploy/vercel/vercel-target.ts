import { type DeployStep, OperatorError } from '../../lib/errors.ts';
import { openServing } from '../../serving/open-serving.ts';
import type { ServingFiles } from '../../serving/serving-files.ts';
import type { DeployTarget } from '../target.ts';
import { buildFunction } from './build-function.ts';
import { requireFit } from './bundle-size.ts';
import { PromotionFailed, promoteAndWatch } from './promotion.ts';
import { maskSecrets } from './secret-mask.ts';
import { type ExpectedResponses, type SiteAccess, SiteError, smokeTest } from './smoke-test.ts';
import type { Time } from './time.ts';
import {
  openBypass,
  openProject,
  readDeployment,
  readProduction,
  urlOf,
  type VercelProject,
} from './vercel-api.ts';
import { CliError, openVercelCli, type VercelCli } from './vercel-cli.ts';
import { type VercelAccess, VercelError } from './vercel-request.ts';

/** Metadata key of a deployment for the digest of its function. */
const DIGEST = 'cinematchFunction';

export interface VercelOptions {
  readonly token: string;
  /** Team of the project; null for the account of the token. */
  readonly teamId: string | null;
  /** Name or id. A missing project is created. */
  readonly project: string;
  /** The checkout whose `api/` is deployed. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly time: Time;
  /** Called with every secret, so that a runner can mask it in its log. */
  readonly onSecret: (secret: string) => void;
  /** @default https://api.vercel.com */
  readonly apiUrl?: string | undefined;
  /** Command of Vercel's CLI. @default npx with a fixed version */
  readonly command?: readonly string[] | undefined;
  /** Builds and uploads. @default Vercel's CLI, started by `command` */
  readonly cli?: VercelCli;
  readonly fetch?: typeof fetch;
  /** Timeout of one request. @default 20000 */
  readonly timeoutMs?: number;
}

/**
 * Deploys to a Vercel project. The function is built here and uploaded as a production deployment without a domain. A
 * smoke test checks the golden predictions. Then the deployment is promoted and watched for a minute. After a failure
 * the previous deployment keeps serving or is restored.
 */
export function vercelTarget(options: VercelOptions): DeployTarget {
  const { token, teamId, project: wanted, directory, environment, time, command, apiUrl } = options;
  const masked = maskSecrets(options.onSecret);
  masked.add(token);
  const common = { fetch: options.fetch ?? fetch, time, masked, timeoutMs: options.timeoutMs ?? 20_000 };
  const access: VercelAccess = { ...common, token, teamId, baseUrl: apiUrl ?? 'https://api.vercel.com' };
  const cli =
    options.cli ?? openVercelCli({ ...(command && { command }), directory, environment, apiUrl, masked });
  const name = `Vercel project ${wanted}`;

  return {
    name,
    deploy: async (serving) => {
      const { version } = serving.manifest;
      const expected = expectedOf(serving);
      const during = stepRunner(`Model v${version} was not deployed to ${name}`, masked.hide);

      const project = await during('project', () => openProject(access, wanted));
      const built = await during('build', () => buildFunction(cli, directory, serving, project));
      requireFit(built.size, `Model v${version}`);
      const digest = await during('build', () => built.digest());
      const bypass = await during('project', () => openBypass(access, project));
      const site: SiteAccess = { ...common, bypass };
      const served = await during('production', () => findServing(access, site, project, digest, expected));
      if (served !== null) return { location: served };

      const staged = await during('upload', async () => {
        const host = await cli.deploy({ token, meta: { [DIGEST]: digest } });
        return { ...(await readDeployment(access, host)), url: urlOf(host) };
      });
      await during('smoke-test', () => smokeTest(site, staged.url, expected));
      const location = await during('production', () =>
        promoteAndWatch({ access, site, project, staged, version }),
      );
      return { location };
    },
  };
}

/** @throws OperatorError `model-invalid` for an invalid bundle. */
function expectedOf({ files, manifest }: ServingFiles): ExpectedResponses {
  const { modelSha256, bundle } = openServing(files, `of model v${manifest.version}`);
  return { version: manifest.version, modelSha256, golden: bundle.golden };
}

/** The production URL if this function already serves there, otherwise null. */
async function findServing(
  access: VercelAccess,
  site: SiteAccess,
  project: VercelProject,
  digest: string,
  expected: ExpectedResponses,
): Promise<string | null> {
  const production = await readProduction(access, project);
  if (production === null || production.deploymentId === null) return null;
  const { meta } = await readDeployment(access, production.deploymentId);
  if (meta[DIGEST] !== digest) return null;
  return smokeTest(site, production.url, expected).then(
    () => production.url,
    () => null,
  );
}

const REMEDIES = {
  before:
    'The previous model keeps serving. Fix the cause and run it again; see docs/operations.md#deployment-failed.',
  after:
    'Find the difference between the staged deployment and production, then run it again; see docs/operations.md#rolled-back-by-itself.',
  unsafe:
    'Check the deployments of the project at Vercel and promote the previous one; see docs/operations.md#rolled-back-by-itself.',
};

type OwnStep = Exclude<DeployStep, 'folder' | 'size'>;

const PROBLEMS: Readonly<Record<OwnStep, string>> = {
  project: 'the project was not opened',
  build: 'the build failed',
  production: 'production was not found',
  upload: 'the upload failed',
  'smoke-test': 'the smoke test failed',
  promotion: 'its promotion failed',
  watch: 'it was taken back after its promotion',
};

/** Runs steps and turns expected failures into an OperatorError. Other errors are rethrown. */
function stepRunner(
  headline: string,
  hide: (text: string) => string,
): <T>(step: OwnStep, work: () => Promise<T>) => Promise<T> {
  const fail = (step: OwnStep, detail: string, remedy: string, cause: unknown): OperatorError =>
    new OperatorError('deploy-failed', hide(`${headline}, ${PROBLEMS[step]}: ${detail}`), remedy, {
      cause,
      details: { step },
    });
  return async (step, work) => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof PromotionFailed) {
        const { hadServed, outcome, isSafe, message } = error;
        const remedy = isSafe ? (hadServed ? REMEDIES.after : REMEDIES.before) : REMEDIES.unsafe;
        throw fail(hadServed ? 'watch' : 'promotion', `${message}. ${outcome}`, remedy, error);
      }
      const isKnown = error instanceof VercelError || error instanceof CliError || error instanceof SiteError;
      // For example, the disk is full.
      if (isKnown || (error instanceof Error && 'syscall' in error)) {
        throw fail(step, error.message, REMEDIES.before, error);
      }
      throw error;
    }
  };
}
