import { z } from 'zod';
import { STRATEGIES } from '../model/model.ts';
import { countByStrategy, type Evaluation } from './evaluation.ts';
import { COMPARED_METRICS, type MetricName, metricsBy, REPORTED_METRICS } from './metric-names.ts';

const count = z.int().nonnegative();
const value = z.number().nullable().default(null);

/** Metrics as they are stored: one that was not measured when they were written is null. */
export const storedMetrics = <N extends MetricName>(names: readonly N[]) =>
  z.object(metricsBy(names, () => value));

const segment = z.object({
  ...storedMetrics(COMPARED_METRICS).shape,
  ratings: count,
  rankedUsers: count,
  ...storedMetrics(REPORTED_METRICS).shape,
  intervals: count.default(0),
});

/** What is stored of a segment, in the order it is written. */
export const SEGMENT_KEYS = segment.keyof().options;

/** An evaluation as this release or an earlier one stored it. */
export const evaluationSchema: z.ZodType<Evaluation> = segment.extend({
  warm: segment,
  cold: segment,
  strategies: z.partialRecord(z.enum(STRATEGIES), count).transform(countByStrategy),
});
