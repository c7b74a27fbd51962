import { readFiles } from '../model/package-folder.ts';
import { openServing, type Serving } from './open-serving.ts';
import type { ServingFiles } from './serving-files.ts';

/**
 * Reads a folder and verifies it as `openServing` does.
 *
 * @throws OperatorError `model-unknown` when there is no folder, `model-invalid` when the bundle is damaged.
 */
export async function readServing(folder: string): Promise<Serving & ServingFiles> {
  const files = await readFiles(folder, {
    problem: `There is no bundle to serve at ${folder}.`,
    remedy: 'Make a bundle: cinematch deploy. To serve on this machine: npm run serve.',
  });
  return { ...openServing(files, folder), files };
}
