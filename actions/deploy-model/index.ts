import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import packageJson from '../../package.json' with { type: 'json' };
import { userRoutesOf } from '../../pipeline/config/open-user-routes.ts';
import { localFolderTarget } from '../../pipeline/deploy/local-folder.ts';
import { onlyVerified } from '../../pipeline/deploy/only-verified.ts';
import type { DeployTarget } from '../../pipeline/deploy/target.ts';
import { teamOf } from '../../pipeline/deploy/vercel/vercel-api.ts';
import { vercelTarget } from '../../pipeline/deploy/vercel/vercel-target.ts';
import { PRODUCTION } from '../../pipeline/forge/forge.ts';
import { sha256 } from '../../pipeline/lib/digest.ts';
import { tagOf } from '../../pipeline/lib/model-tag.ts';
import { RUN_ARTIFACTS } from '../../pipeline/lib/run-artifacts.ts';
import { MANIFEST_FILE } from '../../pipeline/model/package.ts';
import { fetchRelease } from '../../pipeline/stages/champion/fetch-release.ts';
import { deployModel } from '../../pipeline/stages/release/deploy-model.ts';
import { deploySummary } from '../../pipeline/stages/release/deploy-summary.ts';
import { rollBack } from '../../pipeline/stages/release/roll-back.ts';
import { needed } from '../inputs.ts';
import { openGithubOfRun, withPipeline } from '../open-pipeline.ts';
import { type ActionContext, type ActionResult, runAction } from '../run-action.ts';
import { deployModelAction } from './action.ts';

type Context = ActionContext<typeof deployModelAction.inputs>;
type Result = ActionResult<typeof deployModelAction.outputs>;

await runAction(
  deployModelAction,
  { env: process.env, clock: () => new Date(), stopwatch: () => performance.now() },
  (context) => (context.inputs.step === 'fetch' ? fetchStep(context) : serveStep(context)),
);

async function fetchStep(context: Context): Promise<Result> {
  const version = needed(deployModelAction, 'version', context.inputs.version);
  const { forge } = openGithubOfRun(context);
  const { folder, model, attestation } = await fetchRelease(forge, version, join('fetched', tagOf(version)));
  const manifest = join(folder, MANIFEST_FILE);
  const digest = sha256(await readFile(manifest));
  return { outputs: { version, model, manifest, digest, attested: attestation !== null }, summary: '' };
}

function serveStep(context: Context): Promise<Result> {
  const { inputs, note } = context;
  const target = onlyVerified(targetOf(context), needed(deployModelAction, 'verified', inputs.verified));
  return withPipeline(context, 'keep', async ({ pipeline, store }) => {
    const { version: requested } = inputs;
    const served = (await pipeline.forge.deployments.list(PRODUCTION)).at(0)?.version ?? null;
    // Running a rollback again changes nothing, as with a deployment.
    const isRollback = inputs.step === 'rollback' && served !== requested;
    const outcome = isRollback
      ? await rollBack(pipeline, requested ?? undefined, target).then((result) => ({
          ...result,
          version: result.to,
          closed: null,
        }))
      : await deployModel(pipeline, needed(deployModelAction, 'version', requested), target);
    const isHosted = inputs['vercel-token'] !== null;
    const bundle = isHosted ? null : await keepBundle(context);
    if (!isHosted) note(notHosted(outcome.version));
    return {
      outputs: {
        version: outcome.version,
        location: outcome.location ?? '',
        issue: outcome.closed?.number ?? '',
      },
      summary: deploySummary({
        version: outcome.version,
        from: served === outcome.version ? null : served,
        rolledBack: isRollback,
        target: { name: target.name, location: bundle ?? outcome.location ?? '', isHosted },
        issueClosed: outcome.closed,
        deployments: await pipeline.forge.deployments.list(PRODUCTION),
        release: outcome.release,
        userRoutes: userRoutesOf(pipeline.config),
        store,
        run: pipeline.run,
      }),
    };
  });
}

/** Vercel with a token, a folder without one. */
function targetOf({ inputs, env, mask }: Context): DeployTarget {
  const token = inputs['vercel-token'];
  if (token === null) return localFolderTarget(inputs.directory);
  return vercelTarget({
    token,
    teamId: teamOf(inputs['vercel-org-id']),
    project: inputs['vercel-project'] ?? packageJson.name,
    directory: process.cwd(),
    environment: env,
    time: { now: () => performance.now(), sleep: (milliseconds) => setTimeout(milliseconds) },
    onSecret: mask,
    apiUrl: env['VERCEL_API'] || undefined,
  });
}

/** @returns where the bundle can be downloaded. */
async function keepBundle({ artifacts, inputs }: Context): Promise<string> {
  const { serving } = RUN_ARTIFACTS;
  return (await artifacts.upload(serving.name, inputs.directory, serving)).url;
}

function notHosted(version: number): string {
  return `Model v${version} is the champion but is not hosted: the secret VERCEL_TOKEN is not set. Set it under Settings → Secrets and variables → Actions → New repository secret, then run "deploy" with version ${version} again to deploy it to Vercel. The bundle is the artifact "serving" of this run.`;
}
