import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { OperatorError } from '../../lib/errors.ts';

/**
 * Reads a JSON file of another job or process and checks it against a schema.
 *
 * @throws OperatorError `artifact-invalid` that names the file and all its problems.
 */
export async function readArtifactFile<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw unusable(path, 'it cannot be read', cause);
  });
  return parseArtifactFile(bytes, path, schema);
}

/** As `readArtifactFile`, for bytes that were read already. */
export function parseArtifactFile<T>(bytes: Uint8Array, path: string, schema: z.ZodType<T>): T {
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

/** The error for an unusable file between two steps of a training. */
export function unusable(path: string, problem: string, cause?: unknown): OperatorError {
  return new OperatorError(
    'artifact-invalid',
    `${path} cannot be used: ${problem}.`,
    'Train again from the start; on GitHub: re-run all jobs of the workflow.',
    { cause },
  );
}
