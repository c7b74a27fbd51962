import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localFolderTarget } from '../../../pipeline/deploy/local-folder.ts';
import { sha256 } from '../../../pipeline/lib/digest.ts';
import { detectDrift } from '../../../pipeline/stages/drift/detect-drift.ts';
import { markDriftIssue } from '../../../pipeline/stages/drift/follow-issue.ts';
import { deployModel } from '../../../pipeline/stages/release/deploy-model.ts';
import { releaseModel } from '../../../pipeline/stages/release/release-model.ts';
import { planTraining } from '../../../pipeline/stages/training/plan-training.ts';
import { recordCandidate } from '../../../pipeline/stages/training/record-candidate.ts';
import { withDriftLock } from '../../../pipeline/store/drift-lock.ts';
import { ask } from '../../forge/github-home.ts';
import type { FaultyWorld } from './faulty-world.ts';

/** What a runner was given to do. */
export type Job =
  | { readonly name: 'check' }
  /** The first job of a training, and the last one; what is between them asks nothing of GitHub but downloads. */
  | { readonly name: 'plan' | 'publish'; readonly issue: number }
  | { readonly name: 'deploy'; readonly version: number };

export const CHECK: Job = { name: 'check' };

/** A job that failed, and why. */
export interface Failed {
  readonly job: Job;
  readonly error: unknown;
}

/**
 * Runs jobs, those that follow in their workflows, and then what they dispatched, until nothing is left to run
 * or one has failed: the loop as the workflows close it.
 */
export async function runLoop(world: FaultyWorld, jobs: readonly Job[]): Promise<Failed | null> {
  const queue = [...jobs];
  const next = (): Job | null => queue.shift() ?? dispatchedTo(world);
  for (let job = next(); job !== null; job = next()) {
    try {
      queue.unshift(...(await runJob(world, job)));
    } catch (error) {
      return { job, error };
    }
  }
  return null;
}

function dispatchedTo({ github }: FaultyWorld): Job | null {
  const asked = github.server.takeDispatch();
  if (asked === null) return null;
  const { version, issue } = asked.inputs;
  return asked.workflow === 'deploy.yml'
    ? { name: 'deploy', version: Number(version) }
    : { name: 'plan', issue: Number(issue) };
}

/** @returns the jobs of the same workflow that follow. */
async function runJob(world: FaultyWorld, job: Job): Promise<readonly Job[]> {
  const pipeline = world.openPipeline();
  const dispatchDeploy = (version: number) => pipeline.forge.dispatch('deploy', { version: String(version) });
  switch (job.name) {
    case 'check':
      await detectDrift(pipeline);
      return [];
    case 'plan': {
      const plan = await planTraining(pipeline, { reason: 'drift', issue: job.issue });
      if (plan.kind === 'awaiting-deployment') {
        const { version } = plan;
        await withDriftLock(pipeline.store, (lock) => markDriftIssue(lock, pipeline, 'released', version));
        await dispatchDeploy(plan.version);
      }
      return plan.kind === 'train' ? [{ ...job, name: 'publish' }] : [];
    }
    case 'publish': {
      const { candidate } = world;
      await recordCandidate(pipeline, candidate);
      await releaseModel(pipeline, { ...candidate, issue: job.issue });
      await dispatchDeploy(candidate.manifest.version);
      return [];
    }
    case 'deploy':
      await deployModel(pipeline, job.version, localFolderTarget(world.serving));
      return [];
  }
}

interface RawIssue {
  readonly number: number;
  readonly state: string;
  readonly labels: readonly { readonly name: string }[];
}

interface RawRelease {
  readonly tag_name: string;
  readonly draft: boolean;
  readonly prerelease: boolean;
  readonly assets: readonly { readonly name: string; readonly digest: string }[];
}

/** What is there of the loop, on GitHub, in the database and where the model serves, however it came about. */
export async function whatIsThere(world: FaultyWorld) {
  const { store, announced, serving } = world;
  const { server, token } = world.github;
  const get = <T>(path: string): Promise<T> => ask<T>(server, token, 'GET', path);
  const beginning = ({ body }: { readonly body: string }): string => body.split('\n')[0] as string;
  const issues = await get<readonly RawIssue[]>('/issues?state=all&per_page=100');
  const deployments = await get<readonly { id: number; payload: { version: number } }[]>('/deployments');
  return {
    issues: await Promise.all(
      issues.map(async ({ number, state, labels }) => ({
        state,
        labels: labels.map(({ name }) => name).sort(),
        comments: (await get<readonly { body: string }[]>(`/issues/${number}/comments`)).map(beginning),
      })),
    ),
    releases: await releasesOf(world),
    latest: (await get<RawRelease>('/releases/latest')).tag_name,
    deployments: await Promise.all(
      deployments.map(async ({ id, payload: { version } }) => ({
        version,
        states: (await get<readonly { state: string }[]>(`/deployments/${id}/statuses`)).map(
          ({ state }) => state,
        ),
      })),
    ),
    dispatched: server.dispatches.map(({ workflow, inputs }) => ({ workflow, inputs })),
    announced: announced.map(({ text }) => text),
    alerts: [...(await store.sql`select newest_batch_id, acknowledged_by_version from drift_alerts`)],
    models: [...(await store.sql`select version, status from models order by version`)],
    gates: [...(await store.sql`select challenger_version as version, outcome from gate_decisions`)],
    batches: [...(await store.sql`select batch_id, role from ingestion_ledger order by batch_id`)],
    serves: await readFile(join(serving, 'current'), 'utf8').catch(() => null),
  };
}

export type Outcome = Awaited<ReturnType<typeof whatIsThere>>;

async function releasesOf({ github: { server, token } }: FaultyWorld) {
  const releases = await ask<readonly RawRelease[]>(server, token, 'GET', '/releases?per_page=100');
  return releases
    .map(({ tag_name: tag, draft, prerelease, assets }) => ({
      tag,
      draft,
      prerelease,
      assets: assets.map(({ name, digest }) => `${name} ${digest}`).sort(),
    }))
    .sort((a, b) => a.tag.localeCompare(b.tag));
}

/** The assets that the release of the challenger has to have. */
export const assetsOf = ({ candidate }: Pick<FaultyWorld, 'candidate'>): readonly string[] =>
  [...candidate.package.files].map(([name, bytes]) => `${name} sha256:${sha256(bytes)}`).sort();
