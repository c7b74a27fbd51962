import { join } from 'node:path';
import type { Check } from '../../pipeline/forge/github/pull-requests.ts';
import { OperatorError } from '../../pipeline/lib/errors.ts';
import { compareScores } from '../../pipeline/stages/model-check/compare-scores.ts';
import { type ModelCheck, modelCheckJson } from '../../pipeline/stages/model-check/model-check.ts';
import { modelCheckReport } from '../../pipeline/stages/model-check/model-check-report.ts';
import { readBaseScores, readScores } from '../../pipeline/stages/model-check/scores-file.ts';
import { modelCheckTitle } from '../../pipeline/stages/model-check/verdict.ts';
import { uploadTexts } from '../artifacts.ts';
import { needed } from '../inputs.ts';
import { openGithubOfRun } from '../open-pipeline.ts';
import type { ActionContext, ActionResult } from '../run-action.ts';
import { reportMetricsAction } from './action.ts';
import { ARTIFACT, FILE, reproduceCommand } from './model-check-artifact.ts';

type Context = ActionContext<typeof reportMetricsAction.inputs>;
type Result = ActionResult<typeof reportMetricsAction.outputs>;

const CONCLUSIONS: Readonly<Record<ModelCheck['conclusion'], Check['conclusion']>> = {
  pass: 'success',
  fail: 'failure',
  neutral: 'neutral',
};

/** Compares the scores of base and head, and fails when the gate fails. */
export async function compareCheckouts(context: Context): Promise<Result> {
  const { inputs, artifacts, config } = context;
  const given = (name: 'head-directory' | 'head-sha' | 'base-sha'): string =>
    needed<string>(reportMetricsAction, name, inputs[name]);
  const headSha = given('head-sha');
  const baseSha = given('base-sha');
  const { gate, modelCheck } = config;
  const head = await readScores(given('head-directory'));
  const base = inputs['base-directory'] === null ? null : await readBaseScores(inputs['base-directory']);
  const check = compareScores(base, head, { gate, seed: modelCheck.seed });

  await uploadTexts(artifacts, join('.cinematch', ARTIFACT), { [FILE]: modelCheckJson(check) });

  const report = modelCheckReport(check, { baseSha, headSha, reproduce: reproduceCommand(baseSha) });
  const title = modelCheckTitle(check);
  await publishCheck(context, {
    sha: headSha,
    name: 'model metrics',
    conclusion: CONCLUSIONS[check.conclusion],
    title,
    summary: report,
  });
  return {
    outputs: { conclusion: check.conclusion },
    summary: report,
    ...(check.conclusion === 'fail' ? { failed: title } : {}),
  };
}

/** A fork's token has no write permission. Then the run has the summary, and the job is the check. */
async function publishCheck(context: Context, check: Check): Promise<void> {
  try {
    await openGithubOfRun(context).pullRequests.check(check);
  } catch (error) {
    if (!(error instanceof OperatorError) || error.code !== 'forge-denied') throw error;
    context.note('The token of this run cannot write check runs, as in every fork. This job is the check.');
  }
}
