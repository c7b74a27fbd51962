import type { Context, MiddlewareHandler } from 'hono';
import { sha256 } from '../pipeline/lib/digest.ts';
import { ApiProblem } from './problem.ts';

/** Name of the security scheme in the OpenAPI document. */
export const API_KEY = 'apiKey';

const BEARER = /^Bearer +(\S{1,255})$/i;

/**
 * The digest of the key of a request.
 *
 * @throws ApiProblem for a request without a key.
 */
export function keyDigest(c: Context): string {
  const [, key] = BEARER.exec(c.req.header('authorization') ?? '') ?? [];
  if (key === undefined) throw unauthorised('Send an API key as `Authorization: Bearer cm_…`');
  return sha256(key);
}

/** Refuses a request without a key before the body is read. */
export const requireKey: MiddlewareHandler = async (c, next) => {
  keyDigest(c);
  await next();
};

export function unauthorised(reason: string): ApiProblem {
  return new ApiProblem(
    'unauthorised',
    `${reason}. The operator of the service creates keys: cinematch keys create.`,
    { headers: { 'www-authenticate': 'Bearer' } },
  );
}

export const unknownKey = (): ApiProblem => unauthorised('The API key is unknown or revoked');
