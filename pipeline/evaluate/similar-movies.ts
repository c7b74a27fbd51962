import { sortByTime } from '../ratings/order.ts';
import { filterRatings, type Ratings } from '../ratings/ratings.ts';
import type { TitleSeries } from '../ratings/title-series.ts';
import { isRelevant } from './ranking.ts';

/** Movies similar to one, the most similar first. */
export type SimilarTo = (movieId: number) => readonly number[];

/** Movies of each list that count. */
export const SIMILAR_LENGTH = 10;
/** The newest part of each user's ratings that is held out. */
const HELD_OUT_SHARE = 0.2;

/** A liked movie, and the next one that the same user liked, whose rating is held out. */
export interface NextLiked {
  readonly userId: number;
  readonly movieId: number;
  readonly nextId: number;
}

/**
 * Holds out the newest fifth of each user's ratings. A pair is a held-out rating of 4★ or more and the movie of the last
 * rating of 4★ or more before it.
 */
export function holdOutNextLiked(ratings: Ratings): {
  readonly train: Ratings;
  readonly pairs: readonly NextLiked[];
} {
  const ordered = sortByTime(ratings);
  const counts = new Map<number, number>();
  for (const userId of ordered.userIds) counts.set(userId, (counts.get(userId) ?? 0) + 1);
  const places = new Map<number, number>();
  const lastLiked = new Map<number, number>();
  const isHeldOut = new Uint8Array(ordered.length);
  const pairs: NextLiked[] = [];
  for (let row = 0; row < ordered.length; row++) {
    const userId = ordered.userIds[row] as number;
    const place = places.get(userId) ?? 0;
    places.set(userId, place + 1);
    const isNew = place >= Math.floor((counts.get(userId) as number) * (1 - HELD_OUT_SHARE));
    isHeldOut[row] = Number(isNew);
    if (!isRelevant(ordered, row)) continue;
    const movieId = lastLiked.get(userId);
    const nextId = ordered.movieIds[row] as number;
    if (isNew && movieId !== undefined) pairs.push({ userId, movieId, nextId });
    lastLiked.set(userId, nextId);
  }
  return { train: filterRatings(ordered, (row) => isHeldOut[row] === 0), pairs };
}

/**
 * Recall@10 of the next liked movie: the share of pairs whose next movie is in the list of the movie before, for each
 * user, and its mean over users. Null without pairs.
 */
export function nextLikedRecall(pairs: readonly NextLiked[], similarTo: SimilarTo): number | null {
  const lists = new Map<number, ReadonlySet<number>>();
  const byUser = new Map<number, { hits: number; pairs: number }>();
  for (const { userId, movieId, nextId } of pairs) {
    const list = lists.get(movieId) ?? new Set(similarTo(movieId).slice(0, SIMILAR_LENGTH));
    lists.set(movieId, list);
    const ofUser = byUser.get(userId) ?? { hits: 0, pairs: 0 };
    byUser.set(userId, { hits: ofUser.hits + Number(list.has(nextId)), pairs: ofUser.pairs + 1 });
  }
  return meanOf([...byUser.values()].map(({ hits, pairs: all }) => hits / all));
}

/** A rating count below this leaves a movie out of the series: nobody could find it by ratings. */
const LEAST_RATINGS = 10;
/** Titles that say less may look alike by chance. */
const LEAST_STRENGTH = 1;

/**
 * The other parts of each movie's series, as titles say, for movies with ten ratings or more.
 *
 * @param movieIds of the rows of the series.
 */
export function seriesParts(
  { pointers, others, strengths }: TitleSeries,
  movieIds: ArrayLike<number>,
  ratings: Ratings,
): ReadonlyMap<number, readonly number[]> {
  const counts = new Map<number, number>();
  for (const movieId of ratings.movieIds) counts.set(movieId, (counts.get(movieId) ?? 0) + 1);
  const isRated = (movieId: number): boolean => (counts.get(movieId) ?? 0) >= LEAST_RATINGS;
  const parts = new Map<number, readonly number[]>();
  for (let row = 0; row < movieIds.length; row++) {
    const movieId = movieIds[row] as number;
    const own: number[] = [];
    for (let at = pointers[row] as number; at < (pointers[row + 1] as number); at++) {
      const other = movieIds[others[at] as number] as number;
      if ((strengths[at] as number) >= LEAST_STRENGTH && isRated(other)) own.push(other);
    }
    if (own.length > 0 && isRated(movieId)) parts.set(movieId, own);
  }
  return parts;
}

/** Recall@10 of the other parts of a series, the mean over its movies. Null without a series. */
export function seriesRecall(
  parts: ReadonlyMap<number, readonly number[]>,
  similarTo: SimilarTo,
): number | null {
  return meanOf(
    Array.from(parts, ([movieId, others]) => {
      const list = similarTo(movieId).slice(0, SIMILAR_LENGTH);
      const found = others.filter((other) => list.includes(other)).length;
      return found / Math.min(others.length, SIMILAR_LENGTH);
    }),
  );
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
