import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { OperatorError } from '../../pipeline/lib/errors.ts';
import { unzip } from '../../pipeline/source/unzip.ts';
import { readModelCheck } from '../../pipeline/stages/model-check/model-check.ts';
import { modelCheckReport } from '../../pipeline/stages/model-check/model-check-report.ts';
import { openGithubOfRun } from '../open-pipeline.ts';
import type { ActionContext, ActionResult } from '../run-action.ts';
import type { reportMetricsAction } from './action.ts';
import { ARTIFACT, FILE, reproduceCommand } from './model-check-artifact.ts';

type Context = ActionContext<typeof reportMetricsAction.inputs>;
type Result = ActionResult<typeof reportMetricsAction.outputs>;

/** The artifact has one small file; a larger one is not ours. */
const LIMIT_BYTES = 1 << 20;

/** The part of a `workflow_run` event that identifies the pull request. */
const event = z.object({
  workflow_run: z.object({
    id: z.int().positive(),
    head_sha: z.string().regex(/^[0-9a-f]{40}$/),
    head_branch: z.string(),
    /** Null when the fork was deleted. */
    head_repository: z.object({ owner: z.object({ login: z.string() }) }).nullable(),
  }),
});

/**
 * Posts the result of a pull request's run. That run is untrusted: the pull request comes from GitHub's event, and
 * only bounded, checked values of the artifact are used.
 */
export async function commentOnPullRequest(context: Context): Promise<Result> {
  const { repository, pullRequests } = openGithubOfRun(context);
  const run = readEvent(context.run.event);
  if (run.head_repository === null) return nothing('The fork of the pull request was deleted.');
  const artifact = await repository.artifactOfRun(run.id, ARTIFACT);
  if (artifact === null) return nothing('The run has no result: it failed before it wrote one.');
  const pullRequest = await pullRequests.find({
    owner: run.head_repository.owner.login,
    branch: run.head_branch,
    sha: run.head_sha,
  });
  if (pullRequest === null) return nothing('No open pull request has this commit as its head.');
  const check = readModelCheck(await unpack(await repository.downloadArtifact(artifact.id, LIMIT_BYTES)));
  const { number, baseSha } = pullRequest;
  const report = modelCheckReport(check, {
    baseSha,
    headSha: run.head_sha,
    reproduce: reproduceCommand(baseSha),
  });
  await pullRequests.stickyComment(number, context.inputs.key, report);
  return { outputs: { conclusion: check.conclusion }, summary: report };
}

const nothing = (reason: string): Result => ({ outputs: { conclusion: 'neutral' }, summary: reason });

function readEvent(payload: unknown): z.output<typeof event>['workflow_run'] {
  const result = event.safeParse(payload);
  if (result.success) return result.data.workflow_run;
  throw new OperatorError(
    'input-invalid',
    'The event of this run is not a workflow_run.',
    'Use the step comment in a workflow that runs on workflow_run, as .github/workflows/model-comment.yml does.',
  );
}

async function unpack(zip: Uint8Array): Promise<Uint8Array> {
  const folder = join('.cinematch', 'hostile');
  await mkdir(folder, { recursive: true });
  const archive = join(folder, 'artifact.zip');
  await writeFile(archive, zip);
  try {
    const [found] = await unzip(archive, folder, [FILE], LIMIT_BYTES);
    if (found !== undefined) return await readFile(join(folder, FILE));
  } catch (cause) {
    throw refused(String(cause), cause);
  }
  throw refused(`it has no ${FILE}`);
}

function refused(problem: string, cause?: unknown): OperatorError {
  return new OperatorError(
    'artifact-invalid',
    `The artifact ${ARTIFACT} of the pull request's run cannot be used: ${problem}.`,
    'Nothing was posted. Check the run before you approve another.',
    { cause },
  );
}
