import { createRoute, z } from '@hono/zod-openapi';
import { INTERACTION_KINDS, SHOWN_HALF_LIFE_DAYS } from '../../pipeline/model/interactions.ts';
import type { FeedbackRequest, SentInteraction, SentRating } from '../../pipeline/store/accept-feedback.ts';
import { ABOUT_USERS, API_KEY, keyOf, needs, requireUsers } from '../access.ts';
import type { Api, Routes } from '../api.ts';
import { unknownKey } from '../keys.ts';
import { LIMITS } from '../limits.ts';
import { TIME_SINCE_1970 } from '../patterns.ts';
import { ApiProblem, problems } from '../problem.ts';
import type { RequestId, RequestIds } from '../request-ids.ts';
import { acceptJson, BODY_PROBLEMS } from '../request-validation.ts';
import { idSchemas, json, jsonBody, stars } from '../schemas.ts';

const HOUR = 3600;
/** A clock of a client may be ahead by so much. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;
/** A response names so many invalid items. */
const MAX_NAMED = 10;
const KINDS = ['rated', ...INTERACTION_KINDS] as const;

const time = (description: string) =>
  z
    .string()
    .regex(TIME_SINCE_1970, 'must be a time from 1970 on, with seconds, such as 2026-03-01T10:00:00Z')
    .optional()
    .openapi({
      format: 'date-time',
      pattern: TIME_SINCE_1970.source,
      description: `${description} The default is now. One that is more than five minutes ahead counts as now.`,
    });

/** The headers of a request that stores. @param example a key of its own for each route */
const storing = (example: string) =>
  z.object({
    'idempotency-key': z
      .string()
      .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible characters, new for each request')
      .openapi({
        description:
          'A value that you choose for this request. Send the same value when you repeat the request.',
        example,
      }),
  });

const repeatedRequest =
  'A request that is repeated within a day with the same idempotency key gets the same response and stores nothing.';

const submitted = z
  .object({
    recorded: z.int().positive().openapi({ description: 'Number of ratings or events.' }),
    request: z.int().openapi({ description: 'Number of the request in the database.' }),
    repeated: z.boolean().openapi({ description: 'Whether an earlier request stored them.' }),
  })
  .openapi('Submitted');

const submitProblems = problems(
  ...ABOUT_USERS,
  ...BODY_PROBLEMS,
  'not-found',
  'idempotency-conflict',
  'user-erased',
  'invalid-request',
);

