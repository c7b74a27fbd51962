import { filterRatings, type Ratings } from '../../ratings/ratings.ts';
import { type EffectsWithout, effectsIn, type LeftOut, type MeasuredAgain } from '../explain/influence.ts';
import { genreCounts } from '../genre-counts.ts';
import type { SignalResult } from '../signal.ts';
import { effectSize } from '../signals/list.ts';
import { newMovieShare } from '../signals/new-movie-share.ts';
import type { Finding, FoundPattern } from './finding.ts';
import { lookAlikeUsers } from './look-alike-users.ts';
import { movieBomb } from './movie-bomb.ts';
import { newMovies } from './new-movies.ts';
import { profilesOf } from './profiles.ts';
import { ratingBots } from './rating-bots.ts';
import { scrambledMovies } from './scrambled-movies.ts';
import { userFlood } from './user-flood.ts';
import { vanishedGenre } from './vanished-genre.ts';

/** A window with fewer ratings has no patterns. */
const MIN_RATINGS = 200;

/**
 * Recognises what somebody or something did to the newest batch: the patterns by name, with what remains of the effects
 * without them. They are looked for whatever the verdicts are, because a flood by one user also widens the intervals
 * that would show it.
 *
 * @param signals of the newest window.
 * @returns nothing when the ratings of the window are not at hand, or with the reference of an earlier release.
 */
export function findPatterns(again: MeasuredAgain, signals: readonly SignalResult[]): readonly Finding[] {
  const { window, reference, past, genresOf } = again;
  const { ratings = null, summary } = window;
  const before = reference.summary;
  if (ratings === null || ratings.length < MIN_RATINGS) return [];
  if (summary.movieLevels === null || before.movieLevels === null) return [];
  const users = profilesOf(summary.userIds, summary.userLevels);
  const knownUsers = profilesOf(before.userIds, before.userLevels);
  const movies = profilesOf(summary.movieIds, summary.movieLevels);
  const knownMovies = profilesOf(before.movieIds, before.movieLevels);
  const { names, counts } = genreCounts([summary, before], genresOf);
  const shares = (past?.comparable ? past.windows : []).flatMap((one) => one[newMovieShare.name] ?? []);
  const somebody = [
    userFlood(users, knownUsers),
    lookAlikeUsers(users, knownUsers, knownMovies, ratings) ??
      ratingBots(summary, before, knownMovies, ratings),
    movieBomb(movies, knownMovies),
  ];
  const patterns = [
    ...somebody,
    // What somebody did to a movie is no exchange of movies.
    scrambledMovies(knownMovies, withoutPatterns(ratings, somebody)),
    vanishedGenre(names, counts[0] as Float64Array, counts[1] as Float64Array, {
      window: summary.count,
      reference: before.count,
    }),
    newMovies(movies, knownMovies, shares, genresOf),
  ];
  const effectsWithout = effectsIn(again);
  return patterns.flatMap((pattern) =>
    pattern === null ? [] : [withRemains(pattern, effectsWithout, signals)],
  );
}

function withoutPatterns(ratings: Ratings, patterns: readonly (FoundPattern | null)[]): Ratings {
  const ids = (of: FoundPattern['of']): ReadonlySet<number> =>
    new Set(patterns.flatMap((one) => (one?.of === of ? [...(one.leftOut ?? [])] : [])));
  const [users, movies] = [ids('user'), ids('movie')];
  if (users.size === 0 && movies.size === 0) return ratings;
  return filterRatings(
    ratings,
    (row) => !users.has(ratings.userIds[row] as number) && !movies.has(ratings.movieIds[row] as number),
  );
}

function withRemains(
  { leftOut, ...pattern }: FoundPattern,
  effectsWithout: (out: LeftOut) => EffectsWithout,
  signals: readonly SignalResult[],
): Finding {
  if (leftOut === null) return { ...pattern, remains: null };
  const without = effectsWithout(pattern.of === 'user' ? { users: leftOut } : { movies: leftOut });
  const changes = signals.flatMap(({ name, effect, threshold }) => {
    const rest = without.get(name) ?? null;
    if (effect === null || rest === null || threshold === null) return [];
    const lost = (effectSize(name, effect) - effectSize(name, rest)) / threshold;
    return [{ lost, remains: { signal: name, effect, effectWithout: rest } }];
  });
  const [most] = changes.sort((a, b) => b.lost - a.lost);
  return { ...pattern, remains: most !== undefined && most.lost > 0 ? most.remains : null };
}
