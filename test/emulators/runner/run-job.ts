import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { executeStep, type StepPlace } from './execute-step.ts';
import { type Contexts, evaluateCondition, expand, expandAll } from './expressions.ts';
import { githubContext } from './github-context.ts';
import { hashFilesIn, statusFunctions } from './job-functions.ts';
import { type Annotation, masker } from './log.ts';
import type { Step } from './workflow.ts';

/** GitHub's own limit. */
const TIMEOUT_MINUTES = '360';

export interface StepResult {
  /** Its `name`, or what it uses or runs. */
  readonly title: string;
  readonly id: string | null;
  /** Before `continue-on-error`; `conclusion` is after it. */
  readonly outcome: 'success' | 'failure' | 'skipped';
  readonly conclusion: 'success' | 'failure' | 'skipped';
  readonly outputs: Readonly<Record<string, string>>;
  /** Markdown. */
  readonly summary: string;
  readonly log: string;
  readonly annotations: readonly Annotation[];
  /** Secrets written in plain, and where. */
  readonly leaks: readonly string[];
}

export interface JobResult {
  readonly result: 'success' | 'failure' | 'skipped';
  readonly outputs: Readonly<Record<string, string>>;
  readonly steps: readonly StepResult[];
  /** Of its token. */
  readonly permissions: Readonly<Record<string, string>>;
  readonly timeoutMinutes: number | null;
  readonly environment: string | null;
  readonly concurrency: string | null;
}

export type JobStart = Pick<
  StepPlace,
  'machine' | 'workflow' | 'job' | 'facts' | 'results' | 'known' | 'nodeModules'
> & {
  /** `inputs`, `vars`, `secrets`, `needs`. */
  readonly contexts: Contexts;
  readonly permissions: Readonly<Record<string, string>>;
};

/** What changes from step to step. */
interface Progress {
  env: Readonly<Record<string, string>>;
  path: readonly string[];
  masks: readonly string[];
  failed: boolean;
  readonly steps: Record<string, unknown>;
}

/** Runs the steps of a job on a machine of its own: an empty workspace that only `actions/checkout` fills. */
export async function runJob(start: JobStart): Promise<JobResult> {
  const { workflow, job, facts } = start;
  const folder = freeFolder(start.machine.folder);
  const [workspace, temp, home] = [join(folder, 'workspace'), join(folder, 'temp'), join(folder, 'home')];
  for (const path of [workspace, temp, home]) mkdirSync(path);
  const machine = { ...start.machine, environment: { ...start.machine.environment, HOME: home } };
  const eventPath = join(temp, 'event.json');
  writeFileSync(eventPath, JSON.stringify(facts.event));
  const outside = { ...start.contexts, github: githubContext({ ...facts, workspace }), strategy: {} };
  const fixed = { ...outside, runner: { os: 'Linux', arch: 'X64', temp } };
  const timeoutMinutes = Number(expand(job['timeout-minutes'] ?? TIMEOUT_MINUTES, outside));
  const secrets = [facts.token, ...Object.values(start.contexts['secrets'] as Record<string, string>)];
  const place = { ...start, machine, workspace, temp, eventPath, secrets, timeoutMinutes };

  const workflowEnv = expandAll(workflow.env, outside);
  const jobEnv = expandAll(job.env, { ...outside, env: workflowEnv });
  const progress: Progress = {
    env: { ...workflowEnv, ...jobEnv },
    path: [],
    masks: secrets,
    failed: false,
    steps: {},
  };
  const results: StepResult[] = [];
  for (const step of job.steps) {
    const result = await runOne(step, place, progress, fixed);
    results.push(result);
    if (result.conclusion === 'failure') progress.failed = true;
    const { outputs, outcome, conclusion } = result;
    if (step.id !== undefined) progress.steps[step.id] = { outputs, outcome, conclusion };
  }
  rmSync(folder, { recursive: true, force: true });
  const outputs = expandAll(job.outputs, { ...fixed, ...changing(progress) });
  const mask = masker(progress.masks);
  return {
    result: progress.failed ? 'failure' : 'success',
    // What may hold a secret is not handed on.
    outputs: Object.fromEntries(Object.entries(outputs).filter(([, value]) => mask(value) === value)),
    steps: results,
    permissions: start.permissions,
    timeoutMinutes: job['timeout-minutes'] === undefined ? null : timeoutMinutes,
    environment: job.environment === undefined ? null : expand(job.environment.name, outside),
    concurrency: job.concurrency === undefined ? null : expand(job.concurrency.group, outside),
  };
}

/** The same folder for one job after the other, as on GitHub, so that Node finds the code that it has compiled. */
function freeFolder(parent: string): string {
  for (let runner = 1; ; runner++) {
    const folder = join(parent, `runner-${runner}`);
    if (existsSync(folder)) continue;
    mkdirSync(folder);
    return folder;
  }
}

function changing({ env, steps, failed }: Progress): Contexts {
  return { env, steps, job: { status: failed ? 'failure' : 'success' } };
}

async function runOne(
  step: Step,
  place: StepPlace,
  progress: Progress,
  fixed: Contexts,
): Promise<StepResult> {
  const functions = [
    ...statusFunctions({ success: () => !progress.failed, failure: () => progress.failed }),
    hashFilesIn(place.workspace),
  ];
  const before = { ...fixed, ...changing(progress) };
  const described = {
    title: expand(
      step.name ?? step.uses?.replace(/@.*/, '') ?? step.run?.split('\n')[0] ?? '',
      before,
      functions,
    ),
    id: step.id ?? null,
  };
  if (!evaluateCondition(step.if, before, functions)) return { ...described, ...SKIPPED };
  const env = { ...progress.env, ...expandAll(step.env ?? {}, before, functions) };
  const contexts = { ...before, env };
  const { path, masks } = progress;
  const run = await executeStep(step, place, { contexts, functions, env, path, masks });
  progress.masks = [...new Set([...progress.masks, ...run.masks])];
  progress.env = { ...progress.env, ...run.env };
  progress.path = [...run.path, ...progress.path];
  const outcome = run.code === 0 ? 'success' : 'failure';
  const forgiven = expand(step['continue-on-error'] ?? 'false', contexts, functions) === 'true';
  const { outputs, summary, log, annotations, leaks } = run;
  return {
    ...described,
    outcome,
    conclusion: forgiven ? 'success' : outcome,
    outputs,
    summary,
    log,
    annotations,
    leaks,
  };
}

const SKIPPED = {
  outcome: 'skipped',
  conclusion: 'skipped',
  outputs: {},
  summary: '',
  log: '',
  annotations: [],
  leaks: [],
} as const;
