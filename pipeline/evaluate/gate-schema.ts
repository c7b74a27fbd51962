import { z } from 'zod';
import type { GateDecision } from './evaluation.ts';
import { evaluationSchema } from './evaluation-schema.ts';
import { GATE_METRICS, gateBarSchema, withBar } from './gate-bar.ts';

const metric = z.number().nullable();
const interval = z.tuple([z.number(), z.number()]);
const count = z.int().nonnegative();

/** Schema of a gate decision that this or an earlier release stored. */
export const gateSchema: z.ZodType<GateDecision> = z.object({
  outcome: z.enum(['promote', 'refuse']),
  reason: z.enum(['first-model', 'drift', 'manual']),
  rules: z.array(
    z
      .object({
        metric: z.enum(GATE_METRICS),
        champion: metric,
        challenger: metric,
        difference: metric,
        interval: interval.nullable(),
        bar: gateBarSchema.nullable().optional(),
        rule: z.string().max(500).optional(),
        passed: z.boolean(),
      })
      .transform(withBar),
  ),
  champion: evaluationSchema,
  challenger: evaluationSchema,
  holdout: z.object({ ratings: count, users: count, from: z.int().nullable(), to: z.int().nullable() }),
  confidence: z.number(),
  resamples: count,
  seed: z.int(),
});
