import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';

const EXPOSED = ['etag', 'retry-after', 'x-model-version', 'x-request-id'];

/**
 * Lets pages of other origins call. What a browser asks beforehand is answered by Hono's own middleware. To all other
 * answers the headers are added when they are made: that one adds them before, and then every answer is copied through
 * a stream, which takes longer than most take to make.
 *
 * @param origins of pages that may; `*` is every page.
 */
export function crossOrigin(origins: readonly string[]): MiddlewareHandler {
  const isForAll = origins.includes('*');
  const beforehand = cors({
    origin: isForAll ? '*' : [...origins],
    allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-none-match', 'x-request-id'],
    exposeHeaders: EXPOSED,
    maxAge: 86_400,
  });
  return async (c, next) => {
    if (c.req.method === 'OPTIONS') return beforehand(c, next);
    await next();
    const { headers } = c.res;
    const origin = isForAll ? '*' : c.req.header('origin');
    if (origin !== undefined && (isForAll || origins.includes(origin))) {
      headers.set('access-control-allow-origin', origin);
    }
    headers.set('access-control-expose-headers', EXPOSED.join(','));
    if (!isForAll) headers.append('vary', 'Origin');
  };
}
