import { once } from '../../lib/once.ts';
import { withoutUsers } from '../../ratings/performance.ts';
import { filterRatings, RATING_LEVELS } from '../../ratings/ratings.ts';
import {
  type RatingSummary,
  subtractSummary,
  summariseRatings,
  withoutUserLevels,
} from '../../ratings/summary.ts';
import { vocabularyOfSorted } from '../../ratings/vocabulary.ts';
import { countGenres, type GenresOf, genreCounts } from '../genre-counts.ts';
import { measureWindow } from '../measure-window.ts';
import type { ChosenPast } from '../past-windows.ts';
import type { ComparedSample, Sample } from '../sample.ts';
import { type SignalName, signalNamed } from '../signals/list.ts';
import { userMoments } from '../user-moments.ts';
import { REST } from './decompose.ts';
import type { Contributions, Influence } from './explanation.ts';

/** A window with what it is compared with, to be measured again without a part of it. */
export interface MeasuredAgain {
  readonly window: Sample;
  readonly reference: Sample;
  readonly past: ChosenPast | null;
  readonly genresOf: GenresOf;
}

/** Ratings of a window that are left out. */
export interface LeftOut {
  readonly users?: ReadonlySet<number>;
  readonly movies?: ReadonlySet<number>;
  readonly genre?: string;
}

/** The effect of every signal on the rest of a window; null where it cannot be measured. */
export type EffectsWithout = ReadonlyMap<SignalName, number | null>;

/**
 * Returns a function that measures every signal without some ratings of the window. Errors of the champion are known by
 * user only, so they are measured without users, and not without movies or a genre. Without the single ratings of the
 * window only signals that are computed from sums by user are measured, without one user.
 */
export function effectsIn({
  window,
  reference,
  past,
  genresOf,
}: MeasuredAgain): (out: LeftOut) => EffectsWithout {
  const genres = once(() => genreCounts([reference.summary, window.summary], genresOf));
  const side = ({ summary, performance }: Sample): ComparedSample => ({
    summary,
    performance,
    moments: userMoments(summary.userLevels),
    genres: countGenres(genres().names, summary, genresOf),
  });
  const referenceSide = once(() => side(reference));
  return (out) => {
    const rest = restOf(window, out, genresOf);
    if (rest.summary.count === 0) return new Map();
    return effectsOf(measureWindow(side(rest), referenceSide(), past), rest.isByUserOnly);
  };
}

function effectsOf(measured: ReturnType<typeof measureWindow>, isByUserOnly: boolean): EffectsWithout {
  return new Map(
    measured
      .filter(({ name }) => !(isByUserOnly && needsMovies(name)))
      .map(({ name, measurement }) => [name, measurement.status === 'measured' ? measurement.effect : null]),
  );
}

const needsMovies = (name: SignalName): boolean =>
  signalNamed(name).parts.of === 'genres' || signalNamed(name).parts.of === 'new-movies';

function restOf(
  { summary, performance, ratings = null }: Sample,
  { users, movies, genre }: LeftOut,
  genresOf: GenresOf,
): Sample & { readonly isByUserOnly: boolean } {
  const byUser = movies === undefined && genre === undefined;
  const errors =
    byUser && performance !== null && users !== undefined ? withoutUsers(performance, users) : null;
  if (ratings === null) {
    return {
      summary: withoutUserLevels(summary, users ?? new Set()),
      performance: errors,
      isByUserOnly: true,
    };
  }
  const outUsers = memberOf(summary.userIds, (id) => users?.has(id) ?? false);
  const outMovies = memberOf(
    summary.movieIds,
    (id) => (movies?.has(id) ?? false) || (genre !== undefined && genresOf(id).includes(genre)),
  );
  const left = filterRatings(
    ratings,
    (row) => outUsers(ratings.userIds[row] as number) || outMovies(ratings.movieIds[row] as number),
  );
  return {
    summary: subtractSummary(summary, summariseRatings(left)),
    performance: errors,
    isByUserOnly: false,
  };
}

/** Returns whether an id is one of those that `isMember` accepts; each is asked for once. */
function memberOf(ids: Int32Array, isMember: (id: number) => boolean): (id: number) => boolean {
  const members = ids.filter(isMember);
  if (members.length === 0) return () => false;
  const [only] = members;
  if (members.length === 1) return (id) => id === only;
  const { rowOf } = vocabularyOfSorted(members);
  return (id) => rowOf(id) >= 0;
}

/**
 * What remains of the effect of a signal without the user, the movie and the genre that contribute most to it, the most
 * influential first.
 *
 * @param measureAgain returns effects without a part; asked for the same part by several signals.
 */
export function influenceOn(
  signal: SignalName,
  contributions: readonly Contributions[],
  { window, genresOf }: MeasuredAgain,
  measureAgain: (kind: Influence['kind'], label: string) => EffectsWithout,
): readonly Influence[] {
  const { ratings = null, summary } = window;
  const kinds = ratings === null ? (['user'] as const) : (['user', 'movie', 'genre'] as const);
  return kinds
    .flatMap((kind): readonly Influence[] => {
      const label = largest(contributions, kind) ?? (kind === 'user' ? busiestUser(summary) : null);
      if (label === null) return [];
      const effectWithout = measureAgain(kind, label).get(signal) ?? null;
      if (effectWithout === null) return [];
      const count =
        kind === 'user'
          ? ratingsOfUser(summary, Number(label))
          : ratingsOfMovies(summary, kind, label, genresOf);
      return [{ kind, label, ratings: count, share: count / summary.count, effectWithout }];
    })
    .sort((a, b) => Math.abs(a.effectWithout ?? 0) - Math.abs(b.effectWithout ?? 0));
}

/** The part with the largest contribution in the direction of the total. */
function largest(contributions: readonly Contributions[], kind: Influence['kind']): string | null {
  const found = contributions.find(({ partition }) => partition === kind);
  if (found === undefined) return null;
  const direction = found.total < 0 ? -1 : 1;
  const named = found.parts.filter(({ label }) => label !== REST);
  const sorted = [...named].sort((a, b) => direction * (b.contribution - a.contribution));
  return sorted[0]?.label ?? null;
}

function busiestUser(summary: RatingSummary): string | null {
  let most = 0;
  let busiest: number | null = null;
  for (const id of summary.userIds) {
    const count = ratingsOfUser(summary, id);
    if (count > most) [most, busiest] = [count, id];
  }
  return busiest === null ? null : String(busiest);
}

function ratingsOfUser({ userIds, userLevels }: RatingSummary, id: number): number {
  const row = userIds.indexOf(id);
  if (row === -1) return 0;
  return userLevels
    .subarray(row * RATING_LEVELS, (row + 1) * RATING_LEVELS)
    .reduce((sum, count) => sum + count, 0);
}

function ratingsOfMovies(
  { movieIds, movieCounts }: RatingSummary,
  kind: 'movie' | 'genre',
  label: string,
  genresOf: GenresOf,
): number {
  const isPart = (id: number): boolean =>
    kind === 'movie' ? id === Number(label) : genresOf(id).includes(label);
  return movieCounts.reduce((sum, count, row) => (isPart(movieIds[row] as number) ? sum + count : sum), 0);
}
