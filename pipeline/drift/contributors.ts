import { RATING_LEVELS } from '../ratings/ratings.ts';
import type { RatingSummary } from '../ratings/summary.ts';
import type { PastWindow } from './past-windows.ts';
import type { ComparedSample } from './sample.ts';
import type { Contributor } from './signal.ts';
import { newUserShare } from './signals/new-user-share.ts';

const SHOWN = 5;

/**
 * The parts of a window that changed most against the reference: genres by absolute change of share, movies by gain of
 * share, and the groups of returning and new users. Shares are shares of ratings; a rating belongs to every genre of its
 * movie, so genre shares add up to more than 1.
 *
 * @param past the past windows that the window is compared with. Their mean share of new users is the reference of the
 * user groups; it is 0 when there are none.
 */
export function contributorsOf(
  window: ComparedSample,
  reference: ComparedSample,
  past: readonly PastWindow[],
  genreNames: readonly string[],
): readonly Contributor[] {
  return [
    ...genresThatMoved(window, reference, genreNames),
    ...moviesThatGained(window.summary, reference.summary),
    ...userGroups(window.summary, reference.summary, past),
  ];
}

function genresThatMoved(
  window: ComparedSample,
  reference: ComparedSample,
  names: readonly string[],
): readonly Contributor[] {
  const change = ({ windowShare, referenceShare }: Contributor): number =>
    Math.abs(windowShare - referenceShare);
  return names
    .map(
      (label, column): Contributor => ({
        kind: 'genre',
        label,
        referenceShare: (reference.genres[column] as number) / reference.summary.count,
        windowShare: (window.genres[column] as number) / window.summary.count,
        windowMean: null,
      }),
    )
    .sort((a, b) => change(b) - change(a) || (a.label < b.label ? -1 : 1))
    .slice(0, SHOWN);
}

function moviesThatGained(window: RatingSummary, reference: RatingSummary): readonly Contributor[] {
  const known = reference.movieIds;
  const top: { id: number; gain: number; referenceShare: number; windowShare: number }[] = [];
  let at = 0;
  for (let row = 0; row < window.movieIds.length; row++) {
    const id = window.movieIds[row] as number;
    while (at < known.length && (known[at] as number) < id) at++;
    const referenceShare = known[at] === id ? (reference.movieCounts[at] as number) / reference.count : 0;
    const windowShare = (window.movieCounts[row] as number) / window.count;
    const gain = windowShare - referenceShare;
    if (gain <= (top[SHOWN - 1]?.gain ?? 0)) continue;
    const place = top.findIndex((other) => other.gain < gain);
    top.splice(place === -1 ? top.length : place, 0, { id, gain, referenceShare, windowShare });
    top.length = Math.min(top.length, SHOWN);
  }
  return top.map(({ id, referenceShare, windowShare }) => ({
    kind: 'movie',
    label: String(id),
    referenceShare,
    windowShare,
    windowMean: null,
  }));
}

function userGroups(
  window: RatingSummary,
  reference: RatingSummary,
  past: readonly PastWindow[],
): readonly Contributor[] {
  const known = reference.userIds;
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
  const shares = past.flatMap((one) => one[newUserShare.name] ?? []);
  const newShare = shares.reduce((sum, one) => sum + one, 0) / Math.max(1, shares.length);
  return ['returning users', 'new users'].map((label, group) => ({
    kind: 'user-group',
    label,
    referenceShare: group === 0 ? 1 - newShare : newShare,
    windowShare: (ratings[group] as number) / window.count,
    windowMean: ratings[group] ? (halves[group] as number) / (ratings[group] as number) / 2 : null,
  }));
}
