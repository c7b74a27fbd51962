import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ArtifactClient, ArtifactNotFoundError, DefaultArtifactClient } from '@actions/artifact';
import { OperatorError } from '../pipeline/lib/errors.ts';
import type { GithubRun } from './github-run.ts';

/** The artifacts of this workflow run: what people download, and what jobs hand to each other. */
export interface Artifacts {
  /** Puts a folder up under a name; a second time, as when a job is run again, replaces it. */
  upload(
    name: string,
    directory: string,
    options?: { readonly retentionDays?: number; readonly compressionLevel?: number },
  ): Promise<{ readonly url: string }>;
  /**
   * Fetches what another job of this run has put up.
   *
   * @throws OperatorError `artifact-invalid` when it is not there or was damaged on the way.
   */
  download(name: string, directory: string): Promise<void>;
}

/** How often an upload is tried under a name that is taken. */
const TRIES = 5;

/** @param pauseMs before the second try after a deletion; later ones come after 2 and 3 times that. */
export function openArtifacts(
  run: GithubRun,
  client: ArtifactClient = new DefaultArtifactClient(),
  pauseMs = 2000,
): Artifacts {
  return {
    upload: async (name, directory, options = {}) => {
      const root = resolve(directory);
      const entries = await readdir(root, { recursive: true, withFileTypes: true });
      const files = entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort();
      for (let tries = 1; ; tries++) {
        try {
          const { id } = await client.uploadArtifact(name, files, root, options);
          return { url: `${run.url}/artifacts/${id ?? ''}` };
        } catch (error) {
          if (tries === TRIES || !/already exists|conflict/i.test(String(error))) throw error;
        }
        await client.deleteArtifact(name).catch((error: unknown) => {
          if (!(error instanceof ArtifactNotFoundError)) throw error;
        });
        // GitHub may hold on to the name for a while after the deletion.
        await sleep((tries - 1) * pauseMs);
      }
    },
    download: async (name, directory) => {
      const { artifact } = await client.getArtifact(name).catch((cause: unknown) => {
        throw invalid(`This run has no artifact "${name}".`, cause);
      });
      const { digestMismatch } = await client.downloadArtifact(artifact.id, {
        path: resolve(directory),
        ...(artifact.digest === undefined ? {} : { expectedHash: artifact.digest }),
      });
      if (digestMismatch === true) throw invalid(`The artifact "${name}" was damaged on the way.`);
    },
  };
}

function invalid(message: string, cause?: unknown): OperatorError {
  return new OperatorError(
    'artifact-invalid',
    message,
    'Run all jobs of this workflow again: Re-run all jobs.',
    { cause },
  );
}