/** The routes, with ids as the served bundle has them. */
function routesWith(ids: RequestIds) {
  const { id } = idSchemas(ids);
  const rating = z.strictObject({
    user: id(),
    movie: id(),
    stars,
    ratedAt: time('Time of the rating.'),
  });
  const about = { user: id(), movie: id(), at: time('When it happened.') };
  const event = z.discriminatedUnion(
    'kind',
    [
      z.strictObject({ ...about, kind: z.literal('rated'), stars }),
      z.strictObject({ ...about, kind: z.enum(['watched', 'wanted', 'hidden']) }),
      z.strictObject({
        ...about,
        kind: z.literal('shown'),
        count: z.int().min(1).max(LIMITS.showings).default(1).openapi({ description: 'How often.' }),
      }),
    ],
    {
      error: ({ code }) => (code === 'invalid_union' ? `must be ${KINDS.join(', ')}` : undefined),
    },
  );

  const submitRatings = createRoute({
    operationId: 'submitRatings',
    method: 'post',
    ...needs('write', acceptJson),
    path: '/ratings',
    tags: ['Feedback'],
    summary: 'Send ratings',
    description: `The next batch of the pipeline ingests the ratings. The ratings count at once in the user’s lists and predictions. ${repeatedRequest}`,
    request: {
      headers: storing('6f1c9d0e-3b53-4a2e-9f77-1d0d3a9f7a51'),
      body: jsonBody(
        { ratings: [{ user: ids.example(1), movie: ids.example(7), stars: 4.5 }] },
        z.strictObject({ ratings: z.array(rating).min(1).max(LIMITS.feedback) }),
      ),
    },
    responses: {
      202: json('The ratings are stored for the next batch.', submitted),
      ...submitProblems,
    },
  });

  const submitFeedback = createRoute({
    operationId: 'submitFeedback',
    method: 'post',
    ...needs('write', acceptJson),
    path: '/feedback',
    tags: ['Feedback'],
    summary: 'Send what users did',
    description: `\`rated\` is a rating as of \`POST /ratings\`. \`watched\` moves the user’s lists, and the movie is left out of them as a rated one. \`wanted\` moves them less, and the movie stays. \`hidden\` never comes back. \`shown\` lets a movie sink that the user did not take; a showing counts half after ${SHOWN_HALF_LIFE_DAYS} days. Only ratings change predictions, and only they are ingested and learned from. ${repeatedRequest}`,
    request: {
      headers: storing('b7f0c1de-52a4-4f6b-9a3d-0c7e5d1f8e42'),
      body: jsonBody(
        {
          events: [
            { user: ids.example(1), movie: ids.example(7), kind: 'watched' },
            { user: ids.example(1), movie: ids.example(9), kind: 'rated', stars: 4.5 },
          ],
        },
        z.strictObject({ events: z.array(event).min(1).max(LIMITS.feedback) }),
      ),
    },
    responses: {
      202: json('All events are stored.', submitted),
      ...submitProblems,
    },
  });

  const withdraw = createRoute({
    operationId: 'withdrawFeedback',
    method: 'delete',
    ...needs('write'),
    path: '/feedback',
    tags: ['Feedback'],
    summary: 'Take feedback back',
    description:
      'Deletes what was sent of a user and a movie, with whatever key. A rating that a batch has ingested stays, and `ingested` says so. Repeating the request changes nothing.',
    request: {
      query: z.strictObject({
        user: ids.parameter('User id.', 1),
        movie: ids.parameter('Movie id.', 7),
        kind: z.enum(KINDS).optional().openapi({ description: 'What to delete. The default is everything.' }),
      }),
    },
    responses: {
      200: json(
        'Deleted.',
        z
          .object({
            withdrawn: z.int().nonnegative().openapi({ description: 'Number of deleted entries.' }),
            ingested: z.boolean().openapi({
              description:
                'Whether a batch has ingested a rating of the movie by the user. It stays; the operator can keep the ratings of a user out: `cinematch quarantine`.',
            }),
          })
          .openapi('WithdrawnFeedback'),
      ),
      ...problems(...ABOUT_USERS, 'invalid-request'),
    },
  });

  return { submitRatings, submitFeedback, withdraw };
}

