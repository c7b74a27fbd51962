import { z } from 'zod';
import { COMPARED_METRICS } from '../../evaluate/metric-names.ts';
import { OperatorError } from '../../lib/errors.ts';
import { checkedDataSchema, checkedModelSchema } from './scores.ts';
import { bytes, line, readJson, seconds } from './untrusted-json.ts';

/** All users of the holdout, those with training ratings, those without. */
export const SEGMENTS = ['all', 'warm', 'cold'] as const;
export type Segment = (typeof SEGMENTS)[number];

const SCHEMA = 1;
const MAX_FILE_BYTES = 1_000_000;

/** Metrics are stars up to five or shares; a base may have predicted beyond the scale. */
const value = z.number().min(-10).max(10);
const titles = z.array(line(200)).max(10).readonly();
const sides = <T extends z.ZodType>(side: T) => z.object({ base: side.nullable(), head: side });

/** A metric of base and head. Null where it is undefined, or where there is no base. */
const metricComparison = z.object({
  metric: z.enum(COMPARED_METRICS),
  segment: z.enum(SEGMENTS),
  base: value.nullable(),
  head: value.nullable(),
  /** Head minus base. */
  difference: value.nullable(),
  interval: z.tuple([value, value]).readonly().nullable(),
  /** The rule of the gate in words; null for a metric that is only reported. */
  rule: line(200).nullable(),
  passed: z.boolean().nullable(),
  /** `same`: the interval contains zero. Null without an interval or a better direction. */
  meaning: z.enum(['better', 'worse', 'same']).nullable(),
});
export type MetricComparison = z.infer<typeof metricComparison>;

/** How a persona's recommendations changed. Without a base, `before` is null and nothing changed. */
const personaChange = z.object({
  name: line(60),
  description: line(200),
  /** Titles, best first. */
  before: titles.nullable(),
  after: titles,
  /** Titles that are only on the new list, in its order, and titles that are only on the old one. */
  gained: titles,
  lost: titles,
  /** How many movies are on both lists. */
  overlap: z.int().min(0).max(10).nullable(),
});
export type PersonaChange = z.infer<typeof personaChange>;

const modelCheck = z.object({
  /** The gate's decision; `neutral` when there is nothing to compare with. */
  conclusion: z.enum(['pass', 'fail', 'neutral']),
  /** Why base and head cannot be compared: the base cannot be measured, the ratings differ, or the evaluation differs. */
  obstacle: z.enum(['no-base', 'other-data', 'other-protocol']).nullable(),
  /** Every metric in every segment. */
  metrics: z
    .array(metricComparison)
    .max(COMPARED_METRICS.length * SEGMENTS.length)
    .readonly(),
  personas: z.array(personaChange).max(10).readonly(),
  model: sides(checkedModelSchema),
  fitSeconds: sides(seconds),
  modelBytes: sides(bytes),
  /** The data of the head. */
  data: checkedDataSchema,
  confidence: z.number().min(0.5).max(0.999),
  resamples: z.int().min(1).max(1e6),
  seed: z.int(),
});
/** The effect of a code change on the model. */
export type ModelCheck = z.infer<typeof modelCheck>;

const schema = modelCheck
  .extend({ schema: z.literal(SCHEMA) })
  .refine(
    ({ metrics }) =>
      new Set(metrics.map(({ metric, segment }) => `${metric} ${segment}`)).size === metrics.length,
    { path: ['metrics'], message: 'a metric appears twice' },
  )
  .refine(({ conclusion, obstacle, metrics }) => conclusion === concludedFrom(obstacle, metrics), {
    path: ['conclusion'],
    message: 'it does not follow from the rules',
  });

export function concludedFrom(
  obstacle: ModelCheck['obstacle'],
  metrics: ModelCheck['metrics'],
): ModelCheck['conclusion'] {
  if (obstacle !== null) return 'neutral';
  return metrics.some(({ passed }) => passed === false) ? 'fail' : 'pass';
}

/** A check as a file that one workflow run writes for another. */
export function modelCheckJson(check: ModelCheck): string {
  return `${JSON.stringify({ schema: SCHEMA, ...check }, null, 2)}\n`;
}

/**
 * Reads a check that untrusted code has written. Its numbers may be false, but it can only become a report of a
 * check: sizes, lengths and ranges are bounded. The caller must escape its text.
 *
 * @throws OperatorError `artifact-invalid` that names the field.
 */
export function readModelCheck(file: Uint8Array): ModelCheck {
  if (file.length > MAX_FILE_BYTES) {
    throw refusal(`it has ${file.length} bytes, but the limit is ${MAX_FILE_BYTES}`);
  }
  const { schema: _, ...check } = readJson(file, schema, refusal);
  return check;
}

function refusal(problem: string): OperatorError {
  return new OperatorError(
    'artifact-invalid',
    `The model check cannot be used: ${problem}.`,
    'Run the workflow model-check of the pull request again.',
  );
}
