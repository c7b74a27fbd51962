import type { Issue, Release } from '../../forge/forge.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Candidate } from '../training/candidate.ts';
import { deployModel } from './deploy-model.ts';
import { type RefusedModel, releaseModel } from './release-model.ts';

export type PublishOutcome =
  | {
      readonly status: 'promoted';
      readonly version: number;
      readonly release: Release;
      readonly closed: Issue | null;
    }
  | RefusedModel;

/**
 * Releases a candidate that passed the gate and makes it the champion: the last two steps of the loop in one
 * process; on GitHub each is a workflow. Every step can be repeated, so an interrupted call is completed by
 * the next one. A refused candidate is not released; the open drift issue has the reasons.
 */
export async function publishModel(pipeline: Pipeline, candidate: Candidate): Promise<PublishOutcome> {
  const released = await releaseModel(pipeline, candidate);
  if (released.status === 'refused') return released;
  const { version, release, closed } = await deployModel(pipeline, released.version, null);
  return { status: 'promoted', version, release, closed };
}
