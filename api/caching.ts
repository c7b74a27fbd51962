import type { Context } from 'hono';
import type { Serving } from '../pipeline/serving/open-serving.ts';
import type { Api } from './api.ts';

/**
 * Of one bundle every address has one answer, so the bundle's name is the validator of them all. It changes with the
 * model and with the moment it was put together.
 */
export function entityTag({ bundle, modelSha256 }: Serving): string {
  return `"v${bundle.modelVersion}-${modelSha256.slice(0, 12)}-${Date.parse(bundle.assembledAt).toString(36)}"`;
}

/** Whether the asker has the very answer already; then nothing needs to be computed. */
export function notModified(c: Context, { tag }: Api): boolean {
  const known = c.req.header('if-none-match');
  if (known === undefined) return false;
  const isKnown = known === '*' || known.split(',').some((part) => part.trim().replace(/^W\//, '') === tag);
  if (isKnown) c.header('etag', tag);
  return isKnown;
}

/** Marks an answer that stays the same as long as the bundle does. */
export function cacheable(c: Context, { tag }: Api, cacheControl: string): void {
  c.header('etag', tag);
  c.header('cache-control', cacheControl);
}

/** For what is the same for everyone: a minute in browsers, a day at the edge, which a deployment empties. */
export const FOR_EVERYONE = 'public, max-age=60, s-maxage=86400';
