import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { matchedRoutes } from 'hono/route';
import { once } from '../pipeline/lib/once.ts';
import type { Serving } from '../pipeline/serving/open-serving.ts';
import { answersOf } from './answers.ts';
import type { Api, RequestState, Routes } from './api.ts';
import { entityTag } from './caching.ts';
import { crossOrigin } from './cross-origin.ts';
import type { Database } from './database.ts';
import { describeApi } from './describe.ts';
import { docsPage } from './docs-page.ts';
import { KeptAnswers } from './kept-answers.ts';
import { ApiProblem } from './problem.ts';
import { methodsAt, refuseInvalid } from './refusals.ts';
import { healthRoutes, notReady } from './routes/health.ts';
import { modelRoutes } from './routes/model.ts';
import { movieRoutes } from './routes/movies.ts';
import { predictionRoutes } from './routes/predictions.ts';
import { ratingRoutes } from './routes/ratings.ts';
import { recommendationRoutes } from './routes/recommendations.ts';
import { statusRoutes } from './routes/status.ts';
import { topRoutes } from './routes/top.ts';
import { securityHeaders } from './security-headers.ts';

/** A line of the log: nothing in it says who asked for whom. */
export interface RequestLine {
  readonly requestId: string;
  readonly method: string;
  /** The route, not the address: addresses name users. */
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
}

export interface Log {
  request(line: RequestLine): void;
  /** A fault, with what is known of it. */
  failure(error: unknown, context: { readonly requestId?: string; readonly route?: string }): void;
}

export interface AppOptions {
  /** What is served; null when it could not be opened, and then nothing but that is answered. */
  readonly serving: Serving | null;
  readonly database: Database | null;
  readonly clock: () => Date;
  /** Milliseconds, for durations. */
  readonly stopwatch: () => number;
  readonly newRequestId: () => string;
  readonly log: Log;
}

const REQUEST_ID = /^[\w.-]{8,128}$/;

/**
 * The recommendation API. Every answer names the model's version and the request; every failure is a problem
 * document. It reads neither environment nor clock: both are handed in.
 */
export function createApp(options: AppOptions): Routes {
  const { serving, newRequestId, log, stopwatch } = options;
  const app = new OpenAPIHono<RequestState>({ defaultHook: refuseInvalid });

  const keptAnswers = new KeptAnswers();
  app.use(async (c, next) => {
    const began = stopwatch();
    const sent = c.req.header('x-request-id');
    const requestId = sent !== undefined && REQUEST_ID.test(sent) ? sent : newRequestId();
    const tell = (route: string, status: number): void => {
      const milliseconds = Math.round(1000 * (stopwatch() - began)) / 1000;
      log.request({ requestId, method: c.req.method, route, status, milliseconds });
    };
    const kept = keptAnswers.get(c);
    if (kept !== undefined) {
      tell(kept.route, 200);
      return new Response(kept.body, { headers: { ...kept.headers, 'x-request-id': requestId } });
    }
    c.set('requestId', requestId);
    await next();
    c.res.headers.set('x-request-id', requestId);
    if (serving !== null) c.res.headers.set('x-model-version', String(serving.manifest.version));
    const route = routeOf(c);
    keptAnswers.keep(c, route);
    tell(route, c.res.status);
  });
  app.use(securityHeaders);
  app.use(crossOrigin(serving?.bundle.corsOrigins ?? ['*']));

  const v1 = new OpenAPIHono<RequestState>({ defaultHook: refuseInvalid });
  healthRoutes(v1, serving?.manifest.version ?? null);
  if (serving === null) {
    v1.all('*', () => {
      throw notReady();
    });
  } else {
    serveRoutes({ ...options, serving, answers: answersOf(serving), tag: entityTag(serving) }, v1);
  }
  app.route('/api/v1', v1);
  const description = once(() => describeApi(app));
  app.get('/api/openapi.json', (c) => {
    c.header('cache-control', 'public, max-age=300');
    return c.json(description());
  });
  app.get('/api/docs', (c) => {
    c.header('cache-control', 'public, max-age=300');
    return c.html(docsPage(description()));
  });

  app.notFound((c) => {
    const { path, method } = c.req;
    const allowed = methodsAt(app, path);
    const problem =
      allowed.length > 0
        ? new ApiProblem('method-not-allowed', `${method} is not allowed here; ${allowed.join(', ')} is.`, {
            headers: { allow: allowed.join(', ') },
          })
        : new ApiProblem('not-found', `There is nothing at ${path}. What there is: /api/docs.`);
    return problem.toResponse(c.get('requestId'));
  });
  app.onError((error, c) => {
    const requestId = c.get('requestId');
    if (error instanceof ApiProblem) return error.toResponse(requestId);
    if (error instanceof HTTPException && error.status === 400) {
      return new ApiProblem('bad-json', 'The body cannot be read as JSON.').toResponse(requestId);
    }
    log.failure(error, { requestId, route: routeOf(c) });
    return new ApiProblem('internal', `Please report it with the id of the request.`).toResponse(requestId);
  });
  return app;
}

function serveRoutes(api: Api, v1: Routes): void {
  recommendationRoutes(api, v1);
  predictionRoutes(api, v1);
  movieRoutes(api, v1);
  topRoutes(api, v1);
  ratingRoutes(api, v1);
  modelRoutes(api, v1);
  statusRoutes(api, v1);
}

/** The pattern that answers, last of all that matched. */
const routeOf = (c: Context): string => matchedRoutes(c).at(-1)?.path ?? c.req.path;
