import type { GenresOf } from '../genre-counts.ts';
import { type FoundPattern, patternOf } from './finding.ts';
import { type Profile, sum } from './profiles.ts';

const MIN_SHARE = 0.1;
/** As a multiple of the largest share of a past window. */
const FACTOR = 1.5;

/**
 * Many ratings of movies without training ratings, more than new movies explain: at least a tenth of the ratings, and one
 * and a half times the largest share of a past window. Or many ratings of movies whose genres nobody knows, such as ids
 * that are in no catalogue: a tenth of the ratings more than in the training data.
 *
 * @param past shares of new movies in past windows of comparable size; empty when there are none.
 */
export function newMovies(
  window: readonly Profile[],
  reference: readonly Profile[],
  past: readonly number[],
  genresOf: GenresOf,
): FoundPattern | null {
  const all = sum(window, ({ count }) => count);
  const known = new Set(reference.map(({ id }) => id));
  const isUnknown = ({ id }: Profile): boolean => genresOf(id).length === 0;
  const shareOf = (movies: readonly Profile[], of: readonly Profile[]): number =>
    sum(movies, ({ count }) => count) / sum(of, ({ count }) => count);
  const found = (movies: readonly Profile[], text: string): FoundPattern => {
    const ordered = [...movies].sort((a, b) => b.count - a.count || a.id - b.id);
    const ids = ordered.map(({ id }) => id);
    return patternOf(
      'new-movies',
      'movie',
      ids,
      sum(movies, ({ count }) => count),
      all,
      text,
    );
  };
  const fresh = window.filter(({ id }) => !known.has(id));
  const unknown = fresh.filter(isUnknown);
  const before = shareOf(reference.filter(isUnknown), reference);
  if (shareOf(unknown, window) - before >= MIN_SHARE) {
    return found(
      unknown,
      `${percent(shareOf(unknown, window))} of the ratings are of ${unknown.length} new movies without a genre. In the training data ${percent(before)} are of movies without one.`,
    );
  }
  const largest = past.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...past);
  const share = shareOf(fresh, window);
  if (share < MIN_SHARE || share < FACTOR * largest) return null;
  return found(
    fresh,
    `${percent(share)} of the ratings are of ${fresh.length} movies that the training data does not have. In past windows it was at most ${percent(largest)}.`,
  );
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
