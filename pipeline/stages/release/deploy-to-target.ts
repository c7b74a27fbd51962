import type { DeployTarget } from '../../deploy/target.ts';
import { OperatorError } from '../../lib/errors.ts';
import { withDriftLock } from '../../store/drift-lock.ts';
import { loadReleasedPackage } from '../champion/released-package.ts';
import { failureMarker } from '../drift/comment-markers.ts';
import { openDriftIssue, readEpisode } from '../drift/episode.ts';
import { failedDeploymentComment, firstLineAsText } from '../drift/issue-comments.ts';
import type { Pipeline } from '../pipeline.ts';
import { assembleServing } from './assemble-serving.ts';

/**
 * Downloads and verifies a released model, assembles its bundle, and deploys the bundle to a target. A failure is
 * reported once on the open drift issue and thrown.
 *
 * @param champion the model that keeps serving if this fails; null when there is none.
 * @returns where it serves; null without a target.
 * @throws OperatorError `forge-missing`, `model-invalid`, `deploy-failed`.
 */
export async function deployToTarget(
  pipeline: Pipeline,
  version: number,
  champion: number | null,
  target: DeployTarget | null,
): Promise<string | null> {
  try {
    const released = await loadReleasedPackage(pipeline, version);
    if (target === null) return null;
    const { location } = await target.deploy(await assembleServing(pipeline, released));
    return location;
  } catch (error) {
    throw error instanceof OperatorError ? await reported(pipeline, version, champion, error) : error;
  }
}

/** Reports the error on the drift issue. If that fails too, the returned error says so. */
async function reported(
  pipeline: Pipeline,
  version: number,
  champion: number | null,
  error: OperatorError,
): Promise<OperatorError> {
  try {
    await withDriftLock(pipeline.store, () => commentFailure(pipeline, version, champion, error));
    return error;
  } catch (cause) {
    const { code, message, remedy, details } = error;
    const unreported = `${message} This could not be reported on the drift issue: ${(cause as Error).message}`;
    return new OperatorError(code, unreported, remedy, { cause: error, details });
  }
}

async function commentFailure(
  pipeline: Pipeline,
  version: number,
  champion: number | null,
  { code, message, remedy, details }: OperatorError,
): Promise<void> {
  const issue = await openDriftIssue(pipeline);
  if (issue === null) return;
  const marker = failureMarker(version, details.step ?? code);
  if (issue.comments.some(({ body }) => body.includes(marker))) return;
  const runUrl = pipeline.run?.url ?? null;
  const comment = failedDeploymentComment({ version, champion, message, remedy, runUrl });
  await pipeline.forge.issues.comment(issue.number, `${comment}\n\n${marker}`);
  const episode = await readEpisode(pipeline);
  if (episode?.mute === null) {
    const { title, location } = issue;
    await pipeline.announce?.({ title, text: firstLineAsText(comment), url: location });
  }
}
