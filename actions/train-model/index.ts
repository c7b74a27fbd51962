import { RUN_ARTIFACTS } from '../../pipeline/lib/run-artifacts.ts';
import { markDriftIssue } from '../../pipeline/stages/drift/follow-issue.ts';
import { readCandidate, writeCandidate } from '../../pipeline/stages/training/candidate.ts';
import {
  exportTraining,
  readTrainingSet,
  writeTrainingSet,
} from '../../pipeline/stages/training/export-training.ts';
import { fitModel, readFittedModel, writeFittedModel } from '../../pipeline/stages/training/fit-model.ts';
import { judgeModel } from '../../pipeline/stages/training/judge-model.ts';
import { planTraining } from '../../pipeline/stages/training/plan-training.ts';
import { readParent } from '../../pipeline/stages/training/read-parent.ts';
import { skippedTrainingSummary } from '../../pipeline/stages/training/skipped-summary.ts';
import {
  evaluateSummary,
  exportSummary,
  fitSummary,
  gateSummary,
} from '../../pipeline/stages/training/training-summary.ts';
import { withDriftLock } from '../../pipeline/store/drift-lock.ts';
import { openGithubOfRun, withPipeline } from '../open-pipeline.ts';
import { type ActionContext, type ActionResult, runAction } from '../run-action.ts';
import { trainModelAction } from './action.ts';

type Context = ActionContext<typeof trainModelAction.inputs>;
type Result = ActionResult<typeof trainModelAction.outputs>;

/** The artifacts that pass data between the jobs of a training, and their folders. */
const SET = RUN_ARTIFACTS.trainingSet.name;
const FITTED = RUN_ARTIFACTS.fittedModel.name;
const CANDIDATE = RUN_ARTIFACTS.candidate.name;

const steps: Readonly<Record<Context['inputs']['step'], (context: Context) => Promise<Result>>> = {
  export: exportStep,
  train: trainStep,
  evaluate: evaluateStep,
  gate: gateStep,
};

await runAction(
  trainModelAction,
  { env: process.env, clock: () => new Date(), stopwatch: () => performance.now() },
  (context) => steps[context.inputs.step](context),
);

function exportStep(context: Context): Promise<Result> {
  const { inputs, artifacts } = context;
  return withPipeline(context, 'discard', async ({ pipeline, store }) => {
    const plan = await planTraining(pipeline, { reason: inputs.reason, issue: inputs.issue });
    if (plan.kind !== 'train') {
      const mark = (stage: 'released' | 'refused', version: number): Promise<void> =>
        withDriftLock(pipeline.store, (lock) => markDriftIssue(lock, pipeline, stage, version));
      if (plan.kind === 'awaiting-deployment') {
        await mark('released', plan.version);
        await pipeline.forge.dispatch('deploy', { version: String(plan.version) });
      }
      if (plan.kind === 'refused-before') await mark('refused', plan.version);
      return {
        outputs: { status: plan.kind, ...('version' in plan ? { version: plan.version } : {}) },
        summary: skippedTrainingSummary({ plan, store, run: pipeline.run }),
      };
    }
    const set = await exportTraining(pipeline, inputs.reason);
    await writeTrainingSet(SET, set);
    await artifacts.upload(SET, SET, RUN_ARTIFACTS.trainingSet);
    return {
      outputs: { status: 'train', version: set.version },
      summary: exportSummary({ set, store }),
    };
  });
}

async function trainStep({ artifacts, config, stopwatch, onProgress }: Context): Promise<Result> {
  await artifacts.download(SET, SET);
  const set = await readTrainingSet(SET);
  const fitted = await fitModel(set, config, { stopwatch, onProgress });
  await writeFittedModel(FITTED, fitted);
  await artifacts.upload(FITTED, FITTED, RUN_ARTIFACTS.fittedModel);
  return {
    outputs: { version: set.version },
    summary: fitSummary({ set, fitted: { ...fitted, algorithm: config.train.algorithm } }),
  };
}

async function evaluateStep(context: Context): Promise<Result> {
  const { run, artifacts, config, clock, stopwatch, onProgress } = context;
  await artifacts.download(SET, SET);
  await artifacts.download(FITTED, FITTED);
  const set = await readTrainingSet(SET);
  const { forge } = openGithubOfRun(context);
  const champion = await readParent(forge, set);
  const candidate = await judgeModel({
    set,
    fitted: await readFittedModel(FITTED),
    champion,
    config,
    trainedAt: clock(),
    stopwatch,
    run: { commit: run.sha, url: run.url },
    onProgress,
  });
  await writeCandidate(CANDIDATE, candidate);
  await artifacts.upload(CANDIDATE, CANDIDATE, RUN_ARTIFACTS.candidate);
  return { outputs: { version: set.version }, summary: evaluateSummary(candidate) };
}

async function gateStep({ artifacts, note }: Context): Promise<Result> {
  await artifacts.download(CANDIDATE, CANDIDATE);
  const { manifest, gate } = await readCandidate(CANDIDATE);
  const outcome = gate?.outcome ?? 'promote';
  if (outcome === 'refuse') note(`The gate refused model v${manifest.version}: the champion keeps serving.`);
  return { outputs: { version: manifest.version, outcome }, summary: gateSummary({ manifest, gate }) };
}
