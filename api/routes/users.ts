import { createRoute, z } from '@hono/zod-openapi';
import { INTERACTION_KINDS } from '../../pipeline/model/interactions.ts';
import { ABOUT_USERS, keyOf, needs, requireUsers } from '../access.ts';
import type { Api, Routes } from '../api.ts';
import type { Database } from '../database.ts';
import { unknownKey } from '../keys.ts';
import { ApiProblem, problems } from '../problem.ts';
import type { RequestIds } from '../request-ids.ts';
import { idSchemas, json, stars, versionSchema } from '../schemas.ts';

const HOUR = 3600;
const MODEL_STATUSES = ['challenger', 'champion', 'retired', 'refused'] as const;

const time = (description: string) => z.iso.datetime().openapi({ description });
const rows = (description: string) => z.int().nonnegative().openapi({ description });
const keyName = z.string().nullable().openapi({ description: 'The key that it came with last.' });
const batch = z.int().positive().openapi({ description: 'Number of the batch.' });

const sources = z
  .array(z.object({ batch, source: z.string().openapi({ description: 'Name of the source.' }) }))
  .openapi({ description: 'Where ingested ratings came from. The sources may still have them.' });

const removedSchema = z
  .object({
    ratings: rows('Ingested ratings.'),
    revisions: rows('Former values of ratings.'),
    feedback: rows('Ratings that were sent to the API.'),
    interactions: rows('What the user did besides rating.'),
    rejectedRows: rows('Rejected rows of batches.'),
    reports: rows('Reports that named the user.'),
  })
  .openapi('RemovedRows');

const holdingModels = z
  .array(z.object({ version: z.int().positive(), status: z.enum(MODEL_STATUSES) }))
  .openapi({ description: 'Models that learned from the user. The next training does not.' });

/** The routes, with ids as the served bundle has them. */
function routesWith(ids: RequestIds) {
  const { id } = idSchemas(ids);
  const request = { params: z.object({ id: ids.parameter('User id.', 1) }) };
  const rating = { movie: id('Movie id.'), stars, ratedAt: time('Time of the rating.') };

  const readData = createRoute({
    operationId: 'readUserData',
    method: 'get',
    ...needs('read'),
    path: '/users/{id}/data',
    tags: ['Users'],
    summary: 'Everything that is kept of a user',
    description:
      'Ratings with their former values, what was sent to the API, rejected rows, and which models learned from the user. A user of whom nothing is kept has empty lists.',
    request,
    responses: {
      200: json(
        'What is kept.',
        z
          .object({
            user: id(),
            known: z.boolean().openapi({ description: 'Whether anything is kept.' }),
            served: z
              .object({
                modelVersion: versionSchema,
                known: z.boolean().openapi({ description: 'Whether the model has a row for the user.' }),
                ratings: rows('Ratings of the user in the bundle. An erased user has none.'),
              })
              .openapi({ description: 'What this service tells of the user without the database.' }),
            ratings: z.array(
              z.object({
                ...rating,
                batch,
                stored: z.enum(['plain', 'packed', 'quarantined']).openapi({
                  description: '`packed`: a model has learned it. `quarantined`: nothing uses it.',
                }),
              }),
            ),
            revisions: z.array(z.object({ ...rating, batch, replacedBy: batch })).openapi({
              description: 'Former values of ratings.',
            }),
            feedback: z.array(z.object({ ...rating, batch: batch.nullable(), key: keyName })).openapi({
              description: 'Ratings sent to the API. `batch` is null until one has ingested it.',
            }),
            interactions: z.array(
              z.object({
                movie: id('Movie id.'),
                kind: z.enum(INTERACTION_KINDS),
                at: time('When it happened last.'),
                times: z.number().openapi({ description: 'Of `shown`, how often, faded by time.' }),
                key: keyName,
              }),
            ),
            rejectedRows: z.array(z.object({ batch, row: z.int(), content: z.string() })),
            quarantines: z.array(
              z.object({
                reason: z.string(),
                at: time('Since when.'),
                releasedAt: time('Until when.').nullable(),
              }),
            ),
            models: z.array(
              z.object({
                version: z.int().positive(),
                status: z.enum(MODEL_STATUSES),
                ratings: rows('Ratings of the user that it was trained on.'),
              }),
            ),
            sources,
            erasure: z
              .object({
                at: time('When the user was erased.'),
                isKeptOut: z.boolean().openapi({ description: 'Whether rows of the user are refused.' }),
              })
              .nullable()
              .openapi({ description: 'The last erasure. Null for a user who was never erased.' }),
          })
          .openapi('UserData'),
      ),
      ...problems(...ABOUT_USERS, 'invalid-request'),
    },
  });

  const erase = createRoute({
    operationId: 'eraseUser',
    method: 'delete',
    ...needs('admin'),
    path: '/users/{id}',
    tags: ['Users'],
    summary: 'Erase a user',
    description:
      'Removes everything that the database has of the user, for good, and refuses rows of the user from then on. Lists and predictions are at once those of an unknown user. Models forget the user with the next training. Repeating the request removes nothing and has the same answer.',
    request,
    responses: {
      200: json(
        'The user is erased.',
        z
          .object({
            user: id(),
            erasedAt: time('When the user was erased first.'),
            removed: removedSchema,
            removedNow: removedSchema,
            held: z
              .object({
                models: holdingModels,
                artifacts: z
                  .array(z.object({ name: z.string(), until: time('When the last one is deleted.') }))
                  .openapi({ description: 'Artifacts of earlier workflow runs, which may have the user.' }),
                sources,
              })
              .openapi({ description: 'What the database does not reach.' }),
          })
          .openapi('ErasedUser'),
      ),
      ...problems(...ABOUT_USERS, 'invalid-request'),
    },
  });

  return { readData, erase };
}

