import { z } from 'zod';
import { countByStrategy, type Evaluation, type GateDecision } from '../../evaluate/evaluation.ts';
import { GATE_METRICS, gateBarSchema, withBar } from '../../evaluate/gate-bar.ts';
import { metricsSchema } from '../../model/manifest.ts';
import { STRATEGIES } from '../../model/model.ts';

const metric = z.number().nullable();
const interval = z.tuple([z.number(), z.number()]);
const count = z.int().nonnegative();

/** What earlier releases did not measure is null in what they wrote. */
const segment = metricsSchema.extend({
  novelty: metric.default(null),
  popularityLift: metric.default(null),
  calibration: metric.default(null),
  meanDeviation: metric.default(null),
  intervals: count.default(0),
});

const evaluation: z.ZodType<Evaluation> = segment.extend({
  warm: segment,
  cold: segment,
  strategies: z.partialRecord(z.enum(STRATEGIES), count).transform(countByStrategy),
});

const gate: z.ZodType<GateDecision> = z.object({
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
  champion: evaluation,
  challenger: evaluation,
  holdout: z.object({ ratings: count, users: count, from: z.int(), to: z.int() }),
  confidence: z.number(),
  resamples: count,
  seed: z.int(),
});

/** What a model and its baselines are worth and what the gate said, as `metrics.json` of its package holds it. */
export const judgementSchema = z.object({
  evaluation,
  baselines: z.array(z.object({ algorithm: z.string().max(100), evaluation })).default([]),
  gate: gate.nullable(),
});
