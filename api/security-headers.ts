import { createMiddleware } from 'hono/factory';

/**
 * The strictest headers of https://owasp.org/www-project-secure-headers that work with a documentation page of plain
 * HTML and inline CSS.
 */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'cross-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

export const securityHeaders = createMiddleware(async (c, next) => {
  await next();
  for (const name in HEADERS) {
    // A page states its own policy.
    if (!c.res.headers.has(name)) c.res.headers.set(name, HEADERS[name] as string);
  }
});
