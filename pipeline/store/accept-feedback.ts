import type postgres from 'postgres';
import { canonicalJson, sha256 } from '../lib/digest.ts';
import { holdErasures } from './erasures.ts';
import { type FeedbackRating, recordFeedback } from './feedback.ts';
import { storeNames } from './id-names.ts';
import { recordInteractions, type UserInteraction } from './interactions.ts';
import type { Store } from './store.ts';
import { readKeptOut } from './tombstones.ts';
import { moveIsUnfinished, UNFINISHED_MOVE } from './unfinished-move.ts';

/** How long an idempotency key is remembered. */
export const IDEMPOTENCY_HOURS = 24;
const HOUR_MS = 3_600_000;

/** A rating as it was sent. Without a time it is from now. */
export type SentRating = Omit<FeedbackRating, 'ratedAt' | 'userId'> & {
  /** The id of a user, or the name, which may be a new one. */
  readonly userId: number | string;
  readonly ratedAt?: number | undefined;
};

/** An interaction as it was sent. Without a time it is from now. */
export type SentInteraction = Omit<UserInteraction, 'at' | 'userId'> & {
  readonly userId: number | string;
  readonly at?: number | undefined;
};

/** A number of ratings and interactions per window. A window starts with the first rating after the previous window. */
export interface RateLimit {
  readonly ratings: number;
  readonly windowSeconds: number;
}

export interface FeedbackRequest {
  /** Digest of the API key, 64 lower-case hex digits. */
  readonly keySha256: string;
  /** 1 to 255 characters, chosen by the client. */
  readonly idempotencyKey: string;
  readonly ratings: readonly SentRating[];
  /** @default none */
  readonly interactions?: readonly SentInteraction[];
  readonly now: Date;
  /** Rate limit of the API key. A request with more than a window allows is always limited. */
  readonly limit: RateLimit;
}

/**
 * `recorded`: the ratings and interactions are stored; `repeated` when an earlier request with the same idempotency key
 * and the same content stored them. `unauthorised`: no valid key has the digest. `limited`: not stored, try again later. `conflict`:
 * the idempotency key was used with other content. `erased`: some of the users were erased; nothing is stored.
 */
export type FeedbackOutcome =
  | {
      readonly status: 'recorded';
      readonly recorded: number;
      readonly requestId: number;
      readonly repeated: boolean;
      /** The ids of the users, in the order of the ratings and then of the interactions. */
      readonly userIds: readonly number[];
    }
  | { readonly status: 'unauthorised' }
  | {
      readonly status: 'limited';
      readonly retryAfterSeconds: number;
      readonly limit: number;
      readonly windowSeconds: number;
    }
  | { readonly status: 'conflict' }
  /** `users`: as they were sent. */
  | { readonly status: 'erased'; readonly users: readonly (number | string)[] };

/**
 * Accepts ratings and interactions that were sent to the API, in one transaction: checks the key, the idempotency key and
 * the rate limit, and stores all of them.
 *
 * Requests with the same key run one after the other: the row of the key is locked until the transaction ends. So equal
 * requests at the same time are stored once, and the rate limit holds. Only what is stored counts against the limit.
 *
 * @throws OperatorError `state-conflict` while data is moved into the database.
 */
export function acceptFeedback(store: Store, request: FeedbackRequest): Promise<FeedbackOutcome> {
  return store.sql.begin(async (sql): Promise<FeedbackOutcome> => {
    const key = await lockKey(sql, request.keySha256);
    if (key === null) return { status: 'unauthorised' };
    if (key.isMoving) throw moveIsUnfinished(store);
    const { ratings, interactions = [] } = request;
    const sent = [...ratings, ...interactions];
    const digest = sha256(canonicalJson(interactions.length === 0 ? ratings : { ratings, interactions }));
    const earlier = await earlierRequest(sql, key.keyId, request);
    if (earlier !== null) {
      if (earlier.sha256 !== digest) return { status: 'conflict' };
      const { ratings: recorded, requestId } = earlier;
      const userIds = await idsOfUsers(sql, sent);
      return { status: 'recorded', recorded, requestId, repeated: true, userIds };
    }
    const erased = await erasedAmong(sql, sent);
    if (erased.length > 0) return { status: 'erased', users: erased };
    const window = currentWindow(key, request);
    if (window.ratings + sent.length > request.limit.ratings) {
      return limited(window.beganAt, request);
    }
    const userIds = await idsOfUsers(sql, sent);
    const requestId = await record(sql, key.keyId, window, { ...request, digest, userIds });
    return { status: 'recorded', recorded: sent.length, requestId, repeated: false, userIds };
  }) as Promise<FeedbackOutcome>;
}

