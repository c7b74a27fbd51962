import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localFolderTarget } from '../../pipeline/deploy/local-folder.ts';
import { deployModel } from '../../pipeline/flows/deploy-model.ts';
import { detectDrift } from '../../pipeline/flows/detect-drift.ts';
import { markDriftIssue } from '../../pipeline/flows/drift-issue.ts';
import { planTraining } from '../../pipeline/flows/plan-training.ts';
import { recordCandidate } from '../../pipeline/flows/record-candidate.ts';
import { releaseModel } from '../../pipeline/flows/release-model.ts';
import { sha256 } from '../../pipeline/lib/digest.ts';
import { ask } from '../forge/github-home.ts';
import type { FaultyWorld } from './faulty-world.ts';

/** A workflow that was asked to run, and with what. */
export interface Job {
  readonly workflow: string;
  readonly inputs: Readonly<Record<string, string>>;
}

export const CHECK: Job = { workflow: 'drift.yml', inputs: {} };

/** A job that failed, and why. */
export interface Failed {
  readonly job: Job;
  readonly error: unknown;
}

/**
 * Runs jobs, and then what they dispatched, until nothing is left to run or one has failed: the loop as its
 * workflows close it.
 */
export async function runLoop(world: FaultyWorld, jobs: readonly Job[]): Promise<Failed | null> {
  const { server } = world.github;
  const queue = [...jobs];
  for (
    let job = queue.shift();
    job !== undefined;
    job = queue.shift() ?? server.takeDispatch() ?? undefined
  ) {
    try {
      await runJob(world, job);
    } catch (error) {
      return { job, error };
    }
  }
  return null;
}

async function runJob(world: FaultyWorld, { workflow, inputs }: Job): Promise<void> {
  const pipeline = world.openPipeline();
  const deploy = (version: number) => pipeline.forge.dispatch('deploy', { version: String(version) });
  if (workflow === 'drift.yml') {
    await detectDrift(pipeline);
  } else if (workflow === 'train.yml') {
    const issue = Number(inputs['issue']);
    const plan = await planTraining(pipeline, { reason: 'drift', issue });
    if (plan.kind === 'awaiting-deployment') {
      await markDriftIssue(pipeline, 'released', plan.version);
      await deploy(plan.version);
    }
    if (plan.kind !== 'train') return;
    const { candidate } = world;
    await recordCandidate(pipeline, candidate);
    await releaseModel(pipeline, { ...candidate, issue });
    await deploy(candidate.manifest.version);
  } else {
    await deployModel(pipeline, Number(inputs['version']), localFolderTarget(world.serving));
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
