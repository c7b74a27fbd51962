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

/**
 * Marks an answer that stays the same as long as the bundle does.
 *
 * @returns whether the asker has it already: then nothing needs to be computed, and 304 says so.
 */
export function isKnown(c: Context, { tag }: Api, cacheControl: string): boolean {
  // RFC 9110, 15.4.5: a 304 carries what the answer would have carried.
  c.header('etag', tag);
  c.header('cache-control', cacheControl);
  const known = c.req.header('if-none-match');
  if (known === undefined) return false;
  return known.trim() === '*' || known.split(',').some((part) => part.trim().replace(/^W\//, '') === tag);
}

/** For what is the same for everyone: a minute in browsers, a day at the edge, which a deployment empties. */
export const FOR_EVERYONE = 'public, max-age=60, s-maxage=86400';
/** For what is about one user. */
export const FOR_ONE = 'private, max-age=60';
