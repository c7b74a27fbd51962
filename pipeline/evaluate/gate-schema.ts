import { z } from 'zod';
import { TRAINING_REASONS } from '../lib/training-reason.ts';
import { GATE_SEGMENTS, type GateDecision } from './evaluation.ts';
import { evaluationSchema, storedMetrics } from './evaluation-schema.ts';
import { gateBarSchema, RULED_METRICS, withBar } from './gate-bar.ts';
import { COMPARED_METRICS } from './metric-names.ts';

const metric = z.number().nullable();
const interval = z.tuple([z.number(), z.number()]);
const count = z.int().nonnegative();
const compared = z.object({ ...storedMetrics(COMPARED_METRICS).shape, ratings: count, rankedUsers: count });

/** Schema of a gate decision that this or an earlier release stored. */
export const gateSchema: z.ZodType<GateDecision> = z.object({
  outcome: z.enum(['promote', 'refuse']),
  reason: z.enum(TRAINING_REASONS),
  rules: z.array(
    z
      .object({
        metric: z.enum(RULED_METRICS),
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
  served: z.object({ champion: compared, challenger: compared }).optional(),
  segments: z
    .array(
      z.object({
        knownTo: z.enum(GATE_SEGMENTS),
        users: count,
        ratings: count,
        championRmse: z.number(),
        challengerRmse: z.number(),
      }),
    )
    .optional(),
  holdout: z.object({ ratings: count, users: count, from: z.int().nullable(), to: z.int().nullable() }),
  confidence: z.number(),
  resamples: count,
  seed: z.int(),
});
