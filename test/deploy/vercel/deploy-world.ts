import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { DeployTarget } from '../../../pipeline/deploy/target.ts';
import { PRODUCTION } from '../../../pipeline/forge/forge.ts';
import { openLocalForge } from '../../../pipeline/forge/open-local-forge.ts';
import type { Ratings } from '../../../pipeline/ratings/ratings.ts';
import type { ServingFiles } from '../../../pipeline/serving/serving-files.ts';
import { loadReleasedPackage } from '../../../pipeline/stages/champion/released-package.ts';
import { detectDrift } from '../../../pipeline/stages/drift/detect-drift.ts';
import { openDriftIssue } from '../../../pipeline/stages/drift/episode.ts';
import { ingestRatings } from '../../../pipeline/stages/ingest/ingest-ratings.ts';
import type { Pipeline } from '../../../pipeline/stages/pipeline.ts';
import { assembleServing } from '../../../pipeline/stages/release/assemble-serving.ts';
import { deployModel } from '../../../pipeline/stages/release/deploy-model.ts';
import { releaseModel } from '../../../pipeline/stages/release/release-model.ts';
import { trainModel } from '../../../pipeline/stages/training/train-model.ts';
import { listModels } from '../../../pipeline/store/models.ts';
import { openVercelHome, type VercelHome } from '../../emulators/vercel/use-vercel.ts';
import { openBootstrapped, openCopy, quietWeeks, raised, type TestPipeline } from '../../support/pipeline.ts';

/** A drift issue is open, v1 serves, and v2 is released. */
export interface DeployWorld {
  readonly pipeline: TestPipeline;
  /** The serving files of v1. */
  readonly serving: ServingFiles;
  close(): Promise<void>;
}

const CONFIG = { gate: { resamples: 200, rmseTolerance: 1, ndcgTolerance: 1 } } as const;

export async function openDeployWorld(): Promise<DeployWorld> {
  const pipeline = await openCopy('deploy-world', CONFIG, async () => {
    const first = await openBootstrapped(CONFIG);
    const [week] = quietWeeks().prepared.batches as [Ratings];
    await ingestRatings(first, await first.write('raised.csv', raised(week, 2)), 'buffer');
    await detectDrift(first);
    await releaseModel(first, await trainModel(first, 'drift'));
    return first;
  });
  const serving = await assembleServing(pipeline, await loadReleasedPackage(pipeline, 1));
  return { pipeline, serving, close: () => pipeline.close() };
}

/** The environment of one fault. */
export interface Scene extends VercelHome {
  /** Folder of the forge, where releases are files. */
  readonly forge: string;
  /** Replaces the deploy target. */
  use(target: DeployTarget): void;
}

export interface DeployFault {
  readonly name: string;
  /** Prepares the fault. Called again before the deployment is repeated. */
  arrange(scene: Scene): void | Promise<void>;
  /** @default deploy-failed */
  readonly code?: string;
  /** The expected message. */
  readonly says?: RegExp;
}

/**
 * Deploys v2 twice with a fault. Each time v1 must stay in production, no record may change, the issue must have exactly
 * one comment, and no message may show a secret.
 */
export async function tryFault(world: DeployWorld, fault: DeployFault): Promise<void> {
  const folder = `forge-${fault.name.replace(/\W+/g, '-')}`;
  const forge = join(world.pipeline.home, folder);
  await cp(join(world.pipeline.home, 'forge'), forge, { recursive: true });
  const home = await openVercelHome();
  try {
    const { vercel } = home;
    const before = await vercel.seed(world.serving);
    const pipeline: Pipeline = {
      ...world.pipeline,
      forge: openLocalForge(forge, world.pipeline.clock),
      run: { commit: '3f'.repeat(20), url: 'https://github.com/octo/films/actions/runs/77' },
    };
    const recorded = await recordsOf(pipeline);
    for (let time = 1; time <= 2; time++) {
      let target: DeployTarget = home.target();
      const use = (other: DeployTarget): void => {
        target = other;
      };
      await fault.arrange({ ...home, forge, use });
      const error = await deployModel(pipeline, 2, target).then(
        () => null,
        (reason: Error & { code?: string; remedy?: string }) => reason,
      );
      expect(error, 'It was deployed').not.toBeNull();
      expect(error).toMatchObject({ name: 'OperatorError', code: fault.code ?? 'deploy-failed' });
      expect(error?.message).toMatch(fault.says ?? /./);
      expect(vercel.history.at(-1), 'deployment in production').toBe(before);
      expect(await versionOf(vercel.productionUrl), 'version in production').toBe('1');
      expect(await recordsOf(pipeline)).toEqual(recorded);

      const comments = await commentsOf(pipeline);
      expect(comments).toHaveLength(1);
      expect(comments[0]).toContain('**The deployment of model v2 failed.** Model v1 keeps serving.');
      expect(comments[0]).toContain('[The run that failed](https://github.com/octo/films/actions/runs/77)');
      for (const secret of [vercel.token, ...vercel.bypasses]) {
        expect(`${error?.message} ${error?.remedy} ${comments[0]}`).not.toContain(secret);
      }
    }
  } finally {
    await home.close();
    await rm(forge, { recursive: true, force: true });
  }
}

/** Champion, releases and deployment records, which must not change. */
async function recordsOf({ forge, store }: Pipeline): Promise<unknown> {
  return {
    models: (await listModels(store)).map(({ version, status, promotedAt }) => ({
      version,
      status,
      promotedAt,
    })),
    releases: (await forge.releases.list()).map(({ tag, state, latest }) => ({ tag, state, latest })),
    deployments: await forge.deployments.list(PRODUCTION),
  };
}

async function commentsOf(pipeline: Pipeline): Promise<readonly string[]> {
  const issue = await openDriftIssue(pipeline);
  return (issue?.comments ?? []).map(({ body }) => body).filter((body) => body.includes('deployment-failed'));
}

async function versionOf(url: string): Promise<string | null> {
  const response = await fetch(`${url}/api/v1/health/ready`);
  await response.text();
  return response.headers.get('x-model-version');
}
