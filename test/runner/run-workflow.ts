import { admit, type TriggerEvent } from './events.ts';
import { type Contexts, evaluateCondition } from './expressions.ts';
import { githubContext } from './github-context.ts';
import { statusFunctions } from './job-functions.ts';
import type { KnownAction } from './known-actions.ts';
import type { Machine } from './machine.ts';
import { type JobResult, runJob } from './run-job.ts';
import { type Job, readWorkflow, type Workflow } from './workflow.ts';

/** What the engine needs of GitHub. */
export interface RunnerGithub {
  readonly apiUrl: string;
  readonly repository: { readonly owner: string; readonly repo: string };
  readonly defaultBranch: string;
  readonly sha: string;
  jobToken(permissions: Readonly<Record<string, 'read' | 'write'>>): Promise<string>;
  resultsEnvironment(run: {
    readonly runId: number;
    readonly jobId: string;
    readonly headBranch?: string;
    readonly fork?: boolean;
  }): Readonly<Record<string, string>>;
  startRun(run: {
    readonly workflow: string;
    readonly event: string;
    readonly headBranch?: string;
    readonly headSha?: string;
    readonly fork?: boolean;
  }): { readonly runId: number };
  finishRun(runId: number, conclusion: 'success' | 'failure'): void;
}

export interface WorkflowStart {
  readonly github: RunnerGithub;
  readonly machine: Machine;
  /** The repository whose workflow it is: a folder of its own that no run writes to. */
  readonly source: string;
  /** `train.yml` */
  readonly file: string;
  readonly event: TriggerEvent;
  readonly known: Readonly<Record<string, KnownAction>>;
  /** Linked where a step runs `npm ci`. */
  readonly nodeModules: string;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
  readonly privateRepository?: boolean;
  /** The run that is run again, as by *Re-run all jobs*. */
  readonly again?: { readonly runId: number; readonly attempt: number };
}

export interface WorkflowResult {
  readonly workflow: string;
  readonly file: string;
  readonly event: TriggerEvent;
  readonly runId: number;
  readonly attempt: number;
  readonly conclusion: 'success' | 'failure';
  readonly jobs: Readonly<Record<string, JobResult>>;
  /** Of all steps, in their order. Markdown. */
  readonly summary: string;
  /** Secrets written in plain: job, step and where. */
  readonly leaks: readonly string[];
}

/**
 * Runs a workflow file for an event, as GitHub would, one job after the other.
 *
 * @returns null when its `on:` does not name the event.
 * @throws Error for what GitHub refuses and for what the rehearsal does not know.
 */
export async function runWorkflow(start: WorkflowStart): Promise<WorkflowResult | null> {
  const { github, file, event, again } = start;
  const workflow = readWorkflow(start.source, file);
  const inputs = admit(workflow, event);
  if (inputs === null) return null;
  const fork = event.fork ?? false;
  const head = headOf(start);
  const { runId } = again ?? github.startRun({ workflow: file, event: event.name, ...head, fork });
  const attempt = again === undefined ? 1 : again.attempt + 1;
  const jobs: Record<string, JobResult> = {};
  for (const [id, job] of inOrder(workflow.jobs)) {
    const permissions = effectivePermissions(id, job, workflow, fork);
    const token = await github.jobToken(permissions);
    const facts = { ...runFacts(start, workflow, token), runId, attempt, job: id };
    const contexts: Contexts = {
      inputs,
      vars: start.vars ?? {},
      secrets: fork ? {} : { ...start.secrets },
      needs: Object.fromEntries(
        job.needs.map((need) => [need, { result: jobs[need]?.result, outputs: jobs[need]?.outputs }]),
      ),
    };
    const ancestors = ancestorsOf(id, workflow.jobs).map((need) => jobs[need]?.result);
    const functions = statusFunctions({
      success: () => ancestors.every((result) => result === 'success'),
      failure: () => ancestors.includes('failure'),
    });
    const github_ = githubContext({ ...facts, workspace: '' });
    if (!evaluateCondition(job.if, { ...contexts, github: github_ }, functions)) {
      jobs[id] = SKIPPED;
      continue;
    }
    const results = github.resultsEnvironment({ runId, jobId: id, headBranch: head.headBranch, fork });
    const withToken = { ...contexts, secrets: { ...(contexts['secrets'] as object), GITHUB_TOKEN: token } };
    jobs[id] = await runJob({ ...start, workflow, job, facts, contexts: withToken, permissions, results });
  }
  const conclusion = Object.values(jobs).some(({ result }) => result === 'failure') ? 'failure' : 'success';
  github.finishRun(runId, conclusion);
  return { workflow: workflow.name, file, event, runId, attempt, conclusion, jobs, ...gathered(jobs) };
}

