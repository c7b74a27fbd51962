import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '../lib/errors.ts';
import { tagOf, versionOf } from '../lib/model-tag.ts';
import { writeAtomically } from '../lib/write-atomically.ts';
import { writeFiles } from '../model/package-folder.ts';
import { BUNDLE_FILE, type ServingFiles } from '../serving/serving-files.ts';
import { readServing } from '../serving/serving-folder.ts';
import type { DeployTarget } from './target.ts';

/** The file with the folder name of the model that serves. */
const CURRENT = 'current';

/**
 * Deploys to a folder on this machine. Each model has its own folder, and the file `current` names the one that serves;
 * it is replaced atomically. The previous model is kept for a rollback, older ones are removed.
 *
 * @param directory created with the first model.
 */
export function localFolderTarget(directory: string): DeployTarget {
  const name = `folder ${directory}`;
  return {
    name,
    deploy: async (serving) => {
      const { version } = serving.manifest;
      const folder = tagOf(version);
      const location = join(directory, folder);
      try {
        await mkdir(directory, { recursive: true });
        if (!(await hasBundle(location, serving))) await writeFiles(location, serving);
        await readServing(location);
        const before = await currentIn(directory);
        if (before !== folder) {
          await writeAtomically(join(directory, CURRENT), `${folder}\n`);
          await removeOthers(directory, [folder, before]);
        }
        return { location };
      } catch (cause) {
        throw new OperatorError(
          'deploy-failed',
          `Model v${version} was not deployed to ${name}: ${(cause as Error).message}`,
          'Check the free disk space and the write permission, then deploy again. The previous model keeps serving.',
          { cause, details: { step: 'folder' } },
        );
      }
    },
  };
}

/** Whether the folder already has this bundle, undamaged. */
async function hasBundle(location: string, { files }: ServingFiles): Promise<boolean> {
  try {
    const found = await readServing(location);
    const wanted = files.get(BUNDLE_FILE);
    return wanted !== undefined && Buffer.from(wanted).equals(found.files.get(BUNDLE_FILE) as Uint8Array);
  } catch {
    return false;
  }
}

async function currentIn(directory: string): Promise<string | null> {
  const text = await readFile(join(directory, CURRENT), 'utf8').catch(() => null);
  return text?.trim() ?? null;
}

async function removeOthers(directory: string, kept: readonly (string | null)[]): Promise<void> {
  for (const entry of await readdir(directory)) {
    const isModel = versionOf(entry.replace(/\.unfinished$/, '')) !== null;
    if (isModel && !kept.includes(entry)) await rm(join(directory, entry), { recursive: true, force: true });
  }
}
