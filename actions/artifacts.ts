import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DefaultArtifactClient } from '@actions/artifact';
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

export function openArtifacts(run: GithubRun): Artifacts {
  const client = new DefaultArtifactClient();
  return {
    upload: async (name, directory, options = {}) => {
      const root = resolve(directory);
      const entries = await readdir(root, { recursive: true, withFileTypes: true });
      const files = entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort();
      const put = () => client.uploadArtifact(name, files, root, options);
      const { id } = await put().catch(async (error: unknown) => {
        if (!/already exists|conflict/i.test(String(error))) throw error;
        await client.deleteArtifact(name);
        return put();
      });
      return { url: `${run.url}/artifacts/${id ?? ''}` };
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
