import { extname } from 'node:path';
import { MOVIES_NAMES } from '../locate.ts';

const RATINGS_EXTENSIONS = ['.csv', '.tsv', '.dat', '.data', '.base', '.parquet'];
/** What MovieLens puts beside its ratings and movies. */
const COMPANIONS = /^(links|tags|genome-scores|genome-tags|users)\.[a-z]+$/i;

export const isMoviesName = (name: string): boolean => MOVIES_NAMES.includes(name);

/** Whether a file may hold ratings, by its name alone; the content decides once it is read. */
export function isRatingsName(name: string): boolean {
  const extension = extname(name).toLowerCase();
  return (
    RATINGS_EXTENSIONS.includes(extension) &&
    !name.startsWith('.') &&
    !isMoviesName(name) &&
    !COMPANIONS.test(name)
  );
}

/** Whether a file beside batches goes without saying: nobody takes it for ratings that were forgotten. */
export function isExpectedCompanion(name: string): boolean {
  return name.startsWith('.') || /^readme(\.|$)/i.test(name) || isMoviesName(name) || COMPANIONS.test(name);
}
