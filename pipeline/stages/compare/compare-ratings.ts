import { checkDrift } from '../../drift/check.ts';
import type { DriftSettings } from '../../drift/judge.ts';
import { driftReference } from '../../drift/reference.ts';
import type { DriftCheck } from '../../drift/signal.ts';
import { OperatorError } from '../../lib/errors.ts';
import type { Movie } from '../../ratings/movie.ts';
import { concatRatings, type Ratings } from '../../ratings/ratings.ts';
import { mergeSummaries, summariseRatings } from '../../ratings/summary.ts';

/** Ratings with the known data of their movies. */
export interface RatedMovies {
  readonly ratings: Ratings;
  readonly movies: readonly Movie[];
}

/**
 * A drift check of some ratings against others, without a store or a champion. The last window is the newest; all
 * windows together are the buffer. Signals about a model are `insufficient`.
 *
 * @param windows oldest first.
 * @throws OperatorError `usage` when the baseline or the newest window has no ratings.
 */
export function compareRatings(
  baseline: RatedMovies,
  windows: readonly RatedMovies[],
  settings: DriftSettings,
): DriftCheck {
  const sources = [baseline, ...windows];
  const genres = new Map(sources.flatMap(({ movies }) => movies).map((movie) => [movie.id, movie.genres]));
  const genresOf = (movieId: number): readonly string[] => genres.get(movieId) ?? [];
  const summaries = windows.map(({ ratings }) => summariseRatings(ratings));
  const newest = summaries.at(-1);
  if (newest === undefined || newest.count === 0 || baseline.ratings.length === 0) {
    throw new OperatorError(
      'usage',
      `There is nothing to compare: the baseline has ${baseline.ratings.length} usable ratings, the newest window ${newest?.count ?? 0}.`,
      'Give files that contain ratings.',
    );
  }
  return checkDrift(
    {
      reference: driftReference(baseline.ratings, genresOf, null),
      newest: { summary: newest, performance: null, ratings: windows.at(-1)?.ratings ?? null },
      buffer:
        summaries.length > 1
          ? {
              summary: mergeSummaries(summaries),
              performance: null,
              ratings: concatRatings(windows.map(({ ratings }) => ratings)),
              batches: summaries.length,
            }
          : null,
      genresOf,
    },
    settings,
  );
}
