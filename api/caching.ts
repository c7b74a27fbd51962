import type { Context, TypedResponse } from 'hono';
import { LRUCache } from 'lru-cache';
import type { Serving } from '../pipeline/serving/open-serving.ts';
import type { Api, RepeatableResponse, RequestState } from './api.ts';
import type { RequestId } from './request-ids.ts';
import type { TargetUser, Validity } from './target-users.ts';

/** `Cache-Control` of what is the same for everyone: a minute in browsers, a day at the edge. A deployment clears the edge. */
export const FOR_EVERYONE = 'public, max-age=60, s-maxage=86400';
/** `Cache-Control` of what is about one user. */
export const FOR_ONE = 'private, max-age=60';

/**
 * The entity tag of every cacheable response. With one bundle a URL has one response, so the tag names the bundle: its
 * model and the time when it was assembled.
 */
export function entityTag({ bundle, modelSha256 }: Serving): string {
  return `"v${bundle.modelVersion}-${modelSha256.slice(0, 12)}-${Date.parse(bundle.assembledAt).toString(36)}"`;
}

/**
 * Responds with JSON that depends on the URL and the bundle only. A client that has it already, by its
 * `If-None-Match`, gets 304, and nothing is computed.
 *
 * @param validity how long this process may repeat the response. @default as long as the bundle is served
 */
export function cacheable<T>(
  c: Context<RequestState>,
  { tag }: Pick<Api, 'tag'>,
  cacheControl: string,
  compute: () => T,
  validity: Validity | null = null,
): Response & TypedResponse<T, 200, 'json'> {
  type Typed = Response & TypedResponse<T, 200, 'json'>;
  // RFC 9110, 15.4.5: a 304 has the headers that the 200 would have.
  c.header('etag', tag);
  c.header('cache-control', cacheControl);
  if (matches(c.req.header('if-none-match'), tag)) return c.body(null, 304) as Response as Typed;
  const body = JSON.stringify(compute());
  c.set('repeatable', { body, validity });
  return c.body(body, 200, JSON_TYPE) as Response as Typed;
}

/**
 * Responds with JSON about one user to a request without a key, which depends on the bundle only, unless the user was
 * erased.
 */
export async function aboutOpenUser<T>(
  c: Context<RequestState>,
  api: Pick<Api, 'users' | 'tag'>,
  userId: number,
  compute: () => T,
): Promise<Response & TypedResponse<T, 200, 'json'>> {
  const validity = await api.users.lookForErasures();
  if (!api.users.isErased(userId)) return cacheable(c, api, FOR_ONE, compute, validity);
  // A client that has the former response must not keep it.
  c.header('cache-control', 'private, no-store');
  return c.body(JSON.stringify(compute()), 200, JSON_TYPE) as Response as Response &
    TypedResponse<T, 200, 'json'>;
}

/**
 * Responds with JSON about one user to a request with a key. It depends on the ratings in the database as well, so clients
 * do not cache it.
 */
export async function aboutUser<T>(
  c: Context<RequestState>,
  api: Pick<Api, 'users' | 'ids'>,
  sent: RequestId,
  compute: (user: TargetUser) => T,
): Promise<Response & TypedResponse<T, 200, 'json'>> {
  const [userId = -1] = await api.ids.usersOf([sent]);
  const { users, validity } = await api.users.find([userId]);
  const body = JSON.stringify(compute(users.get(userId) as TargetUser));
  c.header('cache-control', 'private, no-store');
  c.set('repeatable', { body, validity });
  return c.body(body, 200, JSON_TYPE) as Response as Response & TypedResponse<T, 200, 'json'>;
}

function matches(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return (
    ifNoneMatch.trim() === '*' ||
    ifNoneMatch.split(',').some((part) => part.trim().replace(/^W\//, '') === tag)
  );
}

interface CachedResponse extends RepeatableResponse {
  /** All headers but the request id. */
  readonly headers: Readonly<Record<string, string>>;
  readonly route: string;
}

const MAX_BYTES = 32 * 1024 * 1024;
/** Rough size of a cached response without its body, bytes. */
const OVERHEAD = 1_024;
const JSON_TYPE = { 'content-type': 'application/json' };
/** Request headers that change the response. A request with one of them is not cached. */
const VARYING = ['if-none-match', 'origin'] as const;

/** The most recent repeatable responses by URL, apart for requests with different rights. */
export class ResponseCache {
  readonly #responses = new LRUCache<string, CachedResponse>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ body }, url) => 2 * (body.length + url.length) + OVERHEAD,
  });
  readonly #isValid: (validity: Validity) => boolean;

  /** @param isValid whether what the database said may still be relied on. */
  constructor(isValid: (validity: Validity) => boolean) {
    this.#isValid = isValid;
  }

  /** @param rights what tells requests apart that get different responses from one URL. */
  get(c: Context<RequestState>, rights: string): CachedResponse | undefined {
    if (!isCached(c)) return undefined;
    const cached = this.#responses.get(rights + pathAndQuery(c));
    const validity = cached?.validity ?? null;
    return validity === null || this.#isValid(validity) ? cached : undefined;
  }

  /** Stores the response of a request if it is repeatable. */
  store(c: Context<RequestState>, route: string, rights: string): void {
    const repeatable = c.get('repeatable');
    if (repeatable === undefined || c.res.status !== 200 || !isCached(c)) return;
    const { 'x-request-id': _, ...headers } = Object.fromEntries(c.res.headers);
    this.#responses.set(rights + pathAndQuery(c), { ...repeatable, headers, route });
  }
}

function isCached(c: Context<RequestState>): boolean {
  return c.req.method === 'GET' && VARYING.every((name) => c.req.header(name) === undefined);
}

function pathAndQuery({ req: { url } }: Context<RequestState>): string {
  return url.slice(url.indexOf('/', url.indexOf('://') + 3));
}
