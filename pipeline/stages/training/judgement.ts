import { z } from 'zod';
import { evaluationSchema } from '../../evaluate/evaluation-schema.ts';
import { gateSchema } from '../../evaluate/gate-schema.ts';

/** The content of `metrics.json`: the evaluations of a model and its baselines, and the gate's decision. */
export const judgementSchema = z.object({
  evaluation: evaluationSchema,
  baselines: z.array(z.object({ algorithm: z.string().max(100), evaluation: evaluationSchema })).default([]),
  gate: gateSchema.nullable(),
});
