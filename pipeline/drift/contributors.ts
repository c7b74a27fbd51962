import { RATING_LEVELS } from '../ratings/ratings.ts';
import type { RatingSummary } from '../ratings/summary.ts';
import { type GenreColumns, genreCounts } from './genre-counts.ts';
import { pastLike } from './past-windows.ts';
import type { DriftReference } from './reference.ts';
import type { Contributor } from './signal.ts';

const SHOWN = 5;

/**
 * The parts of a window that changed most against the reference: genres by change of share either way,
 * movies by gain of share, and the users the reference knows beside those it does not. Shares are shares
 * of ratings; a rating belongs to every genre of its movie, so genre shares add up to more than 1.
 */
export function contributorsOf(
  window: RatingSummary,
  reference: DriftReference,
  genres: GenreColumns,
): readonly Contributor[] {
  return [
    ...genresThatMoved(window, reference.summary, genres),
    ...moviesThatGained(window, reference.summary),
    ...userGroups(window, reference),
  ];
}

function genresThatMoved(
  window: RatingSummary,
  reference: RatingSummary,
  genres: GenreColumns,
): readonly Contributor[] {
  const now = genreCounts(window, genres);
  const before = genreCounts(reference, genres);
  return genres.names
    .map((label, column) => ({
      kind: 'genre' as const,
      label,
      referenceShare: (before[column] as number) / reference.count,
      windowShare: (now[column] as number) / window.count,
      windowMean: null,
    }))
    .sort((a, b) => Math.abs(gain(b)) - Math.abs(gain(a)) || (a.label < b.label ? -1 : 1))
    .slice(0, SHOWN);
}

function moviesThatGained(window: RatingSummary, reference: RatingSummary): readonly Contributor[] {
  const known = reference.movieIds;
  let at = 0;
  const gains = Array.from(window.movieIds, (id, row) => {
    while (at < known.length && (known[at] as number) < id) at++;
    const before = known[at] === id ? (reference.movieCounts[at] as number) : 0;
    return {
      id,
      referenceShare: before / reference.count,
      windowShare: (window.movieCounts[row] as number) / window.count,
    };
  });
  return gains
    .filter((movie) => gain(movie) > 0)
    .sort((a, b) => gain(b) - gain(a) || a.id - b.id)
    .slice(0, SHOWN)
    .map(({ id, ...shares }) => ({ kind: 'movie', label: String(id), ...shares, windowMean: null }));
}

const gain = (shares: Pick<Contributor, 'referenceShare' | 'windowShare'>): number =>
  shares.windowShare - shares.referenceShare;

function userGroups(window: RatingSummary, { summary, past }: DriftReference): readonly Contributor[] {
  const known = summary.userIds;
  const ratings = [0, 0];
  const halves = [0, 0];
  let at = 0;
  for (let row = 0; row < window.userIds.length; row++) {
    const id = window.userIds[row] as number;
    while (at < known.length && (known[at] as number) < id) at++;
    const group = known[at] === id ? 0 : 1;
    for (let level = 1; level <= RATING_LEVELS; level++) {
      const count = window.userLevels[row * RATING_LEVELS + level - 1] as number;
      ratings[group] = (ratings[group] as number) + count;
      halves[group] = (halves[group] as number) + level * count;
    }
  }
  const ordinary = pastLike(past, window.count, window.count)?.windows ?? [];
  const newShare = ordinary.reduce((sum, one) => sum + one.newUserShare, 0) / Math.max(1, ordinary.length);
  return ['returning users', 'new users'].map((label, group) => ({
    kind: 'user-group',
    label,
    referenceShare: group === 0 ? 1 - newShare : newShare,
    windowShare: (ratings[group] as number) / window.count,
    windowMean: ratings[group] ? (halves[group] as number) / (ratings[group] as number) / 2 : null,
  }));
}
