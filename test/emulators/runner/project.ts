import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { knownActions } from './known-actions.ts';
import { prepareMachine } from './machine.ts';
import { type RunnerGithub, runWorkflow, type WorkflowResult, type WorkflowStart } from './run-workflow.ts';

/** A repository of a few files in a folder of its own, for one test. */
export function project(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'cinematch-project-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** A machine for one test. */
export function machine(tools: Readonly<Record<string, string>> = {}) {
  const prepared = prepareMachine(tools);
  onTestFinished(() => prepared.remove());
  return prepared;
}

interface Seen {
  /** Permissions asked for, one entry a job. */
  readonly permissions: Readonly<Record<string, string>>[];
  readonly finished: string[];
}

/** The few answers the engine itself needs; the tests with the emulated GitHub are in test/rehearsal. */
export function fewAnswers(): RunnerGithub & Seen {
  const seen: Seen = { permissions: [], finished: [] };
  return {
    ...seen,
    apiUrl: 'http://127.0.0.1:9',
    repository: { owner: 'acme', repo: 'cinematch' },
    defaultBranch: 'main',
    sha: 'a'.repeat(40),
    jobToken: async (permissions) => {
      seen.permissions.push(permissions);
      return `ghs_${String(seen.permissions.length).padStart(36, '0')}`;
    },
    resultsEnvironment: ({ runId, jobId }) => ({ ACTIONS_RUNTIME_TOKEN: `results-${runId}-${jobId}` }),
    startRun: () => ({ runId: 812 }),
    finishRun: (_, conclusion) => {
      seen.finished.push(conclusion);
    },
  };
}

/**
 * Runs one workflow text, dispatched unless said otherwise.
 *
 * @param files what else is in the repository.
 */
export async function run(
  workflow: string,
  options: Partial<WorkflowStart> & { readonly files?: Readonly<Record<string, string>> } = {},
): Promise<WorkflowResult> {
  const source = project({ '.github/workflows/test.yml': workflow, ...options.files });
  const result = await runWorkflow({
    github: fewAnswers(),
    machine: options.machine ?? machine(),
    source,
    file: 'test.yml',
    event: { name: 'workflow_dispatch', payload: {} },
    known: knownActions({ checkout: () => source, attestations: 'refused' }),
    nodeModules: join(source, 'node_modules'),
    ...options,
  });
  if (result === null) throw new Error('the event did not start the workflow');
  return result;
}
