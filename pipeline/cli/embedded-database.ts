import { type Database, openDatabase, unavailable } from '../../api/database.ts';
import type { GivenRating } from '../model/model.ts';
import type { WaitingFeedback } from '../store/feedback.ts';
import type { Store } from '../store/store.ts';

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
  const told = new Map<number, Map<number, GivenRating>>();
  const remember = (userId: number, movieId: number, half: number): void => {
    const ofUser = told.get(userId) ?? new Map<number, GivenRating>();
    told.set(userId, ofUser.set(movieId, { movieId, stars: half / 2 }));
  };
  if (waiting !== null) {
    const { userIds, movieIds, halves } = waiting.ratings;
    userIds.forEach((user, row) => {
      remember(user, movieIds[row] as number, halves[row] as number);
    });
  }
  return {
    feedbackOf: async (userId) => [...(told.get(userId)?.values() ?? [])],
    ratingsOf: database.ratingsOf,
    status: () => Promise.reject(unavailable(RETRY_MS)),
    async take(request) {
      const outcome = await database.take(request);
      if (outcome.status === 'recorded') {
        for (const { userId, movieId, half } of request.ratings) remember(userId, movieId, half);
      }
      return outcome;
    },
  };
}
