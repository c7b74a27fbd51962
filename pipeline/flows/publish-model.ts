import type { GateDecision } from '../evaluate/evaluation.ts';
import type { Issue, Release } from '../forge/forge.ts';
import { OperatorError } from '../lib/errors.ts';
import { releaseNotes, releaseTitle } from '../reports/release-notes.ts';
import { promoteModel, readModel, rollbackModel } from '../store/models.ts';

import { currentChampion, PRODUCTION, tagOf } from './champion.ts';
import { answerDriftIssue, markDriftIssue, openDriftIssue } from './drift-issue.ts';
import type { Pipeline } from './pipeline.ts';
import type { Candidate } from './train-model.ts';

export type PublishOutcome =
  | {
      readonly status: 'promoted';
      readonly version: number;
      readonly release: Release;
      readonly closed: Issue | null;
    }
  | { readonly status: 'refused'; readonly version: number; readonly gate: GateDecision };

/**
 * Releases a candidate that passed the gate and makes it the champion: draft, assets, digests verified,
 * prerelease, promotion, deployment record, then the drift issue it answers is closed. Every step can be
 * repeated, so an interrupted call is completed by the next one. A refused candidate is not released; the
 * open drift issue says why.
 */
export async function publishModel(pipeline: Pipeline, candidate: Candidate): Promise<PublishOutcome> {
  const { forge } = pipeline;
  const { manifest, gate, evaluation } = candidate;
  const { version } = manifest;
  if (gate?.outcome === 'refuse') {
    await markDriftIssue(pipeline, 'refused', version);
    return { status: 'refused', version, gate };
  }
  await markDriftIssue(pipeline, 'gated', version);
  const tag = tagOf(version);
  const issue = await openDriftIssue(pipeline);
  const existing = await forge.releases.get(tag);
  if (existing === null || existing.state === 'draft') {
    await forge.releases.draft({
      tag,
      title: releaseTitle({ manifest, gate }),
      body: releaseNotes({
        manifest,
        gate,
        evaluation,
        issue: issue?.number ?? null,
        verifyCommand: `cinematch models show ${version}`,
        rollbackCommand: 'cinematch models rollback',
      }),
    });
    for (const [name, bytes] of candidate.package.files) await forge.releases.upload(tag, name, bytes);
    await forge.releases.publish(tag);
  }
  const release = await promoteRelease(pipeline, version);
  return { status: 'promoted', version, release, closed: await answerDriftIssue(pipeline, version) };
}

/**
 * Makes a released model the champion: the release becomes the latest, a deployment says who serves from now
 * on, and in the database the buffer becomes baseline and its alerts are acknowledged.
 *
 * @throws OperatorError `model-unknown` when the database knows no such model, `forge-missing` when it was
 * never released.
 */
export async function promoteRelease(pipeline: Pipeline, version: number): Promise<Release> {
  const { forge, store, clock } = pipeline;
  const { manifest } = await readModel(store, version);
  const release = await forge.releases.promote(tagOf(version));
  await recordDeployment(pipeline, version, `Model v${version} promoted`);
  await promoteModel(store, {
    version,
    promotedAt: clock(),
    trainedBatchIds: manifest.snapshot.batches,
  });
  return release;
}

/**
 * Puts an earlier champion back: the one that served before the present one, or the version asked for.
 * Batches keep their roles, so the next check compares with what that model was trained on.
 *
 * @throws OperatorError `usage` when there is nothing to go back to.
 */
export async function rollBack(
  pipeline: Pipeline,
  requested?: number,
): Promise<{ readonly from: number; readonly to: number; readonly release: Release }> {
  const { forge, store, clock } = pipeline;
  const champion = await currentChampion(pipeline);
  const served = (await forge.deployments.list(PRODUCTION)).map(({ version }) => version);
  const to = requested ?? served.find((version) => version !== champion?.version);
  if (champion === null || to === undefined) {
    throw new OperatorError(
      'usage',
      'There is no earlier champion to go back to.',
      'See which models there are: cinematch models list.',
    );
  }
  if (to === champion.version) {
    throw new OperatorError(
      'usage',
      `Model v${to} is serving already.`,
      'Name another: cinematch models list.',
    );
  }
  if (!served.includes(to)) {
    throw new OperatorError(
      'usage',
      `Model v${to} has never been champion, so going back to it is not a rollback.`,
      `Promote it instead: cinematch models promote ${to}.`,
    );
  }
  const release = await forge.releases.promote(tagOf(to));
  await recordDeployment(pipeline, to, `Rolled back from v${champion.version} to v${to}`);
  await rollbackModel(store, to, clock());
  return { from: champion.version, to, release };
}

/** One record for each change of the serving model: repeating a promotion adds none. */
async function recordDeployment({ forge }: Pipeline, version: number, description: string): Promise<void> {
  const [newest] = await forge.deployments.list(PRODUCTION);
  if (newest?.version === version) return;
  await forge.deployments.create({ environment: PRODUCTION, version, description });
}