export function feedbackRoutes({ serving, database, users, ids, clock }: Api, routes: Routes): void {
  const { catalogue, bundle } = serving;
  const { submitRatings, submitFeedback, withdraw } = routesWith(ids);
  routes.openAPIRegistry.registerComponent('securitySchemes', API_KEY, {
    type: 'http',
    scheme: 'bearer',
    description: 'A key made by `cinematch keys create`.',
  });
  const limit = { ratings: bundle.ratingsPerHour, windowSeconds: HOUR };

  routes.openapi(submitRatings, async (c) => {
    const { ratings } = c.req.valid('json');
    requireUsers(
      c,
      ratings.map(({ user }) => user),
    );
    const now = clock();
    requireKnownMovies('ratings', ratings);
    const sent = ratings.map(({ user, movie, stars: given, ratedAt }) =>
      sentRating(user, movie, given, secondsOf(ratedAt, now)),
    );
    const request = { keySha256: keyOf(c).sha256, idempotencyKey: c.req.valid('header')['idempotency-key'] };
    const recorded = await accept({ ...request, ratings: sent, now }, 'ratings');
    c.header('cache-control', 'no-store');
    return c.json(recorded, 202);
  });

  routes.openapi(submitFeedback, async (c) => {
    const { events } = c.req.valid('json');
    requireUsers(
      c,
      events.map(({ user }) => user),
    );
    const now = clock();
    requireKnownMovies('events', events);
    const ratings: SentRating[] = [];
    const interactions: SentInteraction[] = [];
    for (const event of events) {
      const { user, movie, kind, at } = event;
      if (kind === 'rated') ratings.push(sentRating(user, movie, event.stars, secondsOf(at, now)));
      else {
        const times = kind === 'shown' ? event.count : 1;
        interactions.push({ userId: user, movieId: ids.movieOf(movie), kind, at: secondsOf(at, now), times });
      }
    }
    const request = { keySha256: keyOf(c).sha256, idempotencyKey: c.req.valid('header')['idempotency-key'] };
    const recorded = await accept({ ...request, ratings, interactions, now }, 'events');
    c.header('cache-control', 'no-store');
    return c.json(recorded, 202);
  });

  routes.openapi(withdraw, async (c) => {
    const { user, movie, kind = null } = c.req.valid('query');
    requireUsers(c, [user]);
    const movieId = ids.movieOf(movie);
    const outcome = await required(database).withdraw({
      keySha256: keyOf(c).sha256,
      userId: user,
      movieId,
      kind,
    });
    if (outcome.status === 'unauthorised') throw unknownKey();
    if (outcome.userId !== null) users.forget([outcome.userId]);
    c.header('cache-control', 'no-store');
    const { ratings, interactions, ingested } = outcome;
    return c.json({ withdrawn: ratings + interactions, ingested }, 200);
  });

  /** Stores what was sent, all or nothing. @param noun what the sender calls it. */
  async function accept(request: Omit<FeedbackRequest, 'limit'>, noun: 'ratings' | 'events') {
    const outcome = await required(database).accept({ ...request, limit });
    switch (outcome.status) {
      case 'recorded':
        users.forget(outcome.userIds);
        return { recorded: outcome.recorded, request: outcome.requestId, repeated: outcome.repeated };
      case 'unauthorised':
        throw unknownKey();
      case 'erased':
        throw new ApiProblem(
          'user-erased',
          `${outcome.users.length === 1 ? 'A user was' : `${outcome.users.length} users were`} erased, and nothing was stored. The operator can let a user come back: cinematch users allow.`,
          { errors: outcome.users.map((user) => ({ at: noun, message: `user ${user} was erased` })) },
        );
      case 'conflict':
        throw new ApiProblem(
          'idempotency-conflict',
          `This idempotency key was used with other ${noun}. Choose a new key for each request.`,
        );
      case 'limited':
        throw new ApiProblem(
          'rate-limited',
          `An API key may send ${outcome.limit.toLocaleString('en')} ${noun} in ${outcome.windowSeconds / 60} minutes. Try again in ${outcome.retryAfterSeconds} s.`,
          { headers: { 'retry-after': String(outcome.retryAfterSeconds) } },
        );
    }
  }

  function sentRating(user: RequestId, movie: RequestId, given: number, ratedAt?: number): SentRating {
    return { userId: user, movieId: ids.movieOf(movie), half: 2 * given, ratedAt };
  }

  function requireKnownMovies(list: string, items: readonly { readonly movie: RequestId }[]): void {
    const errors = items.flatMap(({ movie }, at) =>
      catalogue.movies.rowOf(ids.movieOf(movie)) < 0
        ? [{ at: `${list}.${at}.movie`, message: unknownMovie(movie) }]
        : [],
    );
    const [first] = errors;
    if (first === undefined) return;
    throw new ApiProblem('not-found', `${first.at}: ${first.message}. Nothing was stored.`, {
      errors: errors.slice(0, MAX_NAMED),
    });
  }
}

const unknownMovie = (movie: RequestId): string => `movie ${movie} is unknown`;

/** Seconds since 1970. Undefined, which is now, for a time ahead of the clock. */
function secondsOf(iso: string | undefined, now: Date): number | undefined {
  const at = iso === undefined ? Number.POSITIVE_INFINITY : Date.parse(iso);
  return at > now.getTime() + CLOCK_TOLERANCE_MS ? undefined : Math.max(0, Math.floor(at / 1000));
}

function required(database: Api['database']): NonNullable<Api['database']> {
  if (database !== null) return database;
  throw new ApiProblem('database-unavailable', 'This service has no database, so it cannot store ratings.', {
    headers: { 'retry-after': String(HOUR) },
  });
}