/** The branch and commit a run is about; for a pull request those of its head. */
function headOf({ github, event }: WorkflowStart) {
  const { head } = (event.payload['pull_request'] ?? {}) as { head?: { ref: string; sha: string } };
  return {
    headBranch: head?.ref ?? event.ref?.replace('refs/heads/', '') ?? github.defaultBranch,
    headSha: head?.sha ?? event.sha ?? github.sha,
  };
}

const SKIPPED: JobResult = {
  result: 'skipped',
  outputs: {},
  steps: [],
  permissions: {},
  timeoutMinutes: null,
  environment: null,
  concurrency: null,
};

function runFacts({ github, event, privateRepository }: WorkflowStart, workflow: Workflow, token: string) {
  const { owner, repo } = github.repository;
  const actor = event.actor ?? owner;
  return {
    apiUrl: github.apiUrl,
    owner,
    repo,
    sha: event.sha ?? github.sha,
    ref: event.ref ?? `refs/heads/${github.defaultBranch}`,
    workflow: workflow.name,
    workflowFile: workflow.file,
    eventName: event.name,
    event: {
      repository: {
        name: repo,
        full_name: `${owner}/${repo}`,
        owner: { login: owner },
        default_branch: github.defaultBranch,
        private: privateRepository ?? false,
      },
      sender: { login: actor },
      ...event.payload,
    },
    actor,
    token,
  };
}

/** What the job's token may do: what the job says, else the workflow; from a fork never more than reading. */
function effectivePermissions(
  id: string,
  job: Job,
  workflow: Workflow,
  fork: boolean,
): Readonly<Record<string, 'read' | 'write'>> {
  const stated = job.permissions ?? workflow.permissions;
  if (stated === undefined)
    throw new Error(`${workflow.file}: neither it nor its job ${id} states permissions`);
  const granted = Object.entries(stated).filter(([, access]) => access !== 'none');
  return Object.fromEntries(
    granted.map(([scope, access]) => [scope, fork || access === 'read' ? 'read' : 'write']),
  );
}

/** Jobs so that each comes after those it needs. */
function inOrder(jobs: Readonly<Record<string, Job>>): readonly (readonly [string, Job])[] {
  const waiting = Object.entries(jobs);
  const ordered: (readonly [string, Job])[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex(([, job]) =>
      job.needs.every((need) => ordered.some(([done]) => done === need)),
    );
    if (next < 0)
      throw new Error(`jobs that need each other or none that exist: ${waiting.map(([id]) => id)}`);
    ordered.push(...waiting.splice(next, 1));
  }
  return ordered;
}

/** All jobs that had to run before it. A skipped one far up keeps it from running too. */
function ancestorsOf(id: string, jobs: Readonly<Record<string, Job>>): readonly string[] {
  const needs = jobs[id]?.needs ?? [];
  return [...new Set([...needs, ...needs.flatMap((need) => ancestorsOf(need, jobs))])];
}

function gathered(jobs: Readonly<Record<string, JobResult>>): Pick<WorkflowResult, 'summary' | 'leaks'> {
  const steps = Object.entries(jobs).flatMap(([id, job]) => job.steps.map((step) => ({ id, step })));
  return {
    summary: steps
      .map(({ step }) => step.summary)
      .filter(Boolean)
      .join('\n'),
    leaks: steps.flatMap(({ id, step }) => step.leaks.map((leak) => `${id}, ${step.title}: ${leak}`)),
  };
}
