import { type Database, unavailable } from '../../api/database.ts';
import { rememberedInteractions } from '../../api/remembered-interactions.ts';
import type { StoredHistory } from '../../pipeline/history/pipeline-history.ts';
import { canonicalJson, sha256 } from '../../pipeline/lib/digest.ts';
import type { GivenRating } from '../../pipeline/model/model.ts';
import { lastOfEach } from '../../pipeline/model/reasons.ts';
import type { ServingStatus } from '../../pipeline/serving/serving-status.ts';
import {
  type FeedbackOutcome,
  type FeedbackRequest,
  IDEMPOTENCY_HOURS,
} from '../../pipeline/store/accept-feedback.ts';
import { DEFAULT_RIGHTS, type KeyRights } from '../../pipeline/store/api-keys.ts';
import type { RemovedRows } from '../../pipeline/store/erasures.ts';
import { NO_HISTORY } from '../support/pipeline-history.ts';
import { STATUS } from '../support/serving.ts';

const NOTHING_REMOVED: RemovedRows = {
  ratings: 0,
  revisions: 0,
  feedback: 0,
  interactions: 0,
  rejectedRows: 0,
  reports: 0,
};

interface Key extends KeyRights {
  revoked: boolean;
  windowBeganAt: number;
  windowRatings: number;
  readonly requests: Map<string, { readonly digest: string; readonly id: number; readonly at: number }>;
}

export interface MemoryDatabase extends Database {
  /** @param rights @default read and write, for all users */
  addKey(key: string, rights?: Partial<KeyRights>): void;
  /** How often the keys were asked for. */
  keyQuestions(): number;
  revokeKey(key: string): void;
  /** From now on nothing is answered. */
  breakDown(): void;
}

const numbersOf = ({ ratings, interactions = [] }: FeedbackRequest): number[] =>
  [...ratings, ...interactions].map(({ userId }) => Number(userId));

/**
 * Does what Postgres does for the API, in memory and in a few microseconds. A test asks both the same and compares.
 *
 * @param ratings what stands of each user, beside what they tell, for a bundle without ratings.
 */
