import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type EmulatedGithub, startGithub } from '../emulators/github/start-github.ts';
import { packagesOfJobs } from '../emulators/runner/bundled-packages.ts';
import { type Machine, prepareMachine } from '../emulators/runner/machine.ts';
import { runAction } from '../emulators/runner/run-action.ts';
import type { StepRun } from '../emulators/runner/run-step.ts';
import { copyRepository } from '../emulators/runner/workspace.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Everything a job of ours may be permitted. */
const PERMISSIONS = {
  contents: 'write',
  issues: 'write',
  actions: 'write',
  deployments: 'write',
  checks: 'write',
  'pull-requests': 'write',
} as const;

/** A checkout, a GitHub and a machine on which single actions are started. */
export interface ActionStage {
  readonly github: EmulatedGithub;
  readonly machine: Machine;
  readonly workspace: string;
  /** Begins a workflow run; the actions started until the next one share its artifacts. */
  beginRun(workflow: string): void;
  /** Starts an action on a job of its own: nothing but the checkout is there. */
  start(
    action: string,
    inputs?: Readonly<Record<string, string>>,
    options?: {
      readonly event?: Readonly<Record<string, unknown>>;
      readonly sameJob?: boolean;
      readonly env?: Readonly<Record<string, string>>;
    },
  ): Promise<StepRun>;
  close(): Promise<void>;
}

/** @param databaseUrl for every action that takes one; without it they carry the embedded database along. */
export async function openActionStage(databaseUrl?: string): Promise<ActionStage> {
  const machine = prepareMachine();
  const workspace = join(machine.folder, 'workspace');
  mkdirSync(workspace);
  copyRepository(ROOT, workspace);
  symlinkSync(await packagesOfJobs(ROOT), join(workspace, 'node_modules'));
  const github = await startGithub({
    workflows: {
      'bootstrap.yml': { inputs: ['dataset', 'carry-over'] },
      'ingest.yml': { inputs: ['batch'] },
      'drift.yml': { inputs: [] },
      'train.yml': { inputs: ['reason', 'issue'] },
      'deploy.yml': { inputs: ['version'] },
    },
  });
  const token = await github.jobToken(PERMISSIONS);
  let runId = github.startRun({ workflow: 'bootstrap.yml', event: 'workflow_dispatch' }).runId;
  let jobs = 0;
  return {
    github,
    machine,
    workspace,
    beginRun: (workflow) => {
      github.finishRun(runId, 'success');
      runId = github.startRun({ workflow: `${workflow}.yml`, event: 'workflow_dispatch' }).runId;
    },
    start: (action, inputs = {}, { event = {}, sameJob = false, env = {} } = {}) => {
      if (!sameJob) {
        for (const left of ['.cinematch', 'training-set', 'fitted-model', 'candidate', 'fetched']) {
          rmSync(join(workspace, left), { recursive: true, force: true });
        }
      }
      jobs += 1;
      const { owner, repo } = github.repository;
      return runAction({
        machine,
        action: join(workspace, 'actions', action),
        workspace,
        env,
        with: {
          ...(databaseUrl !== undefined && action !== 'report-metrics'
            ? { 'database-url': databaseUrl }
            : {}),
          ...inputs,
        },
        facts: {
          apiUrl: github.apiUrl,
          owner,
          repo,
          sha: github.sha,
          runId,
          token,
          event: { repository: { default_branch: github.defaultBranch }, ...event },
        },
        results: github.resultsEnvironment({ runId, jobId: `job-${jobs}` }),
      });
    },
    close: async () => {
      await github.stop();
      machine.remove();
    },
  };
}
