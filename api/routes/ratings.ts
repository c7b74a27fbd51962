import { createRoute, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { sha256 } from '../../pipeline/lib/digest.ts';
import type { Api, Routes } from '../api.ts';
import { LIMITS } from '../limits.ts';
import { ApiProblem, problems } from '../problem.ts';
import { acceptJson } from '../refusals.ts';
import { id, stars } from '../schemas.ts';

const HOUR = 3600;
/** Clocks differ. */
const AHEAD_MS = 5 * 60_000;
/** Movies that are named in one refusal. */
const NAMED = 10;

/** What the description calls the API key. */
export const API_KEY = 'apiKey';

const BEARER = /^Bearer +(\S{1,255})$/i;

/** Before anything is read of a request without a key. */
const requireKey: MiddlewareHandler = async (c, next) => {
  if (!BEARER.test(c.req.header('authorization') ?? '')) {
    throw unauthorised('Send a key as `Authorization: Bearer cm_…`');
  }
  await next();
};

const give = createRoute({
  operationId: 'giveRatings',
  method: 'post',
  middleware: [requireKey, ...acceptJson],
  path: '/ratings',
  tags: ['Feedback'],
  summary: 'Tell what people rated',
  description:
    'What is told becomes the next batch that the pipeline takes in, and is left out of the user’s lists at once. A request with an idempotency key that was seen within a day is answered as before and stores nothing.',
  security: [{ [API_KEY]: [] }],
  request: {
    headers: z.object({
      'idempotency-key': z
        .string()
        .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible characters, chosen anew for each request')
        .openapi({
          description: 'Your own name of this request; the same when it is sent again.',
          example: '6f1c9d0e-3b53-4a2e-9f77-1d0d3a9f7a51',
        }),
    }),
    body: {
      required: true,
      content: {
        'application/json': {
          example: { ratings: [{ user: 1, movie: 7, stars: 4.5 }] },
          schema: z.strictObject({
            ratings: z
              .array(
                z.strictObject({
                  user: id,
                  movie: id,
                  stars,
                  ratedAt: z.iso
                    .datetime({ offset: true })
                    .optional()
                    .openapi({ description: 'When it was given; now, by default.' }),
                }),
              )
              .min(1)
              .max(LIMITS.feedback),
          }),
        },
      },
    },
  },
  responses: {
    202: {
      description: 'Taken; the next batch has it.',
      content: {
        'application/json': {
          schema: z
            .object({
              recorded: z.int().positive().openapi({ description: 'How many ratings were stored.' }),
              request: z.int().openapi({ description: 'The number it has in the database.' }),
              repeated: z.boolean().openapi({ description: 'Whether an earlier request had stored it.' }),
            })
            .openapi('TakenRatings'),
        },
      },
    },
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

export function ratingRoutes({ serving, database, clock }: Api, routes: Routes): void {
  const { catalogue, bundle } = serving;
  const limit = { ratings: bundle.ratingsPerHour, windowSeconds: HOUR };

  routes.openapi(give, async (c) => {
    const key = BEARER.exec(c.req.header('authorization') ?? '')?.[1] as string;
    const { ratings } = c.req.valid('json');
    const now = clock();
    requireKnownMovies(ratings.map(({ movie }) => movie));
    requireThePast(
      ratings.map(({ ratedAt }) => ratedAt),
      now,
    );
    if (database === null) {
      throw new ApiProblem('database-unavailable', 'This service has no database to keep ratings in.', {
        headers: { 'retry-after': String(HOUR) },
      });
    }
    const outcome = await database.take({
      keySha256: sha256(key),
      idempotencyKey: c.req.valid('header')['idempotency-key'],
      ratings: ratings.map(({ user, movie, stars: given, ratedAt }) => ({
        userId: user,
        movieId: movie,
        half: 2 * given,
        ratedAt: ratedAt === undefined ? undefined : Math.floor(Date.parse(ratedAt) / 1000),
      })),
      now,
      limit,
    });
    c.header('cache-control', 'no-store');
    switch (outcome.status) {
      case 'recorded':
        return c.json(
          { recorded: outcome.recorded, request: outcome.requestId, repeated: outcome.repeated },
          202,
        );
      case 'unauthorised':
        throw unauthorised('The key is unknown or was revoked');
      case 'conflict':
        throw new ApiProblem(
          'idempotency-conflict',
          'This idempotency key was used for other ratings. Choose another for each request.',
        );
      case 'limited':
        throw new ApiProblem(
          'rate-limited',
          `A key may give ${outcome.limit.toLocaleString('en')} ratings in ${outcome.windowSeconds / 60} minutes. Try again in ${outcome.retryAfterSeconds} s.`,
          { headers: { 'retry-after': String(outcome.retryAfterSeconds) } },
        );
    }
  });

  function requireKnownMovies(movies: readonly number[]): void {
    const errors = movies
      .map((movie, at) => ({ movie, at: `ratings.${at}.movie` }))
      .filter(({ movie }) => catalogue.movies.rowOf(movie) < 0)
      .slice(0, NAMED)
      .map(({ movie, at }) => ({ at, message: `there is no movie ${movie}` }));
    if (errors.length > 0) refuse(errors);
  }
}

function requireThePast(times: readonly (string | undefined)[], now: Date): void {
  const errors = times
    .map((time, at) => ({ time, at: `ratings.${at}.ratedAt` }))
    .filter(({ time }) => time !== undefined)
    .filter(({ time }) => {
      const given = Date.parse(time as string);
      return given < 0 || given > now.getTime() + AHEAD_MS;
    })
    .slice(0, NAMED)
    .map(({ time, at }) => ({ at, message: `${time} is no time between 1970 and now` }));
  if (errors.length > 0) refuse(errors);
}

function refuse(errors: readonly { readonly at: string; readonly message: string }[]): never {
  const [first] = errors;
  throw new ApiProblem('invalid-request', `${first?.at}: ${first?.message}. Nothing was stored.`, {
    errors: [...errors],
  });
}

function unauthorised(reason: string): ApiProblem {
  return new ApiProblem(
    'unauthorised',
    `${reason}. Whoever runs the service makes keys: cinematch keys create.`,
    {
      headers: { 'www-authenticate': 'Bearer' },
    },
  );
}
