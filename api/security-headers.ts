import { createMiddleware } from 'hono/factory';

/**
 * What browsers are told: nothing but the service's own pages may be shown or loaded, and what is sent is of the
 * type that it says. The strictest of https://owasp.org/www-project-secure-headers that a documentation page of
 * plain HTML and a style sheet of its own can live with.
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
  for (const name in HEADERS) c.res.headers.set(name, HEADERS[name] as string);
});
