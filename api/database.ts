import { OperatorError } from '../pipeline/lib/errors.ts';
import type { GivenRating } from '../pipeline/model/model.ts';
import type { ServingStatus } from '../pipeline/serving/serving-status.ts';
import { readServingStatus } from '../pipeline/store/serving-status.ts';
import type { Store } from '../pipeline/store/store.ts';
import { type FeedbackOutcome, type FeedbackRequest, takeFeedback } from '../pipeline/store/take-feedback.ts';
import { readRatingsOfUser, readUserFeedback } from '../pipeline/store/user-feedback.ts';
import { whileReachable } from '../pipeline/store/while-reachable.ts';
import { ApiProblem } from './problem.ts';

/** What the API asks of Postgres. Where it does not answer, a call fails with `database-unavailable`. */
export interface Database {
  /** What a user has told the API. @param since but for what batches had taken in before: a bundle has that. */
  feedbackOf(userId: number, since?: Date): Promise<readonly GivenRating[]>;
  /** All that stands, and what the user has told the API. */
  ratingsOf(userId: number): Promise<readonly GivenRating[]>;
  status(allowed: Pick<ServingStatus, 'ingestHours' | 'driftHours'>): Promise<ServingStatus>;
  take(request: FeedbackRequest): Promise<FeedbackOutcome>;
}

export interface DatabaseOptions {
  /** Runs work on an open store. */
  readonly use: <T>(work: (store: Store) => Promise<T>) => Promise<T>;
  /** Is told of a store that has failed, so that the next attempt is made with another. */
  readonly renew?: (failed: Store) => void;
  readonly clock: () => Date;
  /** Is told of every failure. */
  readonly onFailure: (error: unknown) => void;
  /** How long reading and writing may take, milliseconds. */
  readonly readMs?: number;
  readonly writeMs?: number;
  /** After a failure nothing is read for so long: nobody waits for a database that is down. */
  readonly restMs?: number;
}

/**
 * A database that may be down: what only makes an answer better is asked with a short deadline, and after a failure
 * not at all for a while. Writing is always tried.
 */
export function openDatabase({
  use,
  renew,
  clock,
  onFailure,
  readMs = 1_500,
  writeMs = 8_000,
  restMs = 15_000,
}: DatabaseOptions): Database {
  let restsUntil = 0;
  const attempt = async <T>(work: (store: Store) => Promise<T>, limitMs: number): Promise<T> => {
    let used: Store | undefined;
    try {
      const worked = use((store) => {
        used = store;
        return whileReachable(store, () => work(store));
      });
      return await withDeadline(worked, limitMs);
    } catch (cause) {
      // What is no failure of the database is a fault of ours, and stays one.
      if (!(cause instanceof OperatorError || cause instanceof LateAnswer)) throw cause;
      if (used !== undefined) renew?.(used);
      restsUntil = clock().getTime() + restMs;
      onFailure(cause);
      throw unavailable(restMs, cause);
    }
  };
  const read = async <T>(work: (store: Store) => Promise<T>): Promise<T> => {
    const rests = restsUntil - clock().getTime();
    if (rests > 0) throw unavailable(rests);
    return attempt(work, readMs);
  };
  return {
    feedbackOf: (userId, since) => read((store) => readUserFeedback(store, userId, since)),
    ratingsOf: (userId) => read((store) => readRatingsOfUser(store, userId)),
    status: (allowed) => read((store) => readServingStatus(store, { now: clock(), ...allowed })),
    take: (request) => attempt((store) => takeFeedback(store, request), writeMs),
  };
}

export function unavailable(retryMs: number, cause?: unknown): ApiProblem {
  const seconds = Math.max(1, Math.ceil(retryMs / 1000));
  return new ApiProblem(
    'database-unavailable',
    `The database does not answer. Try again in ${seconds} s; with the same idempotency key nothing is taken twice.`,
    { headers: { 'retry-after': String(seconds) }, cause },
  );
}

class LateAnswer extends Error {}

async function withDeadline<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LateAnswer(`no answer within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    // What comes after the deadline is nobody's concern any more.
    work.catch(() => {});
  }
}
