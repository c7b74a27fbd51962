import type { StoredHistory } from '../pipeline/history/pipeline-history.ts';
import { OperatorError } from '../pipeline/lib/errors.ts';
import type { GivenRating } from '../pipeline/model/model.ts';
import type { ServingStatus } from '../pipeline/serving/serving-status.ts';
import {
  acceptFeedback,
  type FeedbackOutcome,
  type FeedbackRequest,
} from '../pipeline/store/accept-feedback.ts';
import { isValidKey, readValidKeys, type ValidKey } from '../pipeline/store/api-keys.ts';
import { type ErasureOutcome, type ErasureRequest, eraseUser } from '../pipeline/store/erase-user.ts';
import { type HeldElsewhere, readHeldElsewhere } from '../pipeline/store/held-elsewhere.ts';
import { readIdsOf } from '../pipeline/store/id-names.ts';
import { recordShownList, type ShownList } from '../pipeline/store/interactions.ts';
import { readHistory } from '../pipeline/store/read-history.ts';
import { readServingStatus } from '../pipeline/store/serving-status.ts';
import { readSinceTraining, type SinceTraining } from '../pipeline/store/since-training.ts';
import type { Store } from '../pipeline/store/store.ts';
import { readTombstones, type Tombstones } from '../pipeline/store/tombstones.ts';
import { readUserData, type UserData } from '../pipeline/store/user-data.ts';
import { readRatingsOfUsers } from '../pipeline/store/user-feedback.ts';
import { withStoreErrors } from '../pipeline/store/with-store-errors.ts';
import {
  type FeedbackWithdrawal,
  type WithdrawalOutcome,
  withdrawFeedback,
} from '../pipeline/store/withdraw-feedback.ts';
import { ApiProblem } from './problem.ts';

