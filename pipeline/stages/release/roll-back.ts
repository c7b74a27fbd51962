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
import { bringToTarget } from './bring-to-target.ts';
import { recordDeployment } from './deploy-model.ts';

export interface RolledBack {
  readonly from: number;
  readonly to: number;
  readonly release: Release;
  /** Where it serves; null without a target. */
  readonly location: string | null;
}

/**
 * Puts an earlier champion back: the one that served before the present one, or the version asked for. It is
 * verified and brought to the target before anything else changes. Batches keep their roles, so the next
 * check compares with what that model was trained on. An open drift issue is told.
 *
 * @throws OperatorError `usage` when there is nothing to go back to; `model-invalid` or `deploy-failed` when
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
      'There is no earlier champion to go back to.',
      'See which models there are: cinematch models list.',
    );
  }
  // The release is promoted before the record is written: a rollback cut off between is completed here.
  if (to === champion.version && served[0] === to) {
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
  const from = to === champion.version ? (served[0] as number) : champion.version;
  const location = await bringToTarget(pipeline, to, champion.version, target);
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
