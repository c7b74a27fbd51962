import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '../lib/errors.ts';
import { tagOf, versionOf } from '../lib/model-tag.ts';
import { BUNDLE_FILE, type ServingFiles } from '../serving/serving-files.ts';
import { readServing, writeServing } from '../serving/serving-folder.ts';
import type { DeployTarget } from './target.ts';

/** The file that names the folder of the model that serves. */
const CURRENT = 'current';

/**
 * A folder on this machine: the bundle of every model in a folder of its own, and the file `current` that names the one that
 * serves, changed in one rename. The model before it stays for a rollback, older ones are removed.
 *
 * @param directory it is made when the first model comes.
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
        if (!(await holds(location, serving))) await writeServing(location, serving);
        await readServing(location);
        const before = await currentIn(directory);
        if (before !== folder) {
          await writeFile(join(directory, `${CURRENT}.unfinished`), `${folder}\n`);
          await rename(join(directory, `${CURRENT}.unfinished`), join(directory, CURRENT));
          await removeOthers(directory, [folder, before]);
        }
        return { location };
      } catch (cause) {
        throw new OperatorError(
          'deploy-failed',
          `Model v${version} was not brought to ${name}: ${(cause as Error).message}`,
          'Make room and give the process the right to write there, then deploy again; the model before it keeps serving.',
          { cause, details: { step: 'folder' } },
        );
      }
    },
  };
}

/** Whether the very files are there already and undamaged. */
async function holds(location: string, { files }: ServingFiles): Promise<boolean> {
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
