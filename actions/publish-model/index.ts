import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST_FILE, MODEL_FILE } from '../../pipeline/model/package.ts';
import { publishSummary } from '../../pipeline/stages/release/publish-summary.ts';
import { releaseModel } from '../../pipeline/stages/release/release-model.ts';
import { PACKAGE_FOLDER, readCandidate } from '../../pipeline/stages/training/candidate.ts';
import { recordCandidate } from '../../pipeline/stages/training/record-candidate.ts';
import { withPipeline } from '../open-pipeline.ts';
import { type ActionContext, type ActionResult, runAction } from '../run-action.ts';
import { publishModelAction } from './action.ts';

type Context = ActionContext<typeof publishModelAction.inputs>;
type Result = ActionResult<typeof publishModelAction.outputs>;

await runAction(
  publishModelAction,
  { env: process.env, clock: () => new Date(), stopwatch: () => performance.now() },
  (context) => (context.inputs.step === 'fetch' ? fetchCandidate(context) : release(context)),
);

async function fetchCandidate({ inputs, artifacts }: Context): Promise<Result> {
  await artifacts.download('candidate', inputs.directory);
  const { manifest } = await readCandidate(inputs.directory);
  const folder = join(inputs.directory, PACKAGE_FOLDER);
  return {
    outputs: {
      version: manifest.version,
      model: join(folder, MODEL_FILE),
      manifest: join(folder, MANIFEST_FILE),
    },
    summary: '',
  };
}

function release(context: Context): Promise<Result> {
  const { inputs } = context;
  return withPipeline(context, 'keep', async ({ pipeline, store }) => {
    const candidate = { ...(await readCandidate(inputs.directory)), issue: inputs.issue };
    const attestation = inputs.attestation === null ? undefined : await readFile(inputs.attestation);
    await recordCandidate(pipeline, candidate);
    const outcome = await releaseModel(pipeline, candidate, { attestation });
    const { version } = candidate.manifest;
    if (outcome.status === 'released') await pipeline.forge.dispatch('deploy', { version: String(version) });
    return {
      outputs: { outcome: outcome.status, version },
      summary: publishSummary({
        manifest: candidate.manifest,
        gate: candidate.gate,
        release: outcome.status === 'released' ? outcome.release : null,
        attested: attestation !== undefined,
        store,
        run: pipeline.run,
      }),
    };
  });
}
