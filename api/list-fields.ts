import { z } from '@hono/zod-openapi';
import { DEFAULT_NOVELTY } from '../pipeline/model/novelty.ts';
import { LIMITS } from './limits.ts';
import { filterFields } from './movie-filters.ts';
import type { RequestIds } from './request-ids.ts';
import {
  CALIBRATED,
  DIVERSITY,
  EXCLUDE,
  EXPLAIN,
  flagField,
  LIST_ORDERS,
  MIN_RATING,
  NOVELTY,
  SORT,
} from './schemas.ts';

/** What every list may be limited to, as fields of a body. */
export const limitFields = (ids: Pick<RequestIds, 'schema'>) => ({
  k: z.int().min(1).max(LIMITS.k).default(10).openapi({ description: 'Number of movies.' }),
  ...filterFields,
  exclude: z.array(ids.schema()).max(LIMITS.exclude).default([]).openapi({ description: EXCLUDE }),
});

/** How a list for one person is made, as fields of a body. */
export const listFields = (ids: Pick<RequestIds, 'schema'>) => ({
  ...limitFields(ids),
  diversity: z.number().min(0).max(1).default(0).openapi({ description: DIVERSITY }),
  novelty: z.number().min(0).max(1).default(DEFAULT_NOVELTY).openapi({ description: NOVELTY }),
  calibrated: flagField(CALIBRATED, false),
  minRating: z.number().min(0).max(5).optional().openapi({ description: MIN_RATING }),
  sort: z.enum(LIST_ORDERS).default('score').openapi({ description: SORT }),
  explain: flagField(EXPLAIN, false),
});
