import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { data } from '@actions/expressions';
import type { ExpressionFunction } from './expressions.ts';

/** `success()`, `failure()`, `cancelled()` and `always()`, by what is so when they are asked. */
export function statusFunctions(now: {
  readonly success: () => boolean;
  readonly failure: () => boolean;
}): readonly ExpressionFunction[] {
  return [
    predicate('success', now.success),
    predicate('failure', now.failure),
    predicate('cancelled', () => false),
    predicate('always', () => true),
  ];
}

/** `hashFiles(pattern, …)` over a workspace: nothing when no file matches. */
export function hashFilesIn(workspace: string): ExpressionFunction {
  return {
    name: 'hashFiles',
    minArgs: 1,
    maxArgs: 255,
    call: (...patterns) => {
      const files = globSync(
        patterns.map((pattern) => pattern.coerceString()),
        { cwd: workspace },
      )
        .map((path) => join(workspace, path))
        .filter((path) => statSync(path).isFile())
        .sort();
      const digests = files.map((file) => createHash('sha256').update(readFileSync(file)).digest());
      return new data.StringData(
        files.length === 0 ? '' : createHash('sha256').update(Buffer.concat(digests)).digest('hex'),
      );
    },
  };
}

function predicate(name: string, holds: () => boolean): ExpressionFunction {
  return { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(holds()) };
}
