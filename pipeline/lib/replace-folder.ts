import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Replaces a folder by one with new content. The new folder is filled under another name and renamed when it is
 * complete, so a killed process leaves no incomplete folder under the name.
 *
 * @param fill writes all content into the given folder.
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
