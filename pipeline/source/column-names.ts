/** One value for each column of a rating. */
export interface RatingColumns<T> {
  readonly user: T;
  readonly movie: T;
  readonly rating: T;
  readonly time: T;
}

/** Accepted names of each column, in lower case and without punctuation: `userId` and `user_id` become `userid`. */
const SPELLINGS: RatingColumns<readonly string[]> = {
  user: ['userid', 'user'],
  movie: ['movieid', 'movie', 'itemid', 'item'],
  rating: ['rating', 'stars'],
  time: ['timestamp', 'ratedat', 'time'],
};

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** The position of the first name that is one of `spellings`, or -1. */
export function positionOf(names: readonly string[], spellings: readonly string[]): number {
  return names.findIndex((name) => spellings.includes(plain(name)));
}

/** The positions of the rating columns among `names`, or null when a column is missing. */
export function columnsNamed(names: readonly string[]): RatingColumns<number> | null {
  const user = positionOf(names, SPELLINGS.user);
  const movie = positionOf(names, SPELLINGS.movie);
  const rating = positionOf(names, SPELLINGS.rating);
  const time = positionOf(names, SPELLINGS.time);
  return user < 0 || movie < 0 || rating < 0 || time < 0 ? null : { user, movie, rating, time };
}
