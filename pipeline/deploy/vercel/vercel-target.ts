import { type DeployStep, OperatorError } from '../../lib/errors.ts';
import { openServing } from '../../serving/open-serving.ts';
import type { ServingFiles } from '../../serving/serving-files.ts';
import type { DeployTarget } from '../target.ts';
import { buildFunction } from './build-function.ts';
import { requireFit } from './bundle-size.ts';
import { maskSecrets } from './masked.ts';
import { PromotionFailed, promoteAndWatch } from './promotion.ts';
import { type ExpectedAnswers, type SiteAccess, SiteProblem, smokeTest } from './smoke-test.ts';
import type { Time } from './time.ts';
import {
  openBypass,
  openProject,
  readDeployment,
  readProduction,
  urlOf,
  type VercelProject,
} from './vercel-api.ts';
import { CliError, openVercelCli } from './vercel-cli.ts';
import { type VercelAccess, VercelError } from './vercel-request.ts';

/** Where the digest of a deployment's function stands at Vercel. */
const DIGEST = 'cinematchFunction';

export interface VercelOptions {
  readonly token: string;
  /** Whose the project is; null for the token's own account. */
  readonly teamId: string | null;
  /** Name or id; a project that is not there is made. */
  readonly project: string;
  /** The checkout whose `api/` is deployed. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly time: Time;
  /** Hears of every secret, for a runner's log. */
  readonly onSecret: (secret: string) => void;
  /** @default https://api.vercel.com */
  readonly apiUrl?: string | undefined;
  /** Program of Vercel's command line. @default npx with a fixed version */
  readonly command?: readonly string[] | undefined;
  readonly fetch?: typeof fetch;
  /** How long one request may take. @default 20000 */
  readonly timeoutMs?: number;
}

/**
 * A project at Vercel. The function is built here and uploaded as a production deployment that no domain points
 * to; it is asked the golden predictions; then it is promoted and watched for a minute. Until all of that has gone
 * well the deployment before keeps serving, or serves again.
 */
export function vercelTarget(options: VercelOptions): DeployTarget {
  const { token, teamId, project: wanted, directory, environment, time, command, apiUrl } = options;
  const masked = maskSecrets(options.onSecret);
  masked.add(token);
  const common = { fetch: options.fetch ?? fetch, time, masked, timeoutMs: options.timeoutMs ?? 20_000 };
  const access: VercelAccess = { ...common, token, teamId, baseUrl: apiUrl ?? 'https://api.vercel.com' };
  const cli = openVercelCli({ ...(command && { command }), directory, environment, apiUrl, masked });
  const name = `Vercel project ${wanted}`;

  return {
    name,
    deploy: async (serving) => {
      const { version } = serving.manifest;
      const expected = expectedOf(serving);
      const during = explaining(`Model v${version} was not deployed to ${name}`, masked.hide);

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

/** @throws OperatorError `model-invalid` for a bundle that does not hold. */
function expectedOf({ files, manifest }: ServingFiles): ExpectedAnswers {
  const { modelSha256, bundle } = openServing(files, `of model v${manifest.version}`);
  return { version: manifest.version, modelSha256, golden: bundle.golden };
}

/** Where this very function answers in production already; null when it does not. */
async function findServing(
  access: VercelAccess,
  site: SiteAccess,
  project: VercelProject,
  digest: string,
  expected: ExpectedAnswers,
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
    'The model before it keeps serving. Mend the cause and run it again; docs/operations.md#deployment-failed has what to look at.',
  after:
    'Find out what differs between the staged deployment and production, then run it again: docs/operations.md#rolled-back-by-itself.',
  unsafe:
    'Look at the deployments of the project at Vercel and promote the one before it: docs/operations.md#rolled-back-by-itself.',
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

/** Runs steps and words what goes wrong in them; bugs keep their stack. */
function explaining(
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
        const { hadServed, left, isSafe, message } = error;
        const remedy = isSafe ? (hadServed ? REMEDIES.after : REMEDIES.before) : REMEDIES.unsafe;
        throw fail(hadServed ? 'watch' : 'promotion', `${message}. ${left}`, remedy, error);
      }
      const isKnown =
        error instanceof VercelError || error instanceof CliError || error instanceof SiteProblem;
      // A full disk, for instance.
      if (isKnown || (error instanceof Error && 'syscall' in error)) {
        throw fail(step, error.message, REMEDIES.before, error);
      }
      throw error;
    }
  };
}
