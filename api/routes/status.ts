import { createRoute, z } from '@hono/zod-openapi';
import { lateness, type ServingStatus, servingStatusSchema } from '../../pipeline/serving/serving-status.ts';
import type { Api, Routes } from '../api.ts';
import { BADGE_NAMES, badge, badgeSchema } from '../badges.ts';
import { ApiProblem, problems } from '../problem.ts';
import { rounded } from '../rounded.ts';
import { json } from '../schemas.ts';

const { champion, lastIngest, lastCheck, openAlerts, bufferRatings, feedbackWaiting } =
  servingStatusSchema.shape;

const statusSchema = z
  .object({
    at: z.string().openapi({ format: 'date-time', description: 'Time of this status.' }),
    source: z.enum(['database', 'bundle']).openapi({
      description: '`database`: read just now. `bundle`: as it was when the model was deployed.',
    }),
    model: z
      .object({ version: z.int(), trainedAt: z.string(), rmse: z.number().nullable() })
      .openapi({ description: 'The served model.' }),
    champion: champion.describe('The model that was promoted last. Null before the first promotion.'),
    lastIngest: lastIngest.describe('The newest batch. Null before the first batch.'),
    lastCheck: lastCheck.describe('The newest drift check. Null before the first check.'),
    drift: z.object({
      open: z.boolean().openapi({ description: 'Whether an alert is open.' }),
      alerts: openAlerts.describe('Number of open alerts about the champion.'),
    }),
    schedules: z.array(
      z.object({
        workflow: z.enum(['ingest', 'drift']),
        hoursSince: z.number().nullable(),
        allowedHours: z.number(),
        late: z.boolean().openapi({ description: 'Whether the schedule is overdue.' }),
      }),
    ),
    bufferRatings: bufferRatings.describe(
      'Number of ratings that arrived after the champion’s training data.',
    ),
    feedbackWaiting: feedbackWaiting.describe(
      'Number of ratings sent to this API that no batch has ingested yet.',
    ),
  })
  .openapi('Status');

const status = createRoute({
  operationId: 'getStatus',
  method: 'get',
  path: '/status',
  tags: ['Service'],
  summary: 'Get the status of the pipeline',
  responses: {
    200: json('The newest batch, the newest drift check, and whether a schedule is overdue.', statusSchema),
    ...problems('not-ready'),
  },
});

const badgeRoute = createRoute({
  operationId: 'getBadge',
  method: 'get',
  path: '/badge/{name}',
  tags: ['Service'],
  summary: 'Get a badge for a README',
  description: 'For shields.io: `https://img.shields.io/endpoint?url=` and the URL of this route.',
  request: { params: z.object({ name: z.string().openapi({ enum: [...BADGE_NAMES], example: 'model' }) }) },
  responses: {
    200: json('In the format of shields.io.', badgeSchema),
    ...problems('not-found'),
  },
});

export function statusRoutes(api: Api, routes: Routes): void {
  const { serving, clock } = api;
  const { manifest } = serving;
  const { version, trainedAt, metrics } = manifest;

  routes.openapi(status, async (c) => {
    const { value, source } = await currentStatus(api);
    const late = lateness(value, clock());
    c.header('cache-control', 'public, max-age=30');
    return c.json(
      {
        at: value.at,
        source,
        model: { version, trainedAt, rmse: metrics.rmse },
        champion: value.champion,
        lastIngest: value.lastIngest,
        lastCheck: value.lastCheck,
        drift: { open: value.openAlerts > 0, alerts: value.openAlerts },
        schedules: (['ingest', 'drift'] as const).map((workflow) => ({
          workflow,
          hoursSince: late[workflow].hours === null ? null : rounded(late[workflow].hours),
          allowedHours: value[`${workflow}Hours`],
          late: late[workflow].isLate,
        })),
        bufferRatings: value.bufferRatings,
        feedbackWaiting: value.feedbackWaiting,
      },
      200,
    );
  });

  routes.openapi(badgeRoute, async (c) => {
    const { name } = c.req.valid('param');
    const known = BADGE_NAMES.find((badgeName) => badgeName === name);
    if (known === undefined) {
      throw new ApiProblem(
        'not-found',
        `Badge ${JSON.stringify(name)} is unknown. The badges are ${BADGE_NAMES.join(', ')}.`,
      );
    }
    const { value } = await currentStatus(api);
    c.header('cache-control', 'public, max-age=300');
    return c.json(badge(known, value, manifest, clock()), 200);
  });
}

/** The status from the database, or, when it does not respond, from the bundle. */
async function currentStatus({
  serving,
  database,
}: Api): Promise<{ value: ServingStatus; source: 'database' | 'bundle' }> {
  const bundled = { value: serving.status, source: 'bundle' } as const;
  if (database === null) return bundled;
  try {
    return { value: await database.status(serving.status), source: 'database' };
  } catch (error) {
    if (error instanceof ApiProblem) return bundled;
    throw error;
  }
}
