import { z } from 'zod';
import { oneLine } from '../../lib/escape.ts';

/** Generous limits: no training takes a day, no model has a terabyte. */
export const seconds = z.number().min(0).max(86_400);
export const bytes = z.int().min(0).max(1e12);

/** One line of text of limited length, without control characters. */
export const line = (most: number) =>
  z
    .string()
    .max(most)
    .transform((text) => oneLine(text, most));

/**
 * Reads JSON that untrusted code may have written.
 *
 * @param refuse makes the error: `it is not JSON`, or the first few problems: `data.name: Too big`.
 */
export function readJson<T>(
  content: Uint8Array,
  schema: z.ZodType<T>,
  refuse: (problem: string, cause: unknown) => Error,
): T {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(content));
  } catch (cause) {
    throw refuse('it is not JSON', cause);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.map(String).join('.') || '(root)'}: ${message}`);
  throw refuse(oneLine(problems.join('; '), 500), result.error);
}
