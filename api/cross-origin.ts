import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';

const EXPOSED = ['etag', 'ratelimit', 'ratelimit-policy', 'retry-after', 'x-model-version', 'x-request-id'];

const READING = new Set(['GET', 'HEAD']);

/** What a method of a route does: `write` changes what is stored. */
export type RouteEffect = 'read' | 'write';

/** The methods of the routes of a path, and what each does. Empty where there is no route. */
type MethodsAt = (path: string) => ReadonlyMap<string, RouteEffect>;

/**
 * Allows pages of other origins to call the API (CORS), apart for reading and for writing. Hono's own middleware responds
 * to preflight requests, with the methods that the route has and the page may use. For all other requests the headers are
 * set on the finished response: Hono's middleware sets them before, and then Hono copies the response through a stream,
 * which takes longer than most responses take to make.
 *
 * @param origins of the allowed pages; `*` allows every page.
 */
export function crossOrigin(
  origins: Readonly<Record<RouteEffect, readonly string[]>>,
  methodsAt: MethodsAt,
): MiddlewareHandler {
  /** `Access-Control-Allow-Origin`; null for a page that may not. */
  const allowed = (effect: RouteEffect, origin: string | undefined): string | null => {
    if (origins[effect].includes('*')) return '*';
    return origin !== undefined && origins[effect].includes(origin) ? origin : null;
  };
  const preflight = cors({
    origin: (origin, c) => {
      const effect = methodsAt(c.req.path).get(c.req.header('access-control-request-method') ?? '');
      return effect === undefined ? null : allowed(effect, origin);
    },
    allowMethods: (origin, c) =>
      [...methodsAt(c.req.path)]
        .filter(([, effect]) => allowed(effect, origin) !== null)
        .map(([method]) => method),
    allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-none-match', 'x-request-id'],
    exposeHeaders: EXPOSED,
    maxAge: 86_400,
  });
  return async (c, next) => {
    const { path, method } = c.req;
    if (method === 'OPTIONS' && methodsAt(path).size > 0) return preflight(c, next);
    await next();
    const { headers } = c.res;
    const effect = READING.has(method) ? 'read' : (methodsAt(path).get(method) ?? 'read');
    const allow = allowed(effect, c.req.header('origin'));
    if (allow !== null) headers.set('access-control-allow-origin', allow);
    headers.set('access-control-expose-headers', EXPOSED.join(','));
    if (allow !== '*') headers.append('vary', 'Origin');
    return undefined;
  };
}
