import type { DeployTarget } from '../../deploy/target.ts';
import type { Release } from '../../forge/forge.ts';
import { PRODUCTION } from '../../forge/forge.ts';
import { OperatorError } from '../../lib/errors.ts';
import { tagOf } from '../../lib/model-tag.ts';
import { rollbackModel } from '../../store/models.ts';
import { settleChampion } from '../champion/champion.ts';
import { openDriftIssue } from '../drift/episode.ts';
import { rolledBackComment } from '../drift/issue-comments.ts';
import type { Pipeline } from '../pipeline.ts';
import { recordDeployment } from './deploy-model.ts';
import { deployToTarget } from './deploy-to-target.ts';

export interface RolledBack {
  readonly from: number;
  readonly to: number;
  readonly release: Release;
  /** Where it serves; null without a target. */
  readonly location: string | null;
}

/**
 * Restores an earlier champion: the previous one, or the requested version. It is verified and deployed before
 * anything else changes. Batches keep their roles, so the next check compares with the training data of that model.
 * Comments on the open drift issue.
 *
 * @throws OperatorError `usage` when there is nothing to roll back to; `model-invalid` or `deploy-failed` when
 * the earlier model cannot serve, and then the champion stays.
 */
export async function rollBack(
  pipeline: Pipeline,
  requested?: number,
  target: DeployTarget | null = null,
): Promise<RolledBack> {
  const { forge, store, clock, mirror } = pipeline;
  const champion = await settleChampion(pipeline);
  const served = (await forge.deployments.list(PRODUCTION)).map(({ version }) => version);
  const to = requested ?? served.find((version) => version !== champion?.version);
  if (champion === null || to === undefined) {
    throw new OperatorError(
      'usage',
      'There is no earlier champion to roll back to.',
      'List the models: cinematch models list.',
    );
  }
  // The release is promoted before the record is written: this completes a rollback that was interrupted in between.
  if (to === champion.version && served[0] === to) {
    throw new OperatorError('usage', `Model v${to} already serves.`, 'Name another: cinematch models list.');
  }
  if (!served.includes(to)) {
    throw new OperatorError(
      'usage',
      `Model v${to} has never been champion, so this is not a rollback.`,
      `Promote it instead: cinematch models promote ${to}.`,
    );
  }
  const from = to === champion.version ? (served[0] as number) : champion.version;
  const location = await deployToTarget(pipeline, to, champion.version, target);
  const release = await forge.releases.promote(tagOf(to));
  await recordDeployment(pipeline, {
    version: to,
    description: `Rolled back from v${from} to v${to}`,
    location,
  });
  await rollbackModel(store, to, clock());
  await mirror?.promote(to);
  const issue = await openDriftIssue(pipeline);
  if (issue !== null) await forge.issues.comment(issue.number, rolledBackComment(from, to));
  return { from, to, release, location };
}
