import { z } from 'zod';
import { oneLine } from '../../lib/escape.ts';

/** Generous limits: no training takes a day, no model has a terabyte. */
export const MAX_SECONDS = 86_400;
export const MAX_BYTES = 1e12;
const MAX_COUNT = 2 ** 31 - 1;

/** One line of text of limited length, without control characters. */
export const line = (most: number) =>
  z
    .string()
    .max(most)
    .transform((text) => oneLine(text, most));

const count = z.int().min(1).max(MAX_COUNT);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** `CheckedData` from an untrusted source. */
export const checkedDataSchema = z.object({
  name: line(100),
  training: z.object({ ratings: count, users: count, movies: count, sha256 }),
  holdout: z.object({ ratings: count, users: count, rankedUsers: count, sha256 }),
  candidates: count,
});

/** `CheckedModel` from an untrusted source. */
export const checkedModelSchema = z.object({
  algorithm: line(60),
  hyperParameters: z
    .record(z.string().regex(/^[\w.-]{1,60}$/), z.number().min(-1e9).max(1e9))
    .refine((parameters) => Object.keys(parameters).length <= 50, 'more than 50 hyper-parameters'),
  seed: z.int(),
});

/** The first few problems that a schema found: `data.name: Too big`. */
export function problemsOf({ issues }: z.ZodError): string {
  const problems = issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.map(String).join('.') || '(root)'}: ${message}`);
  return oneLine(problems.join('; '), 500);
}