/** The queries of the API. A call fails with `database-unavailable` when the database does not respond. */
export interface Database {
  /** What is new about users since the training of a model that has learned these batches. */
  sinceTraining(userIds: readonly number[], learned: readonly number[]): Promise<SinceTraining>;
  /**
   * All ratings of each of some users: ingested ones and feedback. Users without any may be left out.
   *
   * @param bundledOf a user's ratings in the bundle, for a database that is not open. Null where the bundle has none.
   */
  ratingsOf(
    userIds: readonly number[],
    bundledOf: ((userId: number) => readonly GivenRating[]) | null,
  ): Promise<ReadonlyMap<number, readonly GivenRating[]>>;
  /** Who was erased. What the model or the bundle knows of them must not be told. */
  tombstones(): Promise<Tombstones>;
  /** The ids of users by their names. Users without an id are left out. */
  userIds(names: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Every valid API key, and what it may do. */
  validKeys(): Promise<readonly ValidKey[]>;
  status(allowed: Pick<ServingStatus, 'ingestHours' | 'driftHours'>): Promise<ServingStatus>;
  /** What the pipeline did. @param settings.limitMegabytes as in the configuration */
  history(settings: { readonly limitMegabytes: number | null }): Promise<StoredHistory>;
  accept(request: FeedbackRequest): Promise<FeedbackOutcome>;
  withdraw(withdrawal: FeedbackWithdrawal): Promise<WithdrawalOutcome>;
  /** Everything that is kept of a user. @param user the id, or the name */
  userData(user: number | string): Promise<UserData>;
  /** Erases a user. Repeating it has the same answer. */
  eraseUser(erasure: KeyedErasure): Promise<ErasureAnswer>;
  /** Counts the movies of a list as shown. Never fails: a list is given in any case. */
  remember(list: ShownList): Promise<RememberOutcome>;
}

/** An erasure that an API key asks for. */
export interface KeyedErasure extends Pick<ErasureRequest, 'userId' | 'at'> {
  readonly key: { readonly name: string; readonly sha256: string };
}

/** `unauthorised`: the key was revoked. */
export type ErasureAnswer =
  | { readonly status: 'unauthorised' }
  | { readonly status: 'erased'; readonly outcome: ErasureOutcome; readonly held: HeldElsewhere };

/** How long an erasure waits for a batch that is being stored, milliseconds: less than a write may take. */
const ERASURE_WAIT_MS = 5_000;

/** `failed`: not known to be stored in the time that a list may wait for it, or of an erased user. */
export type RememberOutcome =
  | { readonly status: 'remembered'; readonly userId: number }
  | { readonly status: 'unauthorised' | 'failed' };

/** Milliseconds. */
interface DatabaseLimits {
  /** How long a read may take. @default 1500 */
  readonly readMs?: number;
  /** How long a write may take. @default 8000 */
  readonly writeMs?: number;
  /** How long a list waits until it is remembered. @default 500 */
  readonly rememberMs?: number;
  /** How long no read is tried after a failure. @default 15000 */
  readonly cooldownMs?: number;
}

export interface DatabaseOptions {
  /** Runs work on an open store. */
  readonly use: <T>(work: (store: Store) => Promise<T>) => Promise<T>;
  /** Is called with a store that failed, so that the next attempt opens another. */
  readonly renew?: (failed: Store) => void;
  readonly clock: () => Date;
  readonly onFailure: (error: unknown) => void;
  /** Looked at for each call. */
  readonly limits?: DatabaseLimits;
}

/**
 * A database that may be down, behind a circuit breaker: after a failure reads fail at once for a while, so that no
 * request waits for a database that does not respond. A write is always tried.
 */
export function openDatabase({ use, renew, clock, onFailure, limits = {} }: DatabaseOptions): Database {
  let pausedUntil = 0;
  const attempt = async <T>(
    work: (store: Store) => Promise<T>,
    limitMs: number,
    { pauses = true }: { readonly pauses?: boolean } = {},
  ): Promise<T> => {
    let used: Store | undefined;
    try {
      const working = use((store) => {
        used = store;
        return withStoreErrors(store, () => work(store));
      });
      return await withDeadline(working, limitMs);
    } catch (cause) {
      // Any other error is a bug of this code.
      if (!(cause instanceof OperatorError || cause instanceof QueryTimeout)) throw cause;
      const { cooldownMs = 15_000 } = limits;
      if (pauses) {
        if (used !== undefined) renew?.(used);
        pausedUntil = clock().getTime() + cooldownMs;
      }
      onFailure(cause);
      throw unavailable(cooldownMs, cause);
    }
  };
  const read = async <T>(work: (store: Store) => Promise<T>): Promise<T> => {
    const waitMs = pausedUntil - clock().getTime();
    if (waitMs > 0) throw unavailable(waitMs);
    return attempt(work, limits.readMs ?? 1_500);
  };
  return {
    sinceTraining: (userIds, learned) => read((store) => readSinceTraining(store, userIds, learned)),
    ratingsOf: (userIds) => read((store) => readRatingsOfUsers(store, userIds)),
    userIds: (names) =>
      read(async ({ sql }) => {
        const ids = await readIdsOf(sql, 'user', names);
        return new Map(names.flatMap((name, at) => (ids[at] === -1 ? [] : [[name, ids[at] as number]])));
      }),
    tombstones: () => read(({ sql }) => readTombstones(sql)),
    validKeys: () => read(readValidKeys),
    status: (allowed) => read((store) => readServingStatus(store, { now: clock(), ...allowed })),
    history: (settings) => read((store) => readHistory(store, { now: clock(), ...settings })),
    accept: (request) => attempt((store) => acceptFeedback(store, request), limits.writeMs ?? 8_000),
    withdraw: (withdrawal) =>
      attempt((store) => withdrawFeedback(store, withdrawal), limits.writeMs ?? 8_000),
    userData: (user) =>
      attempt((store) => readUserData(store, user), limits.writeMs ?? 8_000, { pauses: false }),
    eraseUser: ({ key, ...request }) =>
      attempt(
        async (store): Promise<ErasureAnswer> => {
          if (!(await isValidKey(store.sql, store, key.sha256))) return { status: 'unauthorised' };
          const by = `the API key ${key.name}`;
          const outcome = await eraseUser(store, { ...request, by, mostWaitMs: ERASURE_WAIT_MS });
          return { status: 'erased', outcome, held: await readHeldElsewhere(store, outcome) };
        },
        limits.writeMs ?? 8_000,
        { pauses: false },
      ),
    async remember(list) {
      if (pausedUntil > clock().getTime()) return { status: 'failed' };
      try {
        // A short deadline that passes says little about the database.
        const limitMs = limits.rememberMs ?? 500;
        const userId = await attempt((store) => recordShownList(store, list), limitMs, { pauses: false });
        if (userId === 'erased') return { status: 'failed' };
        return userId === null ? { status: 'unauthorised' } : { status: 'remembered', userId };
      } catch (error) {
        if (error instanceof ApiProblem) return { status: 'failed' };
        throw error;
      }
    },
  };
}

export function unavailable(retryMs: number, cause?: unknown): ApiProblem {
  const seconds = Math.max(1, Math.ceil(retryMs / 1000));
  return new ApiProblem(
    'database-unavailable',
    `The database does not respond. Try again in ${seconds} s. With the same idempotency key the ratings are stored only once.`,
    { headers: { 'retry-after': String(seconds) }, cause },
  );
}

class QueryTimeout extends Error {}

async function withDeadline<T>(work: Promise<T>, limitMs: number): Promise<T> {
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const error = new QueryTimeout(`the database did not respond within ${limitMs} ms`);
  const timer = setTimeout(() => reject(error), limitMs);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
    // A failure after the deadline is ignored.
    work.catch(() => {});
  }
}
