import type { Context, MiddlewareHandler } from 'hono';
import type { Bundle } from '../pipeline/serving/serving-files.ts';
import type { Scope } from '../pipeline/store/api-keys.ts';
import type { RequestState } from './api.ts';
import { hasScope, type Key, sentKey, unauthorised } from './keys.ts';
import { ApiProblem } from './problem.ts';
import type { RequestId } from './request-ids.ts';

/** Name of the security scheme in the OpenAPI document. */
export const API_KEY = 'apiKey';

/** The failures of a route about users. */
export const ABOUT_USERS = ['unauthorised', 'forbidden', 'database-unavailable'] as const;

type UserRoutes = Bundle['userRoutes'];

/**
 * The part of `createRoute` for a route that needs a key with a scope. Such a route also calls `requireUsers` with the
 * users of the request, because a key may be for some users only.
 *
 * @param middleware further middleware. A request without a key is refused before its body is read.
 */
export function needs(scope: Scope, middleware: readonly MiddlewareHandler[] = []) {
  return { security: [{ [API_KEY]: [scope] }], middleware: [withKey(scope), ...middleware] };
}

/**
 * The part of `createRoute` for a route about users whom the request names. Where such routes are open, a request may come
 * without a key, and then learns only what `openList` gives.
 */
export function aboutUsers(userRoutes: UserRoutes, middleware: readonly MiddlewareHandler[] = []) {
  if (userRoutes === 'keyed') return needs('read', middleware);
  return {
    security: [{}, { [API_KEY]: ['read'] }],
    middleware: [withKeyIfAny('read'), ...middleware],
  };
}

const withKeyIfAny = (scope: Scope): MiddlewareHandler<RequestState> => {
  const check = withKey(scope);
  return (c, next) => (c.req.header('authorization') === undefined ? next() : check(c, next));
};

const withKey =
  (scope: Scope): MiddlewareHandler<RequestState> =>
  async (c, next) => {
    const digest = sentKey(c);
    if (digest === null) throw unauthorised('Send an API key as `Authorization: Bearer cm_…`');
    const key = await c.get('keys').find(digest, c.get('address'));
    requireScope(key, scope);
    c.set('key', key);
    c.set('quota', c.get('limits').of(key, c.get('address')));
    await next();
  };

/** @throws ApiProblem `forbidden` for a key without the scope. */
export function requireScope(key: Key, scope: Scope): void {
  if (hasScope(key, scope)) return;
  throw new ApiProblem(
    'forbidden',
    `This needs a key that may ${scope}, and the key ${key.name} may ${key.scopes.join(' and ')} only. ${newKey(`--scope ${scope}`)}`,
  );
}

/**
 * The key of a request to a route that needs one.
 *
 * @throws Error where the route does not say that it needs one.
 */
export function keyOf(c: Context<RequestState>): Key {
  const key = c.get('key');
  if (key === undefined) throw new Error('the route does not say that it needs a key');
  return key;
}

/**
 * Refuses a request about users whom its key is not for.
 *
 * @param users as the request names them. @throws ApiProblem `forbidden` that names the first such user.
 */
export function requireUsers(c: Context<RequestState>, users: readonly RequestId[]): void {
  const key = c.get('key');
  const other = users.find((user) => key?.allows(user) === false);
  if (key === undefined || other === undefined) return;
  throw new ApiProblem(
    'forbidden',
    `The key ${key.name} is for the users ${key.users} only, and ${JSON.stringify(other)} is not one of them. It may ${key.scopes.join(' and ')} for those. ${newKey('--users …')}`,
  );
}

const newKey = (options: string): string =>
  `The operator of the service creates another: cinematch keys create NAME ${options}.`;
