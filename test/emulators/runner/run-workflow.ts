import { admit, type InputContext, type TriggerEvent } from './events.ts';
import { type Contexts, evaluateCondition, expand } from './expressions.ts';
import { githubContext } from './github-context.ts';
import { statusFunctions } from './job-functions.ts';
import { ancestorsOf, effectivePermissions, inOrder } from './job-graph.ts';
import type { KnownAction } from './known-actions.ts';
import type { Machine } from './machine.ts';
import type { Queues } from './queues.ts';
import { type JobResult, runJob } from './run-job.ts';
import { readWorkflow, type Workflow } from './workflow.ts';

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
  /** Shared by runs that overlap; without, nothing waits. */
  readonly queues?: Queues;
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
  const head = headOf(start);
  const fork = event.fork ?? false;
  const { runId } = again ?? github.startRun({ workflow: file, event: event.name, ...head, fork });
  const run = { start, workflow, inputs, runId, attempt: again === undefined ? 1 : again.attempt + 1 };
  const group = concurrencyGroup(workflow.concurrency, {
    inputs,
    vars: start.vars ?? {},
    github: githubContext({ ...runFacts(run, ''), job: '', workspace: '' }),
  });
  const jobs = await inTurn(start, group, () => runJobs(run));
  const conclusion = Object.values(jobs).some(({ result }) => result === 'failure') ? 'failure' : 'success';
  github.finishRun(runId, conclusion);
  const { attempt } = run;
  return { workflow: workflow.name, file, event, runId, attempt, conclusion, jobs, ...gathered(jobs) };
}

/** A run that was let in. */
interface Run {
  readonly start: WorkflowStart;
  readonly workflow: Workflow;
  readonly inputs: InputContext;
  readonly runId: number;
  readonly attempt: number;
}

/** Runs all jobs, each after those it needs. */
async function runJobs(run: Run): Promise<Readonly<Record<string, JobResult>>> {
  const { start, workflow, inputs, runId } = run;
  const { github, event } = start;
  const fork = event.fork ?? false;
  const jobs: Record<string, JobResult> = {};
  for (const [id, job] of inOrder(workflow.jobs)) {
    const permissions = effectivePermissions(id, job, workflow, fork);
    const token = await github.jobToken(permissions);
    const facts = { ...runFacts(run, token), job: id };
    const contexts: Contexts = {
      inputs,
      vars: start.vars ?? {},
      secrets: { ...(fork ? {} : start.secrets), GITHUB_TOKEN: token },
      needs: Object.fromEntries(
        job.needs.map((need) => [need, { result: jobs[need]?.result, outputs: jobs[need]?.outputs }]),
      ),
    };
    const { secrets: _, ...beforehand } = contexts;
    const known = { ...beforehand, github: githubContext({ ...facts, workspace: '' }) };
    const ancestors = ancestorsOf(id, workflow.jobs).map((need) => jobs[need]?.result);
    const functions = statusFunctions({
      success: () => ancestors.every((result) => result === 'success'),
      failure: () => ancestors.includes('failure'),
    });
    if (!evaluateCondition(job.if, known, functions)) {
      jobs[id] = SKIPPED;
      continue;
    }
    const results = github.resultsEnvironment({
      runId,
      jobId: id,
      headBranch: headOf(start).headBranch,
      fork,
    });
    const whole = { ...start, workflow, job, facts, contexts, permissions, results };
    jobs[id] = await inTurn(start, concurrencyGroup(job.concurrency, known), () => runJob(whole));
  }
  return jobs;
}

function inTurn<T>({ queues }: WorkflowStart, group: string | null, work: () => Promise<T>): Promise<T> {
  return queues === undefined ? work() : queues(group, work);
}

function concurrencyGroup(stated: Workflow['concurrency'], contexts: Contexts): string | null {
  return stated === undefined ? null : expand(stated.group, contexts);
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

function runFacts({ start, workflow, runId, attempt }: Run, token: string) {
  const { github, event, privateRepository } = start;
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
    runId,
    attempt,
  };
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
