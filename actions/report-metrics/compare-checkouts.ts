import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check } from '../../pipeline/forge/github/pull-requests.ts';
import { OperatorError } from '../../pipeline/lib/errors.ts';
import { compareScores, type ModelCheck } from '../../pipeline/stages/model-check/compare-scores.ts';
import { modelCheckJson } from '../../pipeline/stages/model-check/model-check-file.ts';
import { modelCheckReport } from '../../pipeline/stages/model-check/model-check-report.ts';
import { readBaseScores, readScores } from '../../pipeline/stages/model-check/scores-file.ts';
import { modelCheckTitle } from '../../pipeline/stages/model-check/verdict.ts';
import { openGithubOfRun } from '../open-pipeline.ts';
import type { ActionContext, ActionResult } from '../run-action.ts';
import type { reportMetricsAction } from './action.ts';
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
  const headDirectory = given(inputs, 'head-directory');
  const headSha = given(inputs, 'head-sha');
  const baseSha = given(inputs, 'base-sha');
  const { gate, modelCheck } = config;
  const head = await readScores(headDirectory);
  const base = inputs['base-directory'] === null ? null : await readBaseScores(inputs['base-directory']);
  const check = compareScores(base, head, { gate, seed: modelCheck.seed });

  const folder = join('.cinematch', ARTIFACT);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, FILE), modelCheckJson(check));
  await artifacts.upload(ARTIFACT, folder);

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

function given(inputs: Context['inputs'], name: 'head-directory' | 'head-sha' | 'base-sha'): string {
  const value: string | null = inputs[name];
  if (value !== null) return value;
  throw new OperatorError(
    'input-invalid',
    `The action report-metrics cannot start: input "${name}" is missing, which the step compare needs.`,
    'Set it under `with:`, as .github/workflows/model-check.yml does.',
  );
}
