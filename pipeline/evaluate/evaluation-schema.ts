import { z } from 'zod';
import { STRATEGIES } from '../model/model.ts';
import { countByStrategy, type Evaluation, marginOf } from './evaluation.ts';
import { COMPARED_METRICS, LIST_METRICS, metricsBy, REPORTED_METRICS } from './metric-names.ts';
import { PREQUENTIAL_METRICS, TOLD_GROUPS } from './prequential-metrics.ts';

const count = z.int().nonnegative();
const value = z.number().nullable().default(null);

/** Schema of stored metrics. A metric that did not exist when they were written is null. */
export const storedMetrics = <N extends string>(names: readonly N[]) =>
  z.object(metricsBy(names, () => value));

const segment = z.object({
  ...storedMetrics(COMPARED_METRICS).shape,
  ratings: count,
  rankedUsers: count,
  ...storedMetrics(REPORTED_METRICS).shape,
  intervals: count.default(0),
  rankable: count.nullable().default(null),
  ...storedMetrics(LIST_METRICS.map(marginOf)).shape,
});

/** The stored keys of a segment, in the order of writing. */
export const SEGMENT_KEYS = segment.keyof().options;

const toldGroup = z.object({
  ratings: count,
  users: count,
  liked: count,
  likedUsers: count,
  told: storedMetrics(PREQUENTIAL_METRICS),
  learned: storedMetrics(PREQUENTIAL_METRICS),
  intervals: z.object(
    metricsBy(PREQUENTIAL_METRICS, () => z.tuple([z.number(), z.number()]).nullable().default(null)),
  ),
});

const prequential = z.object({
  everyone: count,
  all: toldGroup,
  groups: z.partialRecord(z.enum(TOLD_GROUPS), toldGroup),
});

/** Schema of an evaluation that this or an earlier release stored. */
export const evaluationSchema: z.ZodType<Evaluation> = segment.extend({
  warm: segment,
  cold: segment,
  strategies: z.partialRecord(z.enum(STRATEGIES), count).transform(countByStrategy),
  prequential: prequential.optional(),
});
