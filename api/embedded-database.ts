import type { GivenRating } from '../pipeline/model/model.ts';
import { lastOfEach } from '../pipeline/model/reasons.ts';
import { giveBackErased } from '../pipeline/store/erase-user.ts';
import type { FeedbackRating, WaitingFeedback } from '../pipeline/store/feedback.ts';
import type { UserInteraction } from '../pipeline/store/interactions.ts';
import { NOBODY_ERASED, type Tombstones } from '../pipeline/store/tombstones.ts';
import { type Database, type DatabaseOptions, openDatabase, unavailable } from './database.ts';
import { rememberedInteractions } from './remembered-interactions.ts';

/** `Retry-After` of the status and the history, which are never read here. */
const RETRY_MS = 60_000;

/** Opening the embedded database takes a while, which a key and a list that is to be remembered wait for. */
const OPENING_MS = 5_000;

/** What the database says of users when the server starts. */
export interface KnownFeedback extends Pick<WaitingFeedback, 'ratings'> {
  readonly interactions?: readonly UserInteraction[];
  /** The ids of its users by their names, where ids are names. */
  readonly names?: ReadonlyMap<string, number>;
  readonly tombstones?: Tombstones;
}

/**
 * The embedded database for `cinematch serve`. Only one process can have it open, so it is opened only to store feedback.
 * What was stored is also kept in memory, and counts beside the ratings in the bundle. The status is the one at the start
 * of the server. After an erasure by another process, the database is asked once who was erased.
 *
 * @param waiting the ratings that no batch had ingested when the server started, and the interactions.
 * @param lastErasure tells of erasures by other processes: another value after each.
 */
export function embeddedDatabase(
  options: Pick<DatabaseOptions, 'use' | 'clock' | 'onFailure'>,
  waiting: KnownFeedback | null,
  lastErasure: () => Promise<number | null> = async () => null,
): Database {
  const database = openDatabase({ ...options, limits: { readMs: OPENING_MS, rememberMs: OPENING_MS } });
  const names = new Map(waiting?.names ?? []);
  const interactions = rememberedInteractions(waiting?.interactions ?? []);
  /** Ratings that were withdrawn. A repeated request does not bring them back. */
  const withdrawn = new Set<string>();
  let tombstones = waiting?.tombstones ?? NOBODY_ERASED;
  let known: number | null | undefined;
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
    sinceTraining: async (userIds) => ({
      unlearned: new Set(userIds.filter((userId) => feedback.has(userId))),
      interactions: userIds.flatMap(interactions.of),
    }),
    async tombstones() {
      const last = await lastErasure();
      known ??= last;
      if (last !== known) {
        await readErasures();
        known = last;
      }
      return tombstones;
    },
    async ratingsOf(userIds, bundledOf) {
      if (bundledOf === null) return database.ratingsOf(userIds, null);
      const ratingsOf = (userId: number): readonly GivenRating[] => {
        const sent = Array.from(feedback.get(userId)?.values() ?? [], ({ movieId, half }) => ({
          movieId,
          stars: half / 2,
        }));
        return lastOfEach([...bundledOf(userId), ...sent]);
      };
      return new Map(userIds.map((userId) => [userId, ratingsOf(userId)]));
    },
    userIds: async (sought) =>
      new Map(sought.flatMap((name) => (names.has(name) ? [[name, names.get(name) as number]] : []))),
    validKeys: () => database.validKeys(),
    status: () => Promise.reject(unavailable(RETRY_MS)),
    history: () => Promise.reject(unavailable(RETRY_MS)),
    async accept(request) {
      const outcome = await database.accept(request);
      if (outcome.status === 'recorded') {
        // The time of a repeated request is not known. Any other rating of the movie is taken as later.
        const defaultTime = outcome.repeated ? 0 : Math.floor(request.now.getTime() / 1000);
        const { ratings, interactions: told = [] } = request;
        for (const [at, { userId: sent }] of [...ratings, ...told].entries()) {
          if (typeof sent === 'string') names.set(sent, outcome.userIds[at] as number);
        }
        ratings.forEach(({ ratedAt = defaultTime, ...rating }, at) => {
          const userId = outcome.userIds[at] as number;
          const pair = `${userId} ${rating.movieId}`;
          if (!outcome.repeated) withdrawn.delete(pair);
          if (!withdrawn.has(pair)) remember({ ...rating, userId, ratedAt });
        });
        if (outcome.repeated) await refresh(outcome.userIds);
        else {
          told.forEach(({ at: time = defaultTime, ...one }, at) => {
            interactions.add({ ...one, at: time, userId: outcome.userIds[ratings.length + at] as number });
          });
        }
      }
      return outcome;
    },
    async withdraw(withdrawal) {
      const outcome = await database.withdraw(withdrawal);
      if (outcome.status !== 'withdrawn' || outcome.userId === null) return outcome;
      const { userId, ratings } = outcome;
      const { movieId, kind } = withdrawal;
      interactions.remove(userId, movieId, kind);
      const ofUser = feedback.get(userId);
      if (ratings > 0) withdrawn.add(`${userId} ${movieId}`);
      if (ratings > 0 && ofUser?.delete(movieId) === true && ofUser.size === 0) feedback.delete(userId);
      return outcome;
    },
    userData: (user) => database.userData(user),
    async eraseUser(erasure) {
      const answer = await database.eraseUser(erasure);
      if (answer.status !== 'erased') return answer;
      await readErasures();
      // It may take longer than a request may wait.
      options.use(giveBackErased).catch(options.onFailure);
      return answer;
    },
    async remember(list) {
      const outcome = await database.remember(list);
      if (outcome.status !== 'remembered') return outcome;
      const { userId } = outcome;
      if (typeof list.userId === 'string') names.set(list.userId, userId);
      const at = Math.floor(list.now.getTime() / 1000);
      for (const movieId of list.movieIds) interactions.add({ userId, movieId, kind: 'shown', at, times: 1 });
      return outcome;
    },
  };

  async function readErasures(): Promise<void> {
    tombstones = await database.tombstones();
    for (const userId of [...feedback.keys(), ...interactions.users()]) {
      if (tombstones.of('id', userId)?.isKeptOut !== true) continue;
      feedback.delete(userId);
      interactions.replace([userId], []);
    }
    for (const name of names.keys()) if (tombstones.of('name', name)?.isKeptOut === true) names.delete(name);
  }

  /** A repeated request does not say when its interactions were sent first. */
  async function refresh(userIds: readonly number[]): Promise<void> {
    const { interactions: stored } = await database.sinceTraining(userIds, []);
    interactions.replace(userIds, stored);
  }
}
