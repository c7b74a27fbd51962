import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { matchedRoutes } from 'hono/route';
import { once } from '../pipeline/lib/once.ts';
import type { Serving } from '../pipeline/serving/open-serving.ts';
import type { Api, RequestState, Routes } from './api.ts';
import { entityTag, ResponseCache } from './caching.ts';
import { crossOrigin } from './cross-origin.ts';
import type { Database } from './database.ts';
import { CLIENT_FILES, clientOf } from './docs/client.ts';
import { describeApi } from './docs/openapi.ts';
import { docsPage } from './docs/page.ts';
import { type KeyRing, keyRing, sentKey } from './keys.ts';
import type { Log } from './log.ts';
import { pageRoutes } from './page/routes.ts';
import { ApiProblem } from './problem.ts';
import { networkOf, type Quota, rateLimits } from './rate-limits.ts';
import { requestIds } from './request-ids.ts';
import { methodsIn, rejectInvalid, tableOf } from './request-validation.ts';
import { responseBodies } from './response-bodies.ts';
import { feedbackRoutes } from './routes/feedback.ts';
import { healthRoutes, notReady } from './routes/health.ts';
import { modelRoutes } from './routes/model.ts';
import { movieRoutes } from './routes/movies.ts';
import { predictionRoutes } from './routes/predictions.ts';
import { recommendationRoutes } from './routes/recommendations.ts';
import { statusRoutes } from './routes/status.ts';
import { userListRoutes } from './routes/user-lists.ts';
import { userRoutes } from './routes/users.ts';
import { securityHeaders } from './security-headers.ts';
import { targetUsers } from './target-users.ts';

export interface AppOptions {
  /** Null when the bundle could not be opened. Then every route but liveness responds 503. */
  readonly serving: Serving | null;
  readonly database: Database | null;
  readonly clock: () => Date;
  /** Milliseconds, to measure durations. */
  readonly stopwatch: () => number;
  readonly newRequestId: () => string;
  /** Where a request comes from: an IP address. */
  readonly addressOf: (c: Context) => string;
  readonly log: Log;
  /** How long the body of a request may take to arrive, milliseconds. @default 10000 */
  readonly bodyMs?: number;
}

const BODY_MS = 10_000;
const NO_LIMITS = { perKey: null, perAddress: null };
const REQUEST_ID = /^[\w.-]{8,128}$/;

/**
 * The recommendation API. Every response has the request id and the version of the model, and every failure is a
 * problem document.
 */
