import type { DeployTarget } from '../../deploy/target.ts';
import { OperatorError } from '../../lib/errors.ts';
import { withDriftLock } from '../../store/drift-lock.ts';
import { loadReleasedPackage } from '../champion/champion.ts';
import { failureMarker } from '../drift/comment-markers.ts';
import { openDriftIssue, readEpisode } from '../drift/episode.ts';
import { failedDeploymentComment, plainBeginning } from '../drift/issue-comments.ts';
import type { Pipeline } from '../pipeline.ts';
import { assembleServing } from './assemble-serving.ts';

/**
 * Downloads a released model, verifies it, puts together what the API serves it from, and brings that to a target.
 * A failure is told on the open drift issue, once for the same one, and goes on as an error.
 *
 * @param champion who keeps serving when this fails; null when nobody served before.
 * @returns where it serves; null without a target.
 * @throws OperatorError `forge-missing`, `model-invalid`, `deploy-failed`.
 */
export async function bringToTarget(
  pipeline: Pipeline,
  version: number,
  champion: number | null,
  target: DeployTarget | null,
): Promise<string | null> {
  try {
    const released = await loadReleasedPackage(pipeline.forge, version);
    if (target === null) return null;
    const { location } = await target.deploy(await assembleServing(pipeline, released));
    return location;
  } catch (error) {
    throw error instanceof OperatorError ? await told(pipeline, version, champion, error) : error;
  }
}

/** The same error; when nobody could be told of it, it says that as well. */
async function told(
  pipeline: Pipeline,
  version: number,
  champion: number | null,
  error: OperatorError,
): Promise<OperatorError> {
  try {
    await withDriftLock(pipeline.store, () => tellFailure(pipeline, version, champion, error));
    return error;
  } catch (cause) {
    const { code, message, remedy, details } = error;
    const untold = `${message} The drift issue could not be told: ${(cause as Error).message}`;
    return new OperatorError(code, untold, remedy, { cause: error, details });
  }
}

async function tellFailure(
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
    await pipeline.announce?.({ title, text: plainBeginning(comment), url: location });
  }
}
