import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { OperatorError } from '../../lib/errors.ts';

/**
 * Reads a JSON file that another job or another process has left, and checks its shape.
 *
 * @throws OperatorError `artifact-invalid` that names the file and everything that is wrong with it.
 */
export async function readHandedOver<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw unusable(path, 'it cannot be read', cause);
  });
  return parseHandedOver(bytes, path, schema);
}

/** As `readHandedOver`, of bytes that were read already. */
export function parseHandedOver<T>(bytes: Uint8Array, path: string, schema: z.ZodType<T>): T {
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw unusable(path, 'it is not JSON', cause);
  }
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    (issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`,
  );
  throw unusable(path, problems.join('; '), result.error);
}

/** For a file between two steps of a training that is not what the step before has written. */
export function unusable(path: string, problem: string, cause?: unknown): OperatorError {
  return new OperatorError(
    'artifact-invalid',
    `${path} cannot be used: ${problem}.`,
    'Train again from the start; on GitHub: re-run all jobs of the workflow.',
    { cause },
  );
}
