import type { FeedbackRating, WaitingFeedback } from '../pipeline/store/feedback.ts';
import type { Store } from '../pipeline/store/store.ts';
import { type Database, openDatabase, unavailable } from './database.ts';

/** How long a read is worth trying again after, for what is never read here. */
const RETRY_MS = 60_000;

/**
 * The embedded database for a server on this machine. Only one process may have it open, so it is opened to write
 * down what people rate and for nothing else; what they rated is remembered, and the rest is as it was when the
 * server began.
 *
 * @param waiting what no batch has taken in when the server begins.
 */
export function embeddedDatabase(
  options: {
    readonly use: <T>(work: (store: Store) => Promise<T>) => Promise<T>;
    readonly clock: () => Date;
    readonly onFailure: (error: unknown) => void;
  },
  waiting: WaitingFeedback | null,
): Database {
  const database = openDatabase(options);
  const told = new Map<number, Map<number, FeedbackRating>>();
  /** As in the database, the later rating of a movie counts, and of equal times the one that came later. */
  const remember = (rating: FeedbackRating): void => {
    const { userId, movieId, ratedAt } = rating;
    const ofUser = told.get(userId) ?? new Map<number, FeedbackRating>();
    told.set(userId, ofUser);
    const before = ofUser.get(movieId);
    if (before === undefined || before.ratedAt <= ratedAt) ofUser.set(movieId, rating);
  };
  if (waiting !== null) {
    const { userIds, movieIds, halves, ratedAt } = waiting.ratings;
    userIds.forEach((userId, row) => {
      const [movieId, half, at] = [movieIds[row], halves[row], ratedAt[row]] as [number, number, number];
      remember({ userId, movieId, half, ratedAt: at });
    });
  }
  return {
    feedbackOf: async (userId) =>
      Array.from(told.get(userId)?.values() ?? [], ({ movieId, half }) => ({ movieId, stars: half / 2 })),
    ratingsOf: database.ratingsOf,
    status: () => Promise.reject(unavailable(RETRY_MS)),
    async take(request) {
      const outcome = await database.take(request);
      if (outcome.status === 'recorded') {
        // When those of a repeated request were given is not known; whatever else is known of a movie is later.
        const otherwise = outcome.repeated ? 0 : Math.floor(request.now.getTime() / 1000);
        for (const { ratedAt = otherwise, ...rating } of request.ratings) remember({ ...rating, ratedAt });
      }
      return outcome;
    },
  };
}
