import { createRoute, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { sha256 } from '../../pipeline/lib/digest.ts';
import type { Api, Routes } from '../api.ts';
import { LIMITS } from '../limits.ts';
import { ApiProblem, problems } from '../problem.ts';
import type { RequestIds } from '../request-ids.ts';
import { acceptJson } from '../request-validation.ts';
import { idSchemas, json, jsonBody, stars } from '../schemas.ts';

const HOUR = 3600;
/** A clock of a client may be ahead by so much. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;
/** A response names so many invalid ratings. */
const MAX_NAMED = 10;

/** Name of the security scheme in the OpenAPI document. */
const API_KEY = 'apiKey';

const BEARER = /^Bearer +(\S{1,255})$/i;

/** Refuses a request without a key before the body is read. */
const requireKey: MiddlewareHandler = async (c, next) => {
  if (!BEARER.test(c.req.header('authorization') ?? '')) {
    throw unauthorised('Send an API key as `Authorization: Bearer cm_…`');
  }
  await next();
};

/** The routes, with ids as the served bundle has them. */
function routesWith(ids: RequestIds) {
  const { id } = idSchemas(ids);
  const rating = z.strictObject({
    user: id(),
    movie: id(),
    stars,
    ratedAt: z.iso
      .datetime({ offset: true })
      .optional()
      .openapi({ description: 'Time of the rating. The default is now.' }),
  });

  const submit = createRoute({
    operationId: 'submitRatings',
    method: 'post',
    middleware: [requireKey, ...acceptJson],
    path: '/ratings',
    tags: ['Feedback'],
    summary: 'Send ratings',
    description:
      'The next batch of the pipeline ingests the ratings. The ratings count at once in the user’s lists and predictions. A request that is repeated within a day with the same idempotency key gets the same response and stores nothing.',
    security: [{ [API_KEY]: [] }],
    request: {
      headers: z.object({
        'idempotency-key': z
          .string()
          .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible characters, new for each request')
          .openapi({
            description:
              'A value that you choose for this request. Send the same value when you repeat the request.',
            example: '6f1c9d0e-3b53-4a2e-9f77-1d0d3a9f7a51',
          }),
      }),
      body: jsonBody(
        { ratings: [{ user: ids.example(1), movie: ids.example(7), stars: 4.5 }] },
        z.strictObject({ ratings: z.array(rating).min(1).max(LIMITS.feedback) }),
      ),
    },
    responses: {
      202: json(
        'The ratings are stored for the next batch.',
        z
          .object({
            recorded: z.int().positive().openapi({ description: 'Number of ratings.' }),
            request: z.int().openapi({ description: 'Number of the request in the database.' }),
            repeated: z.boolean().openapi({ description: 'Whether an earlier request stored the ratings.' }),
          })
          .openapi('SubmittedRatings'),
      ),
      ...problems(
        'bad-json',
        'unauthorised',
        'idempotency-conflict',
        'too-large',
        'not-json',
        'invalid-request',
        'rate-limited',
        'database-unavailable',
      ),
    },
  });

  return { submit };
}

export function ratingRoutes({ serving, database, users, ids, clock }: Api, routes: Routes): void {
  const { catalogue, bundle } = serving;
  const { submit } = routesWith(ids);
  routes.openAPIRegistry.registerComponent('securitySchemes', API_KEY, {
    type: 'http',
    scheme: 'bearer',
    description: 'A key made by `cinematch keys create`.',
  });
  const limit = { ratings: bundle.ratingsPerHour, windowSeconds: HOUR };

  routes.openapi(submit, async (c) => {
    const key = BEARER.exec(c.req.header('authorization') ?? '')?.[1] as string;
    const { ratings } = c.req.valid('json');
    const now = clock();
    refuseInvalid('movie', ratings, ({ movie }) =>
      catalogue.movies.rowOf(ids.movieOf(movie)) < 0 ? `movie ${movie} is unknown` : null,
    );
    refuseInvalid('ratedAt', ratings, ({ ratedAt }) => {
      const time = ratedAt === undefined ? 0 : Date.parse(ratedAt);
      const isRefused = time < 0 || time > now.getTime() + CLOCK_TOLERANCE_MS;
      return isRefused ? `${ratedAt} is not between 1970 and now` : null;
    });
    if (database === null) {
      throw new ApiProblem(
        'database-unavailable',
        'This service has no database, so it cannot store ratings.',
        { headers: { 'retry-after': String(HOUR) } },
      );
    }
    const outcome = await database.accept({
      keySha256: sha256(key),
      idempotencyKey: c.req.valid('header')['idempotency-key'],
      ratings: ratings.map(({ user, movie, stars: given, ratedAt }) => ({
        userId: user,
        movieId: ids.movieOf(movie),
        half: 2 * given,
        ratedAt: ratedAt === undefined ? undefined : Math.floor(Date.parse(ratedAt) / 1000),
      })),
      now,
      limit,
    });
    if (outcome.status === 'recorded') users.forget(outcome.userIds);
    c.header('cache-control', 'no-store');
    switch (outcome.status) {
      case 'recorded':
        return c.json(
          { recorded: outcome.recorded, request: outcome.requestId, repeated: outcome.repeated },
          202,
        );
      case 'unauthorised':
        throw unauthorised('The API key is unknown or revoked');
      case 'conflict':
        throw new ApiProblem(
          'idempotency-conflict',
          'This idempotency key was used with other ratings. Choose a new key for each request.',
        );
      case 'limited':
        throw new ApiProblem(
          'rate-limited',
          `An API key may send ${outcome.limit.toLocaleString('en')} ratings in ${outcome.windowSeconds / 60} minutes. Try again in ${outcome.retryAfterSeconds} s.`,
          { headers: { 'retry-after': String(outcome.retryAfterSeconds) } },
        );
    }
  });
}

/** Refuses the request when a field of a rating is invalid. @param problemOf what is wrong, or null. */
function refuseInvalid<Rating>(
  field: string & keyof Rating,
  ratings: readonly Rating[],
  problemOf: (rating: Rating) => string | null,
): void {
  const errors = ratings.flatMap((rating, at) => {
    const message = problemOf(rating);
    return message === null ? [] : [{ at: `ratings.${at}.${field}`, message }];
  });
  const [first] = errors;
  if (first === undefined) return;
  throw new ApiProblem('invalid-request', `${first.at}: ${first.message}. Nothing was stored.`, {
    errors: errors.slice(0, MAX_NAMED),
  });
}

function unauthorised(reason: string): ApiProblem {
  return new ApiProblem(
    'unauthorised',
    `${reason}. The operator of the service creates keys: cinematch keys create.`,
    { headers: { 'www-authenticate': 'Bearer' } },
  );
}
