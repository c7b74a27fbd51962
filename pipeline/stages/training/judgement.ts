import { z } from 'zod';
import { evaluationSchema } from '../../evaluate/evaluation-schema.ts';
import { gateSchema } from '../../evaluate/gate-schema.ts';

/** What a model and its baselines are worth and what the gate said, as `metrics.json` of its package holds it. */
export const judgementSchema = z.object({
  evaluation: evaluationSchema,
  baselines: z.array(z.object({ algorithm: z.string().max(100), evaluation: evaluationSchema })).default([]),
  gate: gateSchema.nullable(),
});
