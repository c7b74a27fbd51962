import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder with new content, in place of the one that was there. It is filled under another name and
 * renamed when it is whole, so that a process that is killed leaves no half folder under the name.
 *
 * @param fill writes everything into the folder it is given.
 */
export async function replaceFolder(
  folder: string,
  fill: (unfinished: string) => Promise<void>,
): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(unfinished);
  await fill(unfinished);
  await rm(folder, { recursive: true, force: true });
  await rename(unfinished, folder);
}
