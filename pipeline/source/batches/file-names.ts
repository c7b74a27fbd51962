import { extname } from 'node:path';
import { MOVIES_NAMES } from '../locate.ts';

const RATINGS_EXTENSIONS = ['.csv', '.tsv', '.dat', '.data', '.base', '.parquet'];
/** Other files of the MovieLens archives. */
const COMPANIONS = /^(links|tags|genome-scores|genome-tags|users)\.[a-z]+$/i;

export const isMoviesName = (name: string): boolean => MOVIES_NAMES.includes(name);

/** Whether a file name can be that of a ratings file. The content is checked when the file is read. */
export function isRatingsName(name: string): boolean {
  const extension = extname(name).toLowerCase();
  return (
    RATINGS_EXTENSIONS.includes(extension) &&
    !name.startsWith('.') &&
    !isMoviesName(name) &&
    !COMPANIONS.test(name)
  );
}

/** Whether a file beside batches is expected, so that no note about it is needed. */
export function isExpectedCompanion(name: string): boolean {
  return name.startsWith('.') || /^readme(\.|$)/i.test(name) || isMoviesName(name) || COMPANIONS.test(name);
}
