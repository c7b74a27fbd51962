import { LRUCache } from 'lru-cache';
import {
  type Interaction,
  type Interactions,
  interactionsOf,
  rankedBy,
} from '../pipeline/model/interactions.ts';
import type { GivenRating, Person } from '../pipeline/model/model.ts';
import { servedPerson } from '../pipeline/model/served-person.ts';
import type { Serving } from '../pipeline/serving/open-serving.ts';
import { NOBODY_ERASED } from '../pipeline/store/tombstones.ts';
import type { Database } from './database.ts';
import { ApiProblem } from './problem.ts';

/** A user whom an answer is for. */
export interface TargetUser {
  readonly person: Person;
  /** All ratings of the user. */
  readonly rated: readonly GivenRating[];
  readonly interactions: Interactions;
  /** Why the ratings are not known; null when they are. */
  readonly problem: ApiProblem | null;
}

/** How long something may be relied on that the database said. */
export interface Validity {
  /** Milliseconds since 1970. */
  readonly until: number;
  /** `TargetUsers.changes` at that time. Another number ends the validity. */
  readonly changes: number;
}

export interface FoundUsers {
  readonly users: ReadonlyMap<number, TargetUser>;
  /** Null without a database: as long as the bundle is served. */
  readonly validity: Validity | null;
}

/** What the database said of users. */
interface Answer {
  readonly users: ReadonlyMap<number, TargetUser>;
  /** `TargetUsers.changes` when it was asked. */
  readonly before: number;
}

/** How long the API relies on what the database said about a user, milliseconds. */
export const WINDOW_MS = 3_000;

/** Users that are remembered. */
const MOST_USERS = 5_000;

/**
 * Finds out who a user is, for every route alike. A user whose ratings are those that the model has learned is the one it
 * learned. Any other is folded in from all ratings there are: those in the bundle, those that batches ingested since, and
 * those sent to the API. Interactions count in the ranking of both. Of a user who was erased, neither the model nor the
 * bundle tells anything: only what the database has counts, which is nothing unless the user came back.
 */
export interface TargetUsers {
  /** What the bundle says, without the database. Of an erased user it says nothing. */
  ofBundle(userId: number): TargetUser;
  /** Whether a user was erased, by the last `lookForErasures` or `find`. */
  isErased(userId: number): boolean;
  /**
   * Asks the database who was erased, if that was not asked within the window. Where it does not respond, nobody more than
   * before.
   *
   * @returns how long that may be relied on. Null without a database.
   */
  lookForErasures(): Promise<Validity | null>;
  /** What the database says as well. Where it does not respond, what the bundle says. */
  find(userIds: readonly number[]): Promise<FoundUsers>;
  /** The ratings of these users have changed: the next question goes to the database. */
  forget(userIds: readonly number[]): void;
  /** Somebody was erased: the next request asks who. */
  noteErasure(): void;
  /** How often users were forgotten. */
  changes(): number;
}