export function userRoutes({ serving, database, users, ids, clock }: Api, routes: Routes): void {
  const { readData, erase } = routesWith(ids);
  const { model, seen, manifest } = serving;

  routes.openapi(readData, async (c) => {
    const { id: user } = c.req.valid('param');
    requireUsers(c, [user]);
    const { isKnown, ...data } = await required(database).userData(user);
    await users.lookForErasures();
    const userId = ids.bundledUser(user);
    const isErased = users.isErased(userId);
    const served = {
      modelVersion: manifest.version,
      known: !isErased && model.users.rowOf(userId) >= 0,
      ratings: isErased ? 0 : (seen?.ratingsOf(userId).length ?? 0),
    };
    c.header('cache-control', 'private, no-store');
    const known = isKnown || served.known || served.ratings > 0;
    return c.json(asJson({ user, known, served, ...data }), 200);
  });

  routes.openapi(erase, async (c) => {
    const { id: user } = c.req.valid('param');
    requireUsers(c, [user]);
    const answer = await required(database).eraseUser({ userId: user, key: keyOf(c), at: clock() });
    if (answer.status === 'unauthorised') throw unknownKey();
    const { outcome, held } = answer;
    users.noteErasure();
    users.forget([ids.bundledUser(user), ...(outcome.userId === null ? [] : [outcome.userId])]);
    c.header('cache-control', 'no-store');
    const { at: erasedAt, removed, removedNow } = outcome;
    return c.json(asJson({ user, erasedAt, removed, removedNow, held }), 200);
  });
}

type AsJson<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? AsJson<Item>[]
    : T extends object
      ? { -readonly [Name in keyof T]: AsJson<T[Name]> }
      : T;

/** A value as JSON has it: times as text. */
const asJson = <T>(value: T): AsJson<T> => JSON.parse(JSON.stringify(value));

function required(database: Database | null): Database {
  if (database !== null) return database;
  throw new ApiProblem(
    'database-unavailable',
    'This service has no database, so it keeps nothing of users but its bundle.',
    { headers: { 'retry-after': String(HOUR) } },
  );
}
