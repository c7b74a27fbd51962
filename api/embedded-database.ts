import type { FeedbackRating, WaitingFeedback } from '../pipeline/store/feedback.ts';
import { type Database, type DatabaseOptions, openDatabase, unavailable } from './database.ts';

/** `Retry-After` of the status, which is never read here. */
const RETRY_MS = 60_000;

/**
 * The embedded database for `cinematch serve`. Only one process can have it open, so it is opened only to store ratings.
 * The stored ratings are also kept in memory, and count beside those in the bundle. The status is the one at the start of
 * the server.
 *
 * @param waiting the ratings that no batch had ingested when the server started.
 */
export function embeddedDatabase(
  options: Pick<DatabaseOptions, 'use' | 'clock' | 'onFailure'>,
  waiting: (WaitingFeedback & { readonly names?: ReadonlyMap<string, number> }) | null,
): Database {
  const database = openDatabase(options);
  const names = new Map(waiting?.names ?? []);
  const feedback = new Map<number, Map<number, FeedbackRating>>();
  /** As in the database, the later rating of a movie counts, and with equal times the one that arrived later. */
  const remember = (rating: FeedbackRating): void => {
    const { userId, movieId, ratedAt } = rating;
    const ofUser = feedback.get(userId) ?? new Map<number, FeedbackRating>();
    feedback.set(userId, ofUser);
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
    unlearnedUsers: async (userIds) => new Set(userIds.filter((userId) => feedback.has(userId))),
    async ratingsOf(userId, bundled) {
      if (bundled === null) return database.ratingsOf(userId, null);
      const sent = Array.from(feedback.get(userId)?.values() ?? [], ({ movieId, half }) => ({
        movieId,
        stars: half / 2,
      }));
      return [...new Map([...bundled, ...sent].map((rating) => [rating.movieId, rating])).values()];
    },
    userIds: async (sought) =>
      new Map(sought.flatMap((name) => (names.has(name) ? [[name, names.get(name) as number]] : []))),
    status: () => Promise.reject(unavailable(RETRY_MS)),
    async accept(request) {
      const outcome = await database.accept(request);
      if (outcome.status === 'recorded') {
        // The time of a repeated request is not known. Any other rating of the movie is taken as later.
        const defaultTime = outcome.repeated ? 0 : Math.floor(request.now.getTime() / 1000);
        request.ratings.forEach(({ ratedAt = defaultTime, userId: sent, ...rating }, at) => {
          const userId = outcome.userIds[at] as number;
          if (typeof sent === 'string') names.set(sent, userId);
          remember({ ...rating, userId, ratedAt });
        });
      }
      return outcome;
    },
  };
}