export function targetUsers(
  { model, seen, manifest }: Serving,
  database: Database | null,
  clock: () => Date,
): TargetUsers {
  const remembered = new LRUCache<number, { readonly user: TargetUser; readonly until: number }>({
    max: MOST_USERS,
  });
  let changes = 0;
  let tombstones = NOBODY_ERASED;
  let looked: { readonly until: number; readonly done: Promise<void> } | null = null;
  const isErased = (userId: number): boolean =>
    tombstones !== NOBODY_ERASED && tombstones.of('id', userId) !== null;
  const look = async (of: Database): Promise<void> => {
    try {
      const found = await of.tombstones();
      if (found.newest !== tombstones.newest) {
        changes++;
        remembered.clear();
      }
      tombstones = found;
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
    }
  };
  const lookForErasures = async (): Promise<Validity | null> => {
    if (database === null) return null;
    const now = clock().getTime();
    if (looked === null || looked.until <= now) looked = { until: now + WINDOW_MS, done: look(database) };
    const { until, done } = looked;
    await done;
    return { until, changes };
  };
  const targetUser = (
    userId: number,
    rated: readonly GivenRating[],
    isLearned: boolean,
    kept: readonly Interaction[] = [],
  ): TargetUser => {
    const interactions = interactionsOf(kept, rated, clock().getTime());
    const person = servedPerson(model, userId, rated, isLearned, rankedBy(rated, interactions));
    return { person, rated, interactions, problem: null };
  };
  const ofBundle = (userId: number, kept?: readonly Interaction[]): TargetUser => {
    if (isErased(userId)) return targetUser(userId, [], false);
    return seen === null
      ? { ...targetUser(userId, [], true), problem: withoutRatings() }
      : targetUser(userId, seen.ratingsOf(userId), !seen.hasUnlearned(userId), kept);
  };

  const askAll = async (userIds: readonly number[], of: Database): Promise<readonly TargetUser[]> => {
    try {
      const { unlearned, interactions } = await of.sinceTraining(userIds, manifest.snapshot.batches);
      const keptOf = Map.groupBy(interactions, ({ userId }) => userId);
      const erased = new Set(userIds.filter(isErased));
      const asked = userIds.filter(
        (userId) => !erased.has(userId) && (seen === null || unlearned.has(userId)),
      );
      const ratings = asked.length === 0 ? null : await of.ratingsOf(asked, seen?.ratingsOf ?? null);
      const returned = erased.size === 0 ? null : await of.ratingsOf([...erased], () => []);
      return userIds.map((userId) => {
        const kept = keptOf.get(userId);
        if (erased.has(userId)) return targetUser(userId, returned?.get(userId) ?? [], false, kept);
        if (seen !== null && !unlearned.has(userId)) return ofBundle(userId, kept);
        return targetUser(userId, ratings?.get(userId) ?? [], !unlearned.has(userId), kept);
      });
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      return userIds.map((userId) => {
        if (seen === null) return { ...ofBundle(userId), problem: error };
        // What the database said last is nearer to the truth than the bundle.
        return remembered.get(userId)?.user ?? ofBundle(userId);
      });
    }
  };

  /** Users whom the next question is about; null when none is planned. */
  let planned: { readonly userIds: Set<number>; readonly answer: Promise<Answer> } | null = null;
  let running: Promise<unknown> = Promise.resolve();
  /** Asks one question at a time. Those who ask meanwhile share the next one. */
  const askTogether = (userIds: readonly number[], of: Database): Promise<Answer> => {
    planned ??= plan(of);
    for (const userId of userIds) planned.userIds.add(userId);
    return planned.answer;
  };
  const plan = (of: Database) => {
    const userIds = new Set<number>();
    const answer = running.then(async (): Promise<Answer> => {
      planned = null;
      const [before, asked] = [changes, [...userIds]];
      const found = await askAll(asked, of);
      return { before, users: new Map(asked.map((userId, at) => [userId, found[at] as TargetUser])) };
    });
    running = answer.catch(() => {});
    return { userIds, answer };
  };

  return {
    ofBundle: (userId) => ofBundle(userId),
    isErased,
    lookForErasures,
    async find(userIds) {
      const users = new Map<number, TargetUser>();
      if (database === null) {
        for (const userId of userIds) users.set(userId, ofBundle(userId));
        return { users, validity: null };
      }
      await lookForErasures();
      const [now, before] = [clock().getTime(), changes];
      let until = now + WINDOW_MS;
      for (const userId of userIds) {
        const known = remembered.get(userId);
        if (known === undefined || known.until <= now) continue;
        users.set(userId, known.user);
        until = Math.min(until, known.until);
      }
      const others = [...new Set(userIds)].filter((userId) => !users.has(userId));
      if (others.length > 0) {
        const answer = await askTogether(others, database);
        for (const userId of others) {
          const user = answer.users.get(userId) as TargetUser;
          users.set(userId, user);
          // What was asked before a change may be out of date.
          if (changes === answer.before) remembered.set(userId, { user, until: now + WINDOW_MS });
        }
      }
      return { users, validity: { until, changes: before } };
    },
    forget(userIds) {
      changes++;
      for (const userId of userIds) remembered.delete(userId);
    },
    noteErasure() {
      looked = null;
    },
    changes: () => changes,
  };
}

function withoutRatings(): ApiProblem {
  return new ApiProblem(
    'database-unavailable',
    'The ratings of users are in a database, and this service has none.',
    { headers: { 'retry-after': '3600' } },
  );
}
