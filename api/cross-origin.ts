import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';

const EXPOSED = ['etag', 'retry-after', 'x-model-version', 'x-request-id'];

/**
 * Allows pages of other origins to call the API (CORS). Hono's own middleware responds to preflight requests. For all
 * other requests the headers are set on the finished response: Hono's middleware sets them before, and then Hono
 * copies the response through a stream, which takes longer than most responses take to make.
 *
 * @param origins of the allowed pages; `*` allows every page.
 */
export function crossOrigin(origins: readonly string[]): MiddlewareHandler {
  const allowsAll = origins.includes('*');
  const preflight = cors({
    origin: allowsAll ? '*' : [...origins],
    allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-none-match', 'x-request-id'],
    exposeHeaders: EXPOSED,
    maxAge: 86_400,
  });
  return async (c, next) => {
    if (c.req.method === 'OPTIONS') return preflight(c, next);
    await next();
    const { headers } = c.res;
    const origin = allowsAll ? '*' : c.req.header('origin');
    if (origin !== undefined && (allowsAll || origins.includes(origin))) {
      headers.set('access-control-allow-origin', origin);
    }
    headers.set('access-control-expose-headers', EXPOSED.join(','));
    if (!allowsAll) headers.append('vary', 'Origin');
  };
}
