import { z } from 'zod';
import type { Evaluation, GateDecision } from '../evaluate/evaluation.ts';
import { metricsSchema } from '../model/manifest.ts';
import { STRATEGIES } from '../model/model.ts';

const metric = z.number().nullable();
const interval = z.tuple([z.number(), z.number()]);
const count = z.int().nonnegative();

const evaluation: z.ZodType<Evaluation> = metricsSchema.extend({
  warm: metricsSchema,
  cold: metricsSchema,
  strategies: z.record(z.enum(STRATEGIES), count),
});

const gate: z.ZodType<GateDecision> = z.object({
  outcome: z.enum(['promote', 'refuse']),
  reason: z.enum(['first-model', 'drift', 'manual']),
  rules: z.array(
    z.object({
      metric: z.enum(['rmse', 'precisionAt10']),
      champion: metric,
      challenger: metric,
      difference: metric,
      interval: interval.nullable(),
      rule: z.string().max(500),
      passed: z.boolean(),
    }),
  ),
  champion: evaluation,
  challenger: evaluation,
  holdout: z.object({ ratings: count, users: count, from: z.int(), to: z.int() }),
  confidence: z.number(),
  resamples: count,
  seed: z.int(),
});

/** What a model is worth and what the gate said of it, as `metrics.json` of its package holds it. */
export const judgementSchema = z.object({ evaluation, gate: gate.nullable() });
