import type { DeployTarget } from '../../deploy/target.ts';
import type { Issue, Release } from '../../forge/forge.ts';
import { PRODUCTION } from '../../forge/forge.ts';
import { OperatorError } from '../../lib/errors.ts';
import { tagOf } from '../../lib/model-tag.ts';
import { linkUrl } from '../../lib/url.ts';
import { compactRatings } from '../../store/compact-ratings.ts';
import { withDriftLock } from '../../store/drift-lock.ts';
import { latestCheck } from '../../store/drift-log.ts';
import { championModel, type ModelRecord, promoteModel, readModel } from '../../store/models.ts';
import { settleChampion } from '../champion/champion.ts';
import { loadReleasedPackage } from '../champion/released-package.ts';
import { closeDriftIssue } from '../drift/follow-issue.ts';
import type { Pipeline } from '../pipeline.ts';
import { deployToTarget } from './deploy-to-target.ts';

export interface Deployed {
  readonly version: number;
  readonly release: Release;
  /** The drift issue it answers, now closed. */
  readonly closed: Issue | null;
  /** Where it serves; null without a target. */
  readonly location: string | null;
}

/**
 * Deploys a released model to its target, then makes it the champion and closes the drift issue. The package is
 * verified first, so a damaged model never serves. The ratings it learned from are packed. Every step can be repeated; deploying the champion again
 * completes an interrupted deployment. On failure the previous model keeps serving, nothing is recorded, and the
 * open drift issue gets one comment.
 *
 * @param target null to promote only the release.
 * @throws OperatorError `model-unknown`, `forge-missing`, `model-invalid`, `deploy-failed`; `usage` for a model
 * that was refused or has served before, `forge-conflict` for one that was compared with another champion.
 */
export async function deployModel(
  pipeline: Pipeline,
  version: number,
  target: DeployTarget | null,
): Promise<Deployed> {
  const { store, mirror } = pipeline;
  const model = await readModel(store, version);
  await restorePromotion(pipeline, version);
  const champion = await settleChampion(pipeline);
  if (champion?.version !== version) requireNext(model, champion);
  const location = await deployToTarget(pipeline, version, champion?.version ?? null, target);
  const release = await promoteRelease(pipeline, version, location);
  await mirror?.promote(version);
  // When a deployment is repeated later, the open issue may belong to a later episode.
  const isAnswer = (await latestCheck(store))?.modelVersion === model.manifest.parent;
  const closed = isAnswer
    ? await withDriftLock(store, (lock) => closeDriftIssue(lock, pipeline, version, location))
    : null;
  // Last, because it can take a minute and the next promotion makes up for it.
  await compactRatings(store, pipeline.onProgress);
  return { version, release, closed, location };
}

/**
 * Promotes the release of the recorded champion again where no release is promoted, because the record of it was lost.
 * Changes nothing in any other case.
 */
async function restorePromotion(pipeline: Pipeline, version: number): Promise<void> {
  const { store, forge } = pipeline;
  if ((await forge.releases.latest()) !== null) return;
  if ((await championModel(store))?.version !== version) return;
  await loadReleasedPackage(pipeline, version);
  await forge.releases.promote(tagOf(version));
}

/** A challenger may only replace the champion it was compared with. */
function requireNext(
  { version, status, promotedAt, manifest }: ModelRecord,
  champion: ModelRecord | null,
): void {
  const parent = manifest.parent;
  if (status === 'refused') {
    throw new OperatorError(
      'usage',
      `Model v${version} was refused by the gate.`,
      `Train again after more ratings have arrived. cinematch models show and the drift issue have the numbers.`,
    );
  }
  if (parent === (champion?.version ?? null)) return;
  if (promotedAt !== null) {
    throw new OperatorError(
      'usage',
      `Model v${version} has served before v${champion?.version}, so deploying it again is a rollback.`,
      `Roll back: cinematch models rollback --to ${version}, on GitHub the workflow rollback.`,
    );
  }
  throw new OperatorError(
    'forge-conflict',
    `Model v${version} was compared with ${parent === null ? 'no champion' : `v${parent}`}, but ${champion === null ? 'there is no champion' : `v${champion.version} serves now`}: the gate's decision is no longer valid.`,
    'Train again: the next challenger is compared with the serving model.',
  );
}

/**
 * Makes a released model the champion: the release becomes the latest, a deployment records the serving model, and
 * in the database the buffer becomes baseline and its alerts are acknowledged.
 *
 * @param location where it serves, if known.
 * @throws OperatorError `model-unknown` when the database has no such model, `forge-missing` when it was never
 * released.
 */
export async function promoteRelease(
  pipeline: Pipeline,
  version: number,
  location: string | null = null,
): Promise<Release> {
  const { forge, store, clock } = pipeline;
  const { manifest } = await readModel(store, version);
  const release = await forge.releases.promote(tagOf(version));
  await recordDeployment(pipeline, { version, description: `Model v${version} promoted`, location });
  await promoteModel(store, {
    version,
    promotedAt: clock(),
    trainedBatchIds: manifest.snapshot.batches,
  });
  return release;
}

/** One record for each change of the serving model: repeating a promotion completes it and adds none. */
export async function recordDeployment(
  { forge }: Pipeline,
  {
    version,
    description,
    location,
  }: { readonly version: number; readonly description: string; readonly location: string | null },
): Promise<void> {
  const url = linkUrl(location);
  await forge.deployments.create({
    environment: PRODUCTION,
    version,
    description,
    ...(url === null ? {} : { url }),
  });
}
