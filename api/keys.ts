import type { Context } from 'hono';
import { LRUCache } from 'lru-cache';
import { sha256 } from '../pipeline/lib/digest.ts';
import { isOfTenant, parseTenant } from '../pipeline/ratings/tenant.ts';
import type { Scope, ValidKey } from '../pipeline/store/api-keys.ts';
import type { Database } from './database.ts';
import { ApiProblem } from './problem.ts';
import type { RequestId } from './request-ids.ts';

/** How long the valid keys are relied on that the database said, milliseconds. A revoked key may read for so long. */
export const KEYS_MS = 10_000;
/** How long no question is asked after one, whatever keys come, milliseconds. A new key may be refused for so long. */
export const BETWEEN_QUESTIONS_MS = 5_000;
/** So many wrong keys of one address in `WRONG_KEYS_MS` are refused as wrong, and all others as too many. */
export const MOST_WRONG_KEYS = 10;
/** How long the wrong keys of an address count, milliseconds. */
export const WRONG_KEYS_MS = 60_000;
/** Addresses whose wrong keys are remembered. */
const MOST_ADDRESSES = 10_000;

const BEARER = /^Bearer +(\S{1,255})$/i;

/** A valid key, and what it may do. */
export interface Key extends Omit<ValidKey, 'users'> {
  /** Whether it may concern a user, by the id in the request. */
  readonly allows: (user: RequestId) => boolean;
  /** The users as they were written; null for all. */
  readonly users: string | null;
}

/** Whether a key has a scope. `admin` has every other. */
export const hasScope = ({ scopes }: Pick<Key, 'scopes'>, scope: Scope): boolean =>
  scopes.includes(scope) || scopes.includes('admin');

/** The keys that the API knows. */
export interface KeyRing {
  /**
   * The valid key with a digest. All valid keys are read at once and relied on for some seconds, so a wrong key is known
   * to be wrong without a question.
   *
   * @param address where the key comes from.
   * @throws ApiProblem `unauthorised` for a wrong key, `rate-limited` after many of them from one address,
   * `database-unavailable` while it is not known which keys are valid.
   */
  find(digest: string, address: string): Promise<Key>;
  /** The key with a digest as far as it is known without a question, and whether that may still be relied on. */
  remembered(digest: string): { readonly key: Key; readonly isFresh: boolean } | null;
}

export function keyRing(database: Pick<Database, 'validKeys'> | null, clock: () => Date): KeyRing {
  let known: { readonly keys: ReadonlyMap<string, Key>; readonly at: number } | null = null;
  let lastQuestion = Number.NEGATIVE_INFINITY;
  /** Why the last question had no answer; null when it had one. */
  let failure: ApiProblem | null = null;
  let asking: Promise<void> | null = null;
  const wrongKeys = new LRUCache<string, { count: number; readonly until: number }>({ max: MOST_ADDRESSES });
  const now = (): number => clock().getTime();

  const ask = async (of: Pick<Database, 'validKeys'>): Promise<void> => {
    lastQuestion = now();
    try {
      const keys = await of.validKeys();
      known = { keys: new Map(keys.map((key) => [key.sha256, usable(key)])), at: now() };
      failure = null;
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      failure = error;
    }
  };
  /** Asks once for all who wait. */
  const askTogether = (of: Pick<Database, 'validKeys'>): Promise<void> => {
    asking ??= ask(of).finally(() => {
      asking = null;
    });
    return asking;
  };
  const tooManyFrom = (address: string): number | null => {
    const wrong = wrongKeys.get(address);
    if (wrong === undefined || wrong.until <= now() || wrong.count < MOST_WRONG_KEYS) return null;
    return wrong.until - now();
  };
  const countWrong = (address: string): void => {
    const before = wrongKeys.get(address);
    if (before === undefined || before.until <= now()) {
      wrongKeys.set(address, { count: 1, until: now() + WRONG_KEYS_MS });
    } else before.count++;
  };

  return {
    async find(digest, address) {
      if (database === null) throw withoutKeys();
      const isOld = known === null || now() - known.at >= KEYS_MS;
      if (!isOld && known?.keys.has(digest) === true) return known.keys.get(digest) as Key;
      // A key that is known but for longer is no wrong key.
      const waitMs = known?.keys.has(digest) === true ? null : tooManyFrom(address);
      if (waitMs !== null) throw tooManyWrongKeys(waitMs);
      if (known === null || asking !== null || now() - lastQuestion >= BETWEEN_QUESTIONS_MS) {
        await askTogether(database);
      }
      // While the database does not respond, what it said last is nearer to the truth than nothing.
      const key = known?.keys.get(digest);
      if (key !== undefined) return key;
      if (failure !== null) throw failure;
      countWrong(address);
      throw unknownKey();
    },
    remembered(digest) {
      const key = known?.keys.get(digest);
      return key === undefined ? null : { key, isFresh: now() - (known?.at ?? 0) < KEYS_MS };
    },
  };
}

function usable({ users, ...key }: ValidKey): Key {
  const tenant = users === null ? null : parseTenant(users);
  const allows = (user: RequestId): boolean =>
    users === null || (tenant !== null && isOfTenant(tenant, user));
  return { ...key, users, allows };
}

/** The digest of the key of a request; null for a request without a key. */
export function sentKey(c: Context): string | null {
  const [, key] = BEARER.exec(c.req.header('authorization') ?? '') ?? [];
  return key === undefined ? null : sha256(key);
}

export function unauthorised(reason: string): ApiProblem {
  return new ApiProblem(
    'unauthorised',
    `${reason}. The operator of the service creates keys: cinematch keys create.`,
    { headers: { 'www-authenticate': 'Bearer' } },
  );
}

export const unknownKey = (): ApiProblem => unauthorised('The API key is unknown or revoked');

function withoutKeys(): ApiProblem {
  return new ApiProblem(
    'database-unavailable',
    'The keys are in a database, and this service has none, so it accepts no key.',
    { headers: { 'retry-after': '3600' } },
  );
}

function tooManyWrongKeys(waitMs: number): ApiProblem {
  const seconds = Math.ceil(waitMs / 1000);
  return new ApiProblem(
    'rate-limited',
    `${MOST_WRONG_KEYS} wrong API keys came from this address in a minute. Try again in ${seconds} s.`,
    { headers: { 'retry-after': String(seconds) } },
  );
}
