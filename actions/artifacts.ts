import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArtifactClient } from '@actions/artifact';
import { OperatorError } from '../pipeline/lib/errors.ts';
import type { GithubRun } from './github-run.ts';

/** The artifacts of this workflow run, for people and for other jobs. */
export interface Artifacts {
  /** Uploads a folder under a name; replaces an artifact of that name, for example when a job runs again. */
  upload(
    name: string,
    directory: string,
    options?: { readonly retentionDays?: number; readonly compressionLevel?: number },
  ): Promise<{ readonly url: string }>;
  /**
   * Downloads an artifact of another job of this run.
   *
   * @throws OperatorError `artifact-invalid` when it is missing or was damaged in the download.
   */
  download(name: string, directory: string): Promise<void>;
}

/** How often an upload is tried when the name already exists. */
const TRIES = 5;

/** A client of the artifact service. The package is large, so it is loaded only when it is needed. */
export async function openArtifactClient(): Promise<ArtifactClient> {
  const { DefaultArtifactClient } = await import('@actions/artifact');
  return new DefaultArtifactClient();
}

/** @param pauseMs before the second try after a deletion; later ones come after 2 and 3 times that. */
export function openArtifacts(
  run: GithubRun,
  openClient: () => Promise<ArtifactClient> = openArtifactClient,
  pauseMs = 2000,
): Artifacts {
  return {
    upload: async (name, directory, options = {}) => {
      const client = await openClient();
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
          if (!(error instanceof Error && error.name === 'ArtifactNotFoundError')) throw error;
        });
        // GitHub may keep the name for a while after the deletion.
        await sleep((tries - 1) * pauseMs);
      }
    },
    download: async (name, directory) => {
      const client = await openClient();
      const { artifact } = await client.getArtifact(name).catch((cause: unknown) => {
        throw invalid(`This run has no artifact "${name}".`, cause);
      });
      const { digestMismatch } = await client.downloadArtifact(artifact.id, {
        path: resolve(directory),
        ...(artifact.digest === undefined ? {} : { expectedHash: artifact.digest }),
      });
      if (digestMismatch === true) throw invalid(`The artifact "${name}" was damaged in the download.`);
    },
  };
}

/** Writes text files into a folder and uploads it under its name. */
export async function uploadTexts(
  artifacts: Artifacts,
  folder: string,
  texts: Readonly<Record<string, string>>,
  options: Parameters<Artifacts['upload']>[2] = {},
): Promise<{ readonly url: string }> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, name), text);
  return artifacts.upload(basename(folder), folder, options);
}

function invalid(message: string, cause?: unknown): OperatorError {
  return new OperatorError(
    'artifact-invalid',
    message,
    'Run all jobs of this workflow again: Re-run all jobs.',
    { cause },
  );
}
