import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DefaultArtifactClient } from '@actions/artifact';
import type { Repository } from '../pipeline/forge/github/repository.ts';
import { OperatorError } from '../pipeline/lib/errors.ts';
import { archiveEmbedded, restoreEmbedded } from '../pipeline/store/embedded-archive.ts';
import type { Artifacts } from './artifacts.ts';
import type { GithubRun } from './github-run.ts';

/** The embedded database under way: an artifact of the newest run that changed it. */
const STATE = 'cinematch-state';
const FILE = 'database.tar.gz';
/** As long as GitHub keeps any artifact. Every daily check renews it. */
const RETENTION_DAYS = 90;

/** How many stay: the newest, and some to fall back on by hand. */
const KEPT = 5;

export interface CarriedState {
  /** Where the embedded database is once it has been restored. */
  readonly directory: string;
  /** Whether an earlier run had left one. */
  readonly isRestored: boolean;
  /** Puts the database up for the next run. */
  save(): Promise<void>;
}

interface Carrier {
  readonly repository: Repository;
  readonly artifacts: Artifacts;
  readonly run: GithubRun;
  readonly token: string;
  /** The folder `pg` is made in. */
  readonly home: string;
}

/**
 * Fetches the embedded database that an earlier run left, or begins an empty one. Only artifacts of this
 * repository's own default branch are looked at: a pull request could have put up anything under the name.
 */
export async function restoreState(carrier: Carrier): Promise<CarriedState> {
  const { repository, run, token, home } = carrier;
  const directory = join(home, 'pg');
  const restored = await repository.newestArtifact(STATE);
  if (restored !== null) {
    const path = join(home, 'restored-state');
    const { digestMismatch } = await new DefaultArtifactClient().downloadArtifact(restored.id, {
      path,
      ...(restored.digest === null ? {} : { expectedHash: restored.digest }),
      findBy: {
        token,
        workflowRunId: restored.runId,
        repositoryOwner: run.repository.owner,
        repositoryName: run.repository.repo,
      },
    });
    if (digestMismatch === true) {
      throw new OperatorError(
        'artifact-invalid',
        `The database left as artifact ${restored.id} was damaged on the way.`,
        'Run this workflow again.',
      );
    }
    await restoreEmbedded(directory, await readFile(join(path, FILE)));
  }
  return {
    directory,
    isRestored: restored !== null,
    save: () => saveState(carrier, directory, restored?.id ?? null),
  };
}

/** Deletes states that newer ones have replaced. They would take a free plan's storage within weeks. */
export function pruneStates(repository: Repository): Promise<void> {
  return repository.keepNewestArtifacts(STATE, KEPT);
}

async function saveState(
  { repository, artifacts, home }: Carrier,
  directory: string,
  restoredId: number | null,
): Promise<void> {
  const newest = await repository.newestArtifact(STATE);
  if ((newest?.id ?? null) !== restoredId) {
    throw new OperatorError(
      'state-conflict',
      'Another run has changed the database while this one worked on a copy of it, so this run changes nothing.',
      'Run this workflow again. With DATABASE_URL set, runs share one database and do not get in each other’s way.',
    );
  }
  const folder = join(home, 'state');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, FILE), await archiveEmbedded(directory));
  // The archive is compressed already.
  await artifacts.upload(STATE, folder, { retentionDays: RETENTION_DAYS, compressionLevel: 0 });
}
