import { z } from 'zod';
import { COMPARED_METRICS } from '../../evaluate/metric-names.ts';
import { OperatorError } from '../../lib/errors.ts';
import { type ModelCheck, SEGMENTS } from './compare-scores.ts';
import {
  checkedDataSchema,
  checkedModelSchema,
  line,
  MAX_BYTES,
  MAX_SECONDS,
  problemsOf,
} from './model-check-schema.ts';

const SCHEMA = 1;
const MAX_FILE_BYTES = 1_000_000;

/** Metrics are stars up to five or shares; a base may have predicted beyond the scale. */
const value = z.number().min(-10).max(10).nullable();
const titles = z.array(line(200)).max(10);
const sides = <T extends z.ZodType>(side: T) => z.object({ base: side.nullable(), head: side });

const metric = z.object({
  metric: z.enum(COMPARED_METRICS),
  segment: z.enum(SEGMENTS),
  base: value,
  head: value,
  difference: value,
  interval: z.tuple([z.number().min(-10).max(10), z.number().min(-10).max(10)]).nullable(),
  rule: line(200).nullable(),
  passed: z.boolean().nullable(),
  meaning: z.enum(['better', 'worse', 'same']).nullable(),
});

const schema = z
  .object({
    schema: z.literal(SCHEMA),
    conclusion: z.enum(['pass', 'fail', 'neutral']),
    obstacle: z.enum(['no-base', 'other-data', 'other-protocol']).nullable(),
    metrics: z.array(metric).max(COMPARED_METRICS.length * SEGMENTS.length),
    personas: z
      .array(
        z.object({
          name: line(60),
          description: line(200),
          before: titles.nullable(),
          after: titles,
          gained: titles,
          lost: titles,
          overlap: z.int().min(0).max(10).nullable(),
        }),
      )
      .max(10),
    model: sides(checkedModelSchema),
    fitSeconds: sides(z.number().min(0).max(MAX_SECONDS)),
    modelBytes: sides(z.int().min(0).max(MAX_BYTES)),
    data: checkedDataSchema,
    confidence: z.number().min(0.5).max(0.999),
    resamples: z.int().min(1).max(1e6),
    seed: z.int(),
  })
  .refine(
    ({ metrics }) =>
      new Set(metrics.map(({ metric: name, segment }) => `${name} ${segment}`)).size === metrics.length,
    { path: ['metrics'], message: 'a metric appears twice' },
  )
  .refine(({ conclusion, obstacle, metrics }) => conclusion === concludedFrom(obstacle, metrics), {
    path: ['conclusion'],
    message: 'it does not follow from the rules',
  });

function concludedFrom(
  obstacle: ModelCheck['obstacle'],
  metrics: readonly Pick<ModelCheck['metrics'][number], 'passed'>[],
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
export function readModelCheck(bytes: Uint8Array): ModelCheck {
  if (bytes.length > MAX_FILE_BYTES) {
    throw refusal(`it has ${bytes.length} bytes, but the limit is ${MAX_FILE_BYTES}`);
  }
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw refusal('it is not JSON');
  }
  const result = schema.safeParse(content);
  if (!result.success) throw refusal(problemsOf(result.error));
  const { schema: _, ...check } = result.data;
  return check;
}

function refusal(problem: string): OperatorError {
  return new OperatorError(
    'artifact-invalid',
    `The model check cannot be used: ${problem}.`,
    'Run the workflow model-check of the pull request again.',
  );
}
