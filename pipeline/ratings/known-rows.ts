import { sortByUser } from './order.ts';
import type { Ratings } from './ratings.ts';

/**
 * The number of ratings that any of `earlier` has with the same user, movie, value and time.
 *
 * @param earlier each without two ratings of the same user and movie.
 */
export function countKnownRows(ratings: Ratings, earlier: readonly Ratings[]): number {
  const sorted = sortByUser(ratings);
  const isKnown = new Uint8Array(sorted.length);
  for (const other of earlier) markKnown(sorted, sortByUser(other), isKnown);
  return isKnown.reduce((sum, known) => sum + known, 0);
}

/** Both are in the order of user and movie. */
function markKnown(ratings: Ratings, other: Ratings, isKnown: Uint8Array): void {
  let at = 0;
  for (let row = 0; row < ratings.length; row++) {
    const user = ratings.userIds[row] as number;
    const movie = ratings.movieIds[row] as number;
    while (at < other.length && isBefore(other, at, user, movie)) at++;
    if (
      other.userIds[at] === user &&
      other.movieIds[at] === movie &&
      other.halves[at] === ratings.halves[row] &&
      other.ratedAt[at] === ratings.ratedAt[row]
    ) {
      isKnown[row] = 1;
    }
  }
}

function isBefore({ userIds, movieIds }: Ratings, row: number, user: number, movie: number): boolean {
  const difference = (userIds[row] as number) - user;
  return difference < 0 || (difference === 0 && (movieIds[row] as number) < movie);
}
