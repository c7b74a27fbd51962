import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '../pipeline/forge/github/repository.ts';
import { OperatorError } from '../pipeline/lib/errors.ts';
import { RUN_ARTIFACTS } from '../pipeline/lib/run-artifacts.ts';
import { archiveEmbedded, restoreEmbedded } from '../pipeline/store/embedded-archive.ts';
import { type Artifacts, openArtifactClient } from './artifacts.ts';
import type { GithubRun } from './github-run.ts';

/** The artifact with the embedded database, of the newest run that changed it. */
const STATE = RUN_ARTIFACTS.state.name;
const FILE = 'database.tar.gz';
/** Number of artifacts to keep: the newest, and some for a manual recovery. */
const KEPT = 5;

export interface StateArtifact {
  /** Whether an earlier run had saved one. */
  readonly isRestored: boolean;
  /** Uploads the database for the next run. */
  save(): Promise<void>;
}

interface StateSource {
  readonly repository: Repository;
  readonly run: GithubRun;
  readonly token: string;
  /** The parent folder of `pg`. */
  readonly home: string;
}

interface StateOptions extends StateSource {
  readonly artifacts: Artifacts;
}

/** Downloads the embedded database of an earlier run, or starts an empty one. */
export async function restoreState(options: StateOptions): Promise<StateArtifact> {
  const directory = join(options.home, 'pg');
  const restored = await fetchState(options, directory);
  return { isRestored: restored !== null, save: () => saveState(options, directory, restored) };
}

/**
 * Downloads the newest embedded database that a run has left, into an empty directory. Uses only artifacts of this
 * repository's default branch: a pull request could upload anything under the name.
 *
 * @returns the number of the artifact; null when there is none.
 */
export async function fetchState(
  { repository, run, token, home }: StateSource,
  directory: string,
): Promise<number | null> {
  const newest = await repository.newestArtifact(STATE);
  if (newest === null) return null;
  const path = join(home, 'restored-state');
  const client = await openArtifactClient();
  const { digestMismatch } = await client.downloadArtifact(newest.id, {
    path,
    ...(newest.digest === null ? {} : { expectedHash: newest.digest }),
    findBy: {
      token,
      workflowRunId: newest.runId,
      repositoryOwner: run.repository.owner,
      repositoryName: run.repository.repo,
    },
  });
  if (digestMismatch === true) {
    throw new OperatorError(
      'artifact-invalid',
      `The database in the artifact ${newest.id} was damaged in the download.`,
      'Run this workflow again.',
    );
  }
  await restoreEmbedded(directory, join(path, FILE));
  return newest.id;
}

/** Whether a run has left an embedded database. */
export async function hasState(repository: Repository): Promise<boolean> {
  return (await repository.newestArtifact(STATE)) !== null;
}

/** Deletes old states. They would fill a free plan's storage within weeks. */
export function pruneStates(repository: Repository): Promise<void> {
  return repository.keepNewestArtifacts(STATE, KEPT);
}

async function saveState(
  { repository, artifacts, home }: StateOptions,
  directory: string,
  restoredId: number | null,
): Promise<void> {
  const newest = await repository.newestArtifact(STATE);
  if ((newest?.id ?? null) !== restoredId) {
    throw new OperatorError(
      'state-conflict',
      'Another run changed the database while this run worked on a copy, so this run changes nothing.',
      'Run this workflow again. With DATABASE_URL set, all runs share one database and avoid this conflict.',
    );
  }
  const folder = join(home, 'state');
  await mkdir(folder, { recursive: true });
  await archiveEmbedded(directory, join(folder, FILE));
  const { retentionDays } = RUN_ARTIFACTS.state;
  // The archive is compressed already.
  await artifacts.upload(STATE, folder, { retentionDays, compressionLevel: 0 });
}
