import type postgres from 'postgres';
import { canonicalJson, sha256 } from '../lib/digest.ts';
import { type FeedbackRating, recordFeedback } from './feedback.ts';
import type { Store } from './store.ts';

/** How long a request is remembered by its idempotency key. */
export const IDEMPOTENCY_HOURS = 24;
const HOUR_MS = 3_600_000;

/** A rating as it was sent. One without a time was given now. */
export type SentRating = Omit<FeedbackRating, 'ratedAt'> & { readonly ratedAt?: number | undefined };

/** So many ratings in so many seconds. A window begins with the first rating after the one before has ended. */
export interface RateLimit {
  readonly ratings: number;
  readonly windowSeconds: number;
}

export interface FeedbackRequest {
  /** Of the API key as it was sent, 64 lower-case hex digits. */
  readonly keySha256: string;
  /** The sender's own name of the request, 1 to 255 characters. */
  readonly idempotencyKey: string;
  readonly ratings: readonly SentRating[];
  readonly now: Date;
  /** Of the API key. A request with more ratings than a window takes is limited in every window. */
  readonly limit: RateLimit;
}

/**
 * `recorded`, and `repeated` when that was done by an earlier request with the same idempotency key and the same
 * ratings; `unauthorised`: no living key has the digest; `limited`: not recorded, and worth trying again later;
 * `conflict`: the idempotency key belongs to other ratings.
 */
export type FeedbackOutcome =
  | {
      readonly status: 'recorded';
      readonly recorded: number;
      readonly requestId: number;
      readonly repeated: boolean;
    }
  | { readonly status: 'unauthorised' }
  | {
      readonly status: 'limited';
      readonly retryAfterSeconds: number;
      readonly limit: number;
      readonly windowSeconds: number;
    }
  | { readonly status: 'conflict' };

/**
 * Takes ratings that a person gave to the API, in one transaction: whose key it is, whether they were taken
 * before, whether the key may give so many, and then the ratings.
 *
 * Requests with one key take turns: the row of the key is held until the transaction ends. That makes equal
 * requests that arrive together record once, and no two share what is left of a window. Only what is recorded
 * counts against the limit.
 */
export function takeFeedback(store: Store, request: FeedbackRequest): Promise<FeedbackOutcome> {
  return store.sql.begin(async (sql): Promise<FeedbackOutcome> => {
    const key = await holdKey(sql, request.keySha256);
    if (key === null) return { status: 'unauthorised' };
    const digest = sha256(canonicalJson(request.ratings));
    const earlier = await earlierRequest(sql, key.keyId, request);
    if (earlier !== null) {
      if (earlier.sha256 !== digest) return { status: 'conflict' };
      const { ratings: recorded, requestId } = earlier;
      return { status: 'recorded', recorded, requestId, repeated: true };
    }
    const window = currentWindow(key, request);
    if (window.ratings + request.ratings.length > request.limit.ratings) {
      return limited(window.beganAt, request);
    }
    const requestId = await record(sql, key.keyId, window, { ...request, digest });
    return { status: 'recorded', recorded: request.ratings.length, requestId, repeated: false };
  }) as Promise<FeedbackOutcome>;
}

interface KeyRow {
  readonly keyId: number;
  readonly windowBeganAt: Date | null;
  readonly windowRatings: number;
}

interface Window {
  readonly beganAt: Date;
  /** Given in it so far. */
  readonly ratings: number;
}

/** The living key with a digest, held until the transaction ends; null when there is none. */
async function holdKey(sql: postgres.TransactionSql, digest: string): Promise<KeyRow | null> {
  const [key] = await sql<KeyRow[]>`
    select key_id, window_began_at, window_ratings from api_keys
    where sha256 = ${digest} and revoked_at is null
    for no key update`;
  return key ?? null;
}

/** What the same key asked for under the same name within the last day. Older requests of the key are forgotten. */
async function earlierRequest(
  sql: postgres.TransactionSql,
  keyId: number,
  { idempotencyKey, now }: FeedbackRequest,
): Promise<{ readonly requestId: number; readonly sha256: string; readonly ratings: number } | null> {
  const since = new Date(now.getTime() - IDEMPOTENCY_HOURS * HOUR_MS);
  const [earlier] = await sql<{ requestId: number; sha256: string; ratings: number }[]>`
    with forgotten as (delete from feedback_requests where key_id = ${keyId} and received_at < ${since})
    select request_id::double precision as request_id, sha256, ratings from feedback_requests
    where key_id = ${keyId} and idempotency_key = ${idempotencyKey} and received_at >= ${since}`;
  return earlier ?? null;
}

function currentWindow({ windowBeganAt, windowRatings }: KeyRow, { now, limit }: FeedbackRequest): Window {
  const endsAt = windowBeganAt === null ? 0 : windowBeganAt.getTime() + 1000 * limit.windowSeconds;
  return windowBeganAt === null || now.getTime() >= endsAt
    ? { beganAt: now, ratings: 0 }
    : { beganAt: windowBeganAt, ratings: windowRatings };
}

function limited(windowBeganAt: Date, { now, limit }: FeedbackRequest): FeedbackOutcome {
  const { ratings, windowSeconds } = limit;
  const left = windowSeconds - (now.getTime() - windowBeganAt.getTime()) / 1000;
  // A window that another machine began may lie ahead of this one's clock.
  const retryAfterSeconds = Math.min(Math.ceil(left), windowSeconds);
  return { status: 'limited', retryAfterSeconds, limit: ratings, windowSeconds };
}

/** Writes the ratings, the request and what the key has used. @returns the number of the request. */
async function record(
  sql: postgres.TransactionSql,
  keyId: number,
  { beganAt, ratings: usedBefore }: Window,
  { ratings, idempotencyKey, now, digest }: FeedbackRequest & { readonly digest: string },
): Promise<number> {
  const seconds = Math.floor(now.getTime() / 1000);
  await recordFeedback(
    { sql },
    ratings.map((rating) => ({ ...rating, ratedAt: rating.ratedAt ?? seconds })),
    keyId,
  );
  const [request] = await sql<{ requestId: number }[]>`
    with counted as (
      update api_keys set window_began_at = ${beganAt}, window_ratings = ${usedBefore + ratings.length}
      where key_id = ${keyId})
    insert into feedback_requests ${sql({
      key_id: keyId,
      idempotency_key: idempotencyKey,
      sha256: digest,
      ratings: ratings.length,
      received_at: now,
    })}
    returning request_id::double precision as request_id`;
  return (request as { requestId: number }).requestId;
}
