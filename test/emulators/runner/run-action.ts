import { mkdtempSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Contexts, expand } from './expressions.ts';
import { ALONE, githubContext, githubVariables, type RunFacts } from './github-context.ts';
import type { Machine } from './machine.ts';
import { runStepProcess, type StepRun } from './run-step.ts';
import { readAction } from './workflow.ts';

const TIMEOUT_MINUTES = 10;

export interface ActionStart {
  readonly machine: Machine;
  /** The folder with `action.yml`. */
  readonly action: string;
  /** Where the process runs: the checkout. */
  readonly workspace: string;
  /** What `with:` gives, expressions evaluated. What it leaves out has the default of `action.yml`. */
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** What is known of the run; a test needs to say only what matters to it. */
  readonly facts?: Partial<RunFacts>;
  /** Contexts beside `github` that defaults may use. */
  readonly contexts?: Contexts;
  /** Of the artifact service. Only actions are given it, scripts are not. */
  readonly results?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly masks?: readonly string[];
  /** `RUNNER_TEMP`, shared by the steps of a job. */
  readonly temp?: string;
  readonly timeoutMs?: number;
}

/** Starts an action's entry as the GitHub runner does: `node <folder>/<main>`, inputs as `INPUT_…` variables. */
export function runAction(start: ActionStart): Promise<StepRun> {
  const { machine, workspace } = start;
  const temp = start.temp ?? mkdtempSync(join(machine.folder, 'temp-'));
  const github = githubContext({ ...ALONE, workspace, ...start.facts });
  const action = readAction(start.action);
  const event = join(temp, 'event.json');
  writeFileSync(event, JSON.stringify(github['event']));
  const token = start.facts?.token;
  return runStepProcess({
    command: process.execPath,
    args: [join(resolve(start.action), action.runs.main)],
    cwd: workspace,
    temp,
    timeoutMs: start.timeoutMs ?? TIMEOUT_MINUTES * 60_000,
    secrets: [...(start.secrets ?? []), ...(token === undefined ? [] : [token])],
    masks: start.masks ?? [],
    env: {
      ...machine.environment,
      RUNNER_TEMP: temp,
      ...githubVariables(github),
      GITHUB_EVENT_PATH: event,
      ...start.env,
      ...start.results,
      ...inputVariables(action.inputs, start.with ?? {}, { ...start.contexts, github }),
    },
  });
}

/** Upper case, spaces as underscores, dashes as they are. Inputs `action.yml` does not know are handed over too. */
function inputVariables(
  known: Readonly<Record<string, { readonly default?: string | undefined }>>,
  given: Readonly<Record<string, string>>,
  contexts: Contexts,
): Readonly<Record<string, string>> {
  const values = {
    ...Object.fromEntries(
      Object.entries(known).map(([name, input]) => [name, expand(input.default ?? '', contexts)]),
    ),
    ...given,
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      value,
    ]),
  );
}