export function memoryDatabase({
  status = STATUS,
  stored = NO_HISTORY,
  ratings = () => [],
}: {
  readonly status?: ServingStatus;
  readonly stored?: StoredHistory;
  readonly ratings?: (userId: number) => readonly GivenRating[];
} = {}): MemoryDatabase {
  const keys = new Map<string, Key>();
  const feedback = new Map<number, Map<number, GivenRating & { readonly at: number }>>();
  const interactions = rememberedInteractions([]);
  const erased = new Set<number>();
  let [lastRequest, keyQuestions] = [0, 0];
  let isDown = false;
  const whileUp = async <T>(work: () => T): Promise<T> => {
    if (isDown) throw unavailable(15_000);
    return work();
  };
  const feedbackOf = (userId: number): readonly GivenRating[] =>
    [...(feedback.get(userId)?.values() ?? [])]
      .map(({ movieId, stars }) => ({ movieId, stars }))
      .toSorted((a, b) => a.movieId - b.movieId);

  function accept(request: FeedbackRequest): FeedbackOutcome {
    const { keySha256, idempotencyKey, ratings: sent, interactions: told = [], now, limit } = request;
    const count = sent.length + told.length;
    const key = keys.get(keySha256);
    if (key === undefined || key.revoked) return { status: 'unauthorised' };
    const gone = numbersOf(request).filter((userId) => erased.has(userId));
    if (gone.length > 0) return { status: 'erased', users: gone };
    const at = now.getTime();
    const digest = sha256(canonicalJson({ sent, told }));
    const earlier = key.requests.get(idempotencyKey);
    if (earlier !== undefined && earlier.at >= at - IDEMPOTENCY_HOURS * 3_600_000) {
      return earlier.digest === digest
        ? {
            status: 'recorded',
            recorded: count,
            requestId: earlier.id,
            repeated: true,
            userIds: numbersOf(request),
          }
        : { status: 'conflict' };
    }
    const isOver = at >= key.windowBeganAt + 1000 * limit.windowSeconds;
    const beganAt = isOver ? at : key.windowBeganAt;
    const used = isOver ? 0 : key.windowRatings;
    if (used + count > limit.ratings) {
      return {
        status: 'limited',
        retryAfterSeconds: Math.ceil(limit.windowSeconds - (at - beganAt) / 1000),
        limit: limit.ratings,
        windowSeconds: limit.windowSeconds,
      };
    }
    [key.windowBeganAt, key.windowRatings] = [beganAt, used + count];
    for (const { userId: user, movieId, half, ratedAt = Math.floor(at / 1000) } of sent) {
      const userId = Number(user);
      const ofUser = feedback.get(userId) ?? new Map();
      feedback.set(userId, ofUser);
      if ((ofUser.get(movieId)?.at ?? 0) <= ratedAt)
        ofUser.set(movieId, { movieId, stars: half / 2, at: ratedAt });
    }
    for (const one of told) {
      interactions.add({ ...one, userId: Number(one.userId), at: one.at ?? Math.floor(at / 1000) });
    }
    key.requests.set(idempotencyKey, { digest, id: ++lastRequest, at });
    return {
      status: 'recorded',
      recorded: count,
      requestId: lastRequest,
      repeated: false,
      userIds: numbersOf(request),
    };
  }

  return {
    addKey: (key, rights) => {
      keys.set(sha256(key), {
        ...DEFAULT_RIGHTS,
        ...rights,
        revoked: false,
        windowBeganAt: Number.NEGATIVE_INFINITY,
        windowRatings: 0,
        requests: new Map(),
      });
    },
    revokeKey: (key) => {
      (keys.get(sha256(key)) as Key).revoked = true;
    },
    breakDown: () => {
      isDown = true;
    },
    sinceTraining: (userIds) =>
      whileUp(() => ({
        unlearned: new Set(userIds.filter((userId) => feedback.has(userId))),
        interactions: userIds.flatMap(interactions.of),
      })),
    ratingsOf: (userIds, bundledOf) =>
      whileUp(
        () =>
          new Map(
            userIds.map((userId) => [
              userId,
              lastOfEach([...(bundledOf ?? ratings)(userId), ...feedbackOf(userId)]),
            ]),
          ),
      ),
    keyQuestions: () => keyQuestions,
    validKeys: () => {
      keyQuestions++;
      return whileUp(() =>
        [...keys]
          .filter(([, { revoked }]) => !revoked)
          .map(([digest, { scopes, users }]) => ({
            name: `key-${digest.slice(0, 4)}`,
            sha256: digest,
            scopes,
            users,
          })),
      );
    },
    tombstones: () =>
      whileUp(() => ({
        of: (_, userId) => (erased.has(Number(userId)) ? { erasureId: 1, isKeptOut: true } : null),
        newest: erased.size,
      })),
    userData: (user) =>
      whileUp(() => {
        const sent = feedbackOf(Number(user)).map(({ movieId: movie, stars }) => ({
          movie,
          stars,
          ratedAt: new Date(0),
          batch: null,
          key: null,
        }));
        const [none, isKnown] = [[], sent.length > 0];
        const erasure = erased.has(Number(user)) ? { at: new Date(0), isKeptOut: true } : null;
        return {
          isKnown,
          ratings: none,
          revisions: none,
          feedback: sent,
          interactions: none,
          rejectedRows: none,
          quarantines: none,
          models: none,
          sources: none,
          erasure,
        };
      }),
    eraseUser: ({ key, userId: user, at }) =>
      whileUp(() => {
        if (keys.get(key.sha256)?.revoked !== false) return { status: 'unauthorised' };
        const userId = Number(user);
        const sent = feedbackOf(userId).length;
        feedback.delete(userId);
        interactions.replace([userId], []);
        erased.add(userId);
        const removed = { ...NOTHING_REMOVED, feedback: sent };
        const held = { models: [], artifacts: [], sources: [] };
        const outcome = {
          userId,
          erasureId: 1,
          at,
          by: key.name,
          removed,
          removedNow: removed,
          allowedAt: null,
          allowedBy: null,
          batches: [],
          models: [],
        };
        return { status: 'erased', outcome, held };
      }),
    userIds: () => whileUp(() => new Map()),
    status: ({ ingestHours, driftHours }) => whileUp(() => ({ ...status, ingestHours, driftHours })),
    history: () => whileUp(() => stored),
    accept: (request) => whileUp(() => accept(request)),
    withdraw: ({ keySha256, userId: user, movieId, kind }) =>
      whileUp(() => {
        if (keys.get(keySha256)?.revoked !== false) return { status: 'unauthorised' };
        const userId = Number(user);
        const ofUser = feedback.get(userId);
        const isGone = (kind === null || kind === 'rated') && ofUser?.delete(movieId) === true;
        if (ofUser?.size === 0) feedback.delete(userId);
        return {
          status: 'withdrawn',
          userId,
          ratings: isGone ? 1 : 0,
          interactions: interactions.remove(userId, movieId, kind),
          ingested: ratings(userId).some((rating) => rating.movieId === movieId),
        };
      }),
    async remember({ keySha256, userId: user, movieIds, now }) {
      if (isDown) return { status: 'failed' };
      if (keys.get(keySha256)?.revoked !== false) return { status: 'unauthorised' };
      const [userId, at] = [Number(user), Math.floor(now.getTime() / 1000)];
      for (const movieId of movieIds) interactions.add({ userId, movieId, kind: 'shown', at, times: 1 });
      return { status: 'remembered', userId };
    },
  };
}