export function createApp(options: AppOptions): Routes {
  const { serving, database, clock, newRequestId, addressOf, log, stopwatch } = options;
  const { bodyMs = BODY_MS } = options;
  const app = new OpenAPIHono<RequestState>({ defaultHook: rejectInvalid });

  const users = serving && targetUsers(serving, database, clock);
  const keys = keyRing(database, clock);
  const limits = rateLimits(serving?.bundle.limits ?? NO_LIMITS, clock);
  const routeTable = once(() => tableOf(app));
  const methodsAt = (path: string) => methodsIn(routeTable(), path);
  const cache = new ResponseCache(
    ({ until, changes }) => changes === users?.changes() && clock().getTime() < until,
  );
  app.use(async (c, next) => {
    const start = stopwatch();
    const sent = c.req.header('x-request-id');
    const requestId = sent !== undefined && REQUEST_ID.test(sent) ? sent : newRequestId();
    const logRequest = (route: string, status: number): void => {
      const milliseconds = Math.round(1000 * (stopwatch() - start)) / 1000;
      log.request({ requestId, method: c.req.method, route, status, milliseconds });
    };
    const address = networkOf(addressOf(c));
    const known = knownKey(c, keys);
    const quota = isFree(c) ? null : limits.of(known?.key ?? null, address);
    const refusal = quota === null ? null : refusalOf(quota);
    const rights = rightsOf(c, known);
    const cached = rights === null || refusal !== null ? undefined : cache.get(c, rights);
    if (cached !== undefined) {
      logRequest(cached.route, 200);
      return new Response(cached.body, {
        headers: { ...cached.headers, ...quota?.headers(), 'x-request-id': requestId },
      });
    }
    c.set('requestId', requestId);
    c.set('keys', keys);
    c.set('address', address);
    c.set('limits', limits);
    c.set('quota', quota);
    c.set('bodyMs', bodyMs);
    if (refusal !== null) c.set('refusal', refusal);
    await next();
    c.res.headers.set('x-request-id', requestId);
    if (serving !== null) c.res.headers.set('x-model-version', String(serving.manifest.version));
    const route = routeOf(c);
    if (rights !== null) cache.store(c, route, rights);
    for (const [name, value] of Object.entries(c.get('quota')?.headers() ?? {}))
      c.res.headers.set(name, value);
    logRequest(route, c.res.status);
    return undefined;
  });
  app.use(securityHeaders);
  app.use(
    crossOrigin(
      { read: serving?.bundle.readOrigins ?? ['*'], write: serving?.bundle.writeOrigins ?? [] },
      methodsAt,
    ),
  );

  app.use(async (c, next) => {
    const refusal = c.get('refusal');
    if (refusal !== undefined) throw refusal;
    await next();
  });

  const v1 = new OpenAPIHono<RequestState>({ defaultHook: rejectInvalid });
  healthRoutes(v1, serving?.manifest.version ?? null);
  if (serving === null || users === null) {
    v1.all('*', () => {
      throw notReady();
    });
  } else {
    const ids = requestIds(serving.names, database);
    const bodies = responseBodies(serving, ids);
    const api = { ...options, serving, users, ids, bodies, tag: entityTag(serving) };
    serveRoutes(api, v1);
  }
  app.route('/api/v1', v1);
  const description = once(() => describeApi(app, serving?.catalogue.genres ?? []));
  app.get('/api/openapi.json', (c) => {
    c.header('cache-control', 'public, max-age=300');
    return c.json(description());
  });
  app.get('/api/docs', (c) => {
    c.header('cache-control', 'public, max-age=300');
    return c.html(docsPage(description()));
  });
  const client = once(() => clientOf(description()));
  for (const name of CLIENT_FILES) {
    app.get(`/api/client/${name}`, (c) => {
      c.header('cache-control', 'public, max-age=300');
      c.header('content-type', 'text/javascript; charset=utf-8');
      return c.body(client()[name]);
    });
  }

  pageRoutes(app, { serving, database, clock });

  app.notFound((c) => {
    const { path, method } = c.req;
    const allowed = [...methodsAt(path).keys()].join(', ');
    const problem =
      allowed === ''
        ? new ApiProblem('not-found', `There is no route ${path}. All routes: /api/docs.`)
        : new ApiProblem('method-not-allowed', `${method} is not allowed here. Allowed: ${allowed}.`, {
            headers: { allow: allowed },
          });
    return problem.toResponse(c.get('requestId'));
  });
  app.onError((error, c) => {
    const requestId = c.get('requestId');
    if (error instanceof ApiProblem) return error.toResponse(requestId);
    if (error instanceof HTTPException && error.status === 400) {
      return new ApiProblem('bad-json', 'The body is not valid JSON.').toResponse(requestId);
    }
    log.failure(error, { requestId, route: routeOf(c) });
    return new ApiProblem('internal', 'Report this failure with its request id.').toResponse(requestId);
  });
  return app;
}

function serveRoutes(api: Api, v1: Routes): void {
  recommendationRoutes(api, v1);
  userListRoutes(api, v1);
  predictionRoutes(api, v1);
  movieRoutes(api, v1);
  feedbackRoutes(api, v1);
  userRoutes(api, v1);
  modelRoutes(api, v1);
  statusRoutes(api, v1);
}

/** Requests that no limit counts: what monitors and browsers ask by themselves. */
const isFree = ({ req: { method, path } }: Context): boolean =>
  method === 'OPTIONS' || path.startsWith('/api/v1/health/');

/** Counts a request. @returns why it is refused; null for one that is not. */
function refusalOf(quota: Quota): ApiProblem | null {
  try {
    quota.spend(1);
    return null;
  } catch (error) {
    if (error instanceof ApiProblem) return error;
    throw error;
  }
}

/** The key of a request as far as it is known without a question. */
function knownKey(c: Context, keys: KeyRing): ReturnType<KeyRing['remembered']> {
  const sent = sentKey(c);
  return sent === null ? null : keys.remembered(sent);
}

/** What a request may see: everyone's without a key. Null for a key that is not known at the moment. */
function rightsOf(c: Context, known: ReturnType<KeyRing['remembered']>): string | null {
  if (c.req.header('authorization') === undefined) return '';
  return known?.isFresh === true ? `${known.key.scopes.join()} ${known.key.users ?? ''} ` : null;
}

/** The pattern of the route that responded: the last that matched. */
const routeOf = (c: Context): string => matchedRoutes(c).at(-1)?.path ?? c.req.path;
