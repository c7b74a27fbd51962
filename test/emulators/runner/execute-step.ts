import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type Contexts, type ExpressionFunction, expand, expandAll } from './expressions.ts';
import { githubVariables, type RunFacts } from './github-context.ts';
import type { KnownAction } from './known-actions.ts';
import type { Machine } from './machine.ts';
import { runAction } from './run-action.ts';
import { runStepProcess, type StepRun } from './run-step.ts';
import type { Job, Step, Workflow } from './workflow.ts';

/** What every step of a job finds. */
export interface StepPlace {
  readonly machine: Machine;
  readonly workflow: Workflow;
  readonly job: Job;
  readonly facts: Omit<RunFacts, 'workspace'>;
  readonly workspace: string;
  readonly temp: string;
  readonly eventPath: string;
  /** Of the artifact service. */
  readonly results: Readonly<Record<string, string>>;
  readonly known: Readonly<Record<string, KnownAction>>;
  readonly nodeModules: string;
  readonly secrets: readonly string[];
  readonly timeoutMinutes: number;
}

/** What steps before it have left. */
export interface StepMoment {
  readonly contexts: Contexts;
  readonly functions: readonly ExpressionFunction[];
  readonly env: Readonly<Record<string, string>>;
  /** Folders that earlier steps put on the path. */
  readonly path: readonly string[];
  readonly masks: readonly string[];
}

const QUIET: Omit<StepRun, 'code'> = {
  outputs: {},
  env: {},
  path: [],
  summary: '',
  log: '',
  annotations: [],
  masks: [],
  leaks: [],
};

/**
 * Runs one step: an action of the repository, a script, or a stand-in for an action of others.
 *
 * @throws Error for what the rehearsal does not know, and for an expression inside a script, where whoever can
 * set its value can run commands.
 */
export function executeStep(step: Step, place: StepPlace, moment: StepMoment): Promise<StepRun> | StepRun {
  if (step.uses?.startsWith('./')) return executeAction(step, step.uses, place, moment);
  if (step.uses !== undefined) return standIn(step, step.uses, place, moment);
  return executeScript(step, step.run ?? '', place, moment);
}

function common(step: Step, { secrets, temp, timeoutMinutes }: StepPlace, moment: StepMoment) {
  const own = step['timeout-minutes'];
  const minutes = own === undefined ? timeoutMinutes : Number(expand(own, moment.contexts));
  return { secrets, temp, masks: moment.masks, timeoutMs: minutes * 60_000 };
}

function onPath({ machine }: StepPlace, { path }: StepMoment): Machine {
  const whole = [...path, machine.environment['PATH']].join(':');
  return { ...machine, environment: { ...machine.environment, PATH: whole } };
}

function executeAction(step: Step, uses: string, place: StepPlace, moment: StepMoment): Promise<StepRun> {
  const { workspace, facts, results } = place;
  const { contexts, functions, env } = moment;
  return runAction({
    ...common(step, place, moment),
    machine: onPath(place, moment),
    action: join(workspace, uses),
    workspace,
    with: expandAll(step.with ?? {}, contexts, functions),
    env,
    facts,
    contexts,
    results,
  });
}

function standIn(step: Step, uses: string, place: StepPlace, moment: StepMoment): StepRun {
  const known = place.known[uses.replace(/@.*/, '')];
  if (known === undefined) throw new Error(`${uses} is not known to the rehearsal`);
  const given = expandAll(step.with ?? {}, moment.contexts, moment.functions);
  const { outcome, outputs } = known({ with: given, workspace: place.workspace, temp: place.temp });
  return { ...QUIET, code: outcome === 'success' ? 0 : 1, outputs };
}

function executeScript(
  step: Step,
  script: string,
  place: StepPlace,
  moment: StepMoment,
): Promise<StepRun> | StepRun {
  if (script.includes('${{')) throw new Error(`an expression inside run: ${script}`);
  const { contexts, env } = moment;
  const preset = { ...place.workflow.defaults?.run, ...place.job.defaults?.run };
  const folder = expand(step['working-directory'] ?? preset['working-directory'] ?? '', contexts);
  const cwd = join(place.workspace, folder);
  if (/^\s*npm ci\b/.test(script)) return installDependencies(cwd, place.nodeModules);
  const shell = step.shell ?? preset.shell;
  if (shell !== undefined && shell !== 'bash')
    throw new Error(`the shell ${shell} is not known to the rehearsal`);
  return runStepProcess({
    ...common(step, place, moment),
    command: 'bash',
    // Without `shell:` a pipe fails only by its last command, as on GitHub.
    args: [...(shell === undefined ? ['-e'] : ['--noprofile', '--norc', '-eo', 'pipefail']), '-c', script],
    cwd,
    env: {
      ...onPath(place, moment).environment,
      RUNNER_TEMP: place.temp,
      ...githubVariables(contexts['github'] as Record<string, unknown>),
      GITHUB_EVENT_PATH: place.eventPath,
      ...env,
    },
  });
}

/** Stands in for `npm ci`, which would ask the registry: the packages are those of this checkout. */
function installDependencies(cwd: string, nodeModules: string): StepRun {
  if (!existsSync(join(cwd, 'package-lock.json'))) {
    const message = 'npm ci needs a package-lock.json';
    return { ...QUIET, code: 1, log: message, annotations: [{ level: 'error', title: '', message }] };
  }
  if (!existsSync(join(cwd, 'node_modules'))) symlinkSync(nodeModules, join(cwd, 'node_modules'));
  return { ...QUIET, code: 0 };
}