/** Those of the users who were erased and may not come back. Nobody is erased until the transaction ends. */
async function erasedAmong(
  sql: postgres.TransactionSql,
  sent: readonly Pick<SentRating, 'userId'>[],
): Promise<readonly (number | string)[]> {
  await holdErasures(sql);
  const tombstones = await readKeptOut(sql);
  if (tombstones === null) return [];
  return [...new Set(sent.map(({ userId }) => userId))].filter(
    (user) => tombstones.of(typeof user === 'string' ? 'name' : 'id', user)?.isKeptOut === true,
  );
}

/** The ids of the users. Users with a new name get one. */
async function idsOfUsers(
  sql: postgres.TransactionSql,
  sent: readonly Pick<SentRating, 'userId'>[],
): Promise<readonly number[]> {
  const names = [...new Set(sent.map(({ userId }) => userId))].filter((id) => typeof id === 'string');
  if (names.length === 0) return sent.map(({ userId }) => userId as number);
  const ids = await storeNames(sql, 'user', names);
  const idOf = new Map<number | string, number>(names.map((name, at) => [name, ids[at] as number]));
  return sent.map(({ userId }) => idOf.get(userId) ?? (userId as number));
}

interface KeyRow {
  readonly keyId: number;
  readonly windowBeganAt: Date | null;
  readonly windowRatings: number;
  /** Whether data is being moved into this database. */
  readonly isMoving: boolean;
}

interface Window {
  readonly beganAt: Date;
  /** Ratings and interactions in this window so far. */
  readonly ratings: number;
}

/** Locks the valid key with a digest until the transaction ends. Null when there is none. */
async function lockKey(sql: postgres.TransactionSql, digest: string): Promise<KeyRow | null> {
  const [key] = await sql<KeyRow[]>`
    select key_id, window_began_at, window_ratings,
      exists (select from migrations where version = ${UNFINISHED_MOVE}) as is_moving
    from api_keys
    where sha256 = ${digest} and revoked_at is null
    for no key update`;
  return key ?? null;
}

/** The request with the same idempotency key within the last day. Older requests of the API key are deleted. */
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
  // The clock of the machine that started the window may be ahead.
  const retryAfterSeconds = Math.min(Math.ceil(left), windowSeconds);
  return { status: 'limited', retryAfterSeconds, limit: ratings, windowSeconds };
}

/** Stores the ratings, the interactions, the request and the used part of the window. @returns the number of the request. */
async function record(
  sql: postgres.TransactionSql,
  keyId: number,
  { beganAt, ratings: usedBefore }: Window,
  {
    ratings,
    interactions = [],
    idempotencyKey,
    now,
    digest,
    userIds,
  }: FeedbackRequest & { readonly digest: string; readonly userIds: readonly number[] },
): Promise<number> {
  const seconds = Math.floor(now.getTime() / 1000);
  await recordFeedback(
    { sql },
    ratings.map((rating, at) => ({
      ...rating,
      userId: userIds[at] as number,
      ratedAt: rating.ratedAt ?? seconds,
    })),
    keyId,
  );
  await recordInteractions(
    sql,
    interactions.map((one, at) => ({
      ...one,
      userId: userIds[ratings.length + at] as number,
      at: one.at ?? seconds,
    })),
    sql`select ${keyId}::integer as key_id`,
  );
  const recorded = ratings.length + interactions.length;
  const [request] = await sql<{ requestId: number }[]>`
    with counted as (
      update api_keys set window_began_at = ${beganAt}, window_ratings = ${usedBefore + recorded}
      where key_id = ${keyId})
    insert into feedback_requests ${sql({
      key_id: keyId,
      idempotency_key: idempotencyKey,
      sha256: digest,
      ratings: recorded,
      received_at: now,
    })}
    returning request_id::double precision as request_id`;
  return (request as { requestId: number }).requestId;
}
