import { checkDrift } from '../../drift/check.ts';
import type { DriftSettings } from '../../drift/judge.ts';
import { driftReference } from '../../drift/reference.ts';
import type { DriftCheck, SignalResult } from '../../drift/signal.ts';
import { signalNamed } from '../../drift/signals/list.ts';
import { OperatorError } from '../../lib/errors.ts';
import type { BatchFinding } from '../../quality/finding.ts';
import type { Movie } from '../../ratings/movie.ts';
import { concatRatings, type Ratings } from '../../ratings/ratings.ts';
import { mergeSummaries, summariseRatings } from '../../ratings/summary.ts';

/** Ratings with the known data of their movies. */
export interface RatedMovies {
  readonly ratings: Ratings;
  readonly movies: readonly Movie[];
}

/** Ratings to compare. @default with times */
export interface ComparedRatings extends RatedMovies {
  readonly hasTimes?: boolean;
}

/**
 * A drift check of some ratings against others, without a store or a champion. The last window is the newest; all
 * windows together are the buffer. Signals about a model are `insufficient`, and so are those that need past windows when
 * the baseline has no times.
 *
 * @param windows oldest first.
 * @param quality what is wrong with the ratings apart from drift.
 * @throws OperatorError `usage` when the baseline or the newest window has no ratings.
 */
export function compareRatings(
  baseline: ComparedRatings,
  windows: readonly ComparedRatings[],
  settings: DriftSettings,
  quality: readonly BatchFinding[] = [],
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
  const { ratings, hasTimes = true } = baseline;
  const reference = hasTimes
    ? driftReference(ratings, genresOf, null)
    : { summary: summariseRatings(ratings), heldOut: 0, past: [], performance: null, isAsTold: true };
  const check = checkDrift(
    {
      reference,
      newest: { summary: newest, performance: null, ratings: windows.at(-1)?.ratings ?? null },
      buffer:
        summaries.length > 1
          ? {
              summary: mergeSummaries(summaries),
              performance: null,
              ratings: concatRatings(windows.map((window) => window.ratings)),
              batches: summaries.length,
            }
          : null,
      genresOf,
      quality,
    },
    settings,
  );
  return hasTimes ? check : { ...check, signals: check.signals.map(withoutTimes) };
}

const NO_TIMES = 'The baseline has no times, so there are no past windows to compare with.';

/** Says why a signal could not be judged that needs past windows. */
function withoutTimes(signal: SignalResult): SignalResult {
  const needsTimes = signalNamed(signal.name).past?.required === true;
  return needsTimes && signal.value !== null ? { ...signal, note: NO_TIMES } : signal;
}
