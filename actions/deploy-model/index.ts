import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localFolderTarget } from '../../pipeline/deploy/local-folder.ts';
import { onlyVerified } from '../../pipeline/deploy/only-verified.ts';
import { deployModel as deploy } from '../../pipeline/flows/deploy-model.ts';
import { fetchRelease } from '../../pipeline/flows/fetch-release.ts';
import { rollBack } from '../../pipeline/flows/roll-back.ts';
import { PRODUCTION } from '../../pipeline/forge/forge.ts';
import { sha256 } from '../../pipeline/lib/digest.ts';
import { OperatorError } from '../../pipeline/lib/errors.ts';
import { tagOf } from '../../pipeline/lib/model-tag.ts';
import { MANIFEST_FILE } from '../../pipeline/model/package.ts';
import { deploySummary } from '../../pipeline/reports/summaries/deploy.ts';
import { openGithubOfRun, withPipeline } from '../open-pipeline.ts';
import { type ActionContext, type ActionResult, runAction } from '../run-action.ts';
import { deployModel } from './action.ts';

type Context = ActionContext<typeof deployModel.inputs>;
type Result = ActionResult<typeof deployModel.outputs>;

await runAction(deployModel, { env: process.env, clock: () => new Date() }, (context) =>
  context.inputs.step === 'fetch' ? fetchStep(context) : serveStep(context),
);

async function fetchStep(context: Context): Promise<Result> {
  const version = required('version', context.inputs.version);
  const { forge } = openGithubOfRun(context);
  const { folder, model, attestation } = await fetchRelease(forge, version, join('fetched', tagOf(version)));
  const manifest = join(folder, MANIFEST_FILE);
  const digest = sha256(await readFile(manifest));
  return { outputs: { version, model, manifest, digest, attested: attestation !== null }, summary: '' };
}

function serveStep(context: Context): Promise<Result> {
  const { inputs, artifacts } = context;
  const target = onlyVerified(localFolderTarget(inputs.directory), required('verified', inputs.verified));
  return withPipeline(context, 'change', async ({ pipeline, store }) => {
    const { version: requested } = inputs;
    const served = (await pipeline.forge.deployments.list(PRODUCTION)).at(0)?.version ?? null;
    // A rollback that is run again finds its work done, as a deployment does.
    const isRollback = inputs.step === 'rollback' && served !== requested;
    const outcome = isRollback
      ? await rollBack(pipeline, requested ?? undefined, target).then((result) => ({
          ...result,
          version: result.to,
          closed: null,
        }))
      : await deploy(pipeline, required('version', requested), target);
    const { url } = await artifacts.upload('serving', inputs.directory, { retentionDays: 7 });
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
        target: { name: target.name, location: url },
        issueClosed: outcome.closed,
        deployments: await pipeline.forge.deployments.list(PRODUCTION),
        release: outcome.release,
        store,
        run: pipeline.run,
      }),
    };
  });
}

function required<T>(name: 'version' | 'verified', value: T | null): T {
  if (value !== null) return value;
  throw new OperatorError(
    'input-invalid',
    `The action deploy-model cannot start: input "${name}" is missing, which the step needs.`,
    'Set it under `with:`, as .github/workflows/deploy.yml does.',
  );
}
