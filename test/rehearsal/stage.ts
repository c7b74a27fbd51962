import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type EmulatedGithub, startGithub } from '../emulators/github/start-github.ts';
import { packagesOfJobs } from '../emulators/runner/bundled-packages.ts';
import type { TriggerEvent } from '../emulators/runner/events.ts';
import { knownActions } from '../emulators/runner/known-actions.ts';
import { type Machine, prepareMachine } from '../emulators/runner/machine.ts';
import { workflowRunEvent } from '../emulators/runner/payloads.ts';
import { openQueues } from '../emulators/runner/queues.ts';
import { runWorkflow, type WorkflowResult } from '../emulators/runner/run-workflow.ts';
import { readWorkflow, workflowFiles } from '../emulators/runner/workflow.ts';
import { copyRepository } from '../emulators/runner/workspace.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Stands in for GitHub's own program, which asks a service for the attestation of a file. */
const GH = `if [ "$1 $2" = 'attestation verify' ] && [ -s "$3" ] && [ "$6 $7" = '--source-ref refs/heads/main' ]; then echo "verified (rehearsed): $(basename "$3")"; exit 0; fi
echo "gh $*: not part of the rehearsal" >&2
exit 1`;

/** Where a rehearsal takes place: the workflows of this checkout, a GitHub and a machine to run them on. */
export interface Stage {
  readonly github: EmulatedGithub;
  readonly machine: Machine;
  /** The repository: what is written here is in every checkout from then on. */
  readonly source: string;
  /** Every run, in their order. */
  readonly runs: readonly RehearsedRun[];
  /** Runs a workflow for an event, and whatever it hands over to, until nothing is left to run. */
  play(file: string, event: TriggerEvent): Promise<void>;
  /** The schedule of a workflow, as an event. */
  scheduled(file: string): TriggerEvent;
  close(): Promise<void>;
}

export interface RehearsedRun extends WorkflowResult {
  readonly seconds: number;
}

export interface StageOptions {
  /** A repository on a plan without attestations. @default false */
  readonly privateRepository?: boolean;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
  /** Told of every run as it ends. */
  readonly onRun?: (run: RehearsedRun) => void;
  readonly onDispatch?: (workflow: string, inputs: Readonly<Record<string, string>>) => void;
  /**
   * Called after every run, to run it again as by *Re-run all jobs*. What a second run hands over to is run
   * as well, but only once.
   */
  readonly again?: (runAgain: () => Promise<RehearsedRun>, github: EmulatedGithub) => Promise<void>;
  /** While it says so, every run is started twice at the same moment. */
  readonly together?: () => boolean;
}

/** @throws Error for a workflow the rehearsal does not know, before anything runs. */
export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const machine = prepareMachine({ gh: GH });
  const source = join(machine.folder, 'repository');
  mkdirSync(source);
  copyRepository(ROOT, source);
  const files = workflowFiles(source);
  const privateRepository = options.privateRepository ?? false;
  const github = await startGithub({
    private: privateRepository,
    workflows: Object.fromEntries(files.map((file) => [file, dispatchable(source, file)])),
  });
  const known = knownActions({
    // Every commit holds what this checkout does.
    checkout: () => source,
    attestations: privateRepository ? 'refused' : 'given',
  });
  const nodeModules = await packagesOfJobs(ROOT);
  const queues = openQueues();
  const runs: RehearsedRun[] = [];
  const run = async (
    file: string,
    event: TriggerEvent,
    again?: { readonly runId: number; readonly attempt: number },
  ): Promise<RehearsedRun | null> => {
    const started = performance.now();
    const result = await runWorkflow({
      github,
      machine,
      source,
      file,
      event,
      known,
      nodeModules,
      secrets: options.secrets ?? {},
      vars: options.vars ?? {},
      privateRepository,
      queues,
      ...(again === undefined ? {} : { again }),
    });
    if (result === null) return null;
    const rehearsed = { ...result, seconds: (performance.now() - started) / 1000 };
    runs.push(rehearsed);
    options.onRun?.(rehearsed);
    return rehearsed;
  };
  const play = async (file: string, event: TriggerEvent, twice: boolean): Promise<void> => {
    const [first] = await Promise.all([
      run(file, event),
      ...(options.together?.() === true ? [run(file, event)] : []),
    ]);
    if (!first) throw new Error(`${file} is not for the event ${event.name}`);
    const over = workflowRunEvent({ ...first, headSha: github.sha });
    for (const follower of files) if (isFollower(source, follower)) await run(follower, over);
    const asked = takeAll(github).map((dispatch) => ({ ...dispatch, twice }));
    if (twice) {
      await options.again?.(async () => (await run(file, event, first)) ?? first, github);
      asked.push(...takeAll(github).map((dispatch) => ({ ...dispatch, twice: false })));
    }
    for (const { workflow, inputs, twice: alsoTwice } of asked) {
      options.onDispatch?.(workflow, inputs);
      await play(workflow, { name: 'workflow_dispatch', payload: { inputs }, actor: BOT }, alsoTwice);
    }
  };
  return {
    github,
    machine,
    source,
    runs,
    play: (file, event) => play(file, event, options.again !== undefined),
    scheduled: (file) => {
      const [first] = (readWorkflow(source, file).on['schedule'] ?? []) as readonly { cron: string }[];
      return { name: 'schedule', payload: { schedule: first?.cron } };
    },
    close: async () => {
      await github.stop();
      machine.remove();
    },
  };
}

/** What starts a run that was dispatched by another. */
const BOT = 'github-actions[bot]';

function takeAll(github: EmulatedGithub) {
  const taken: { readonly workflow: string; readonly inputs: Readonly<Record<string, string>> }[] = [];
  for (;;) {
    const next = github.takeDispatch();
    if (next === null) return taken;
    taken.push(next);
  }
}

/** Whether a workflow waits for others to end. */
function isFollower(source: string, file: string): boolean {
  return 'workflow_run' in readWorkflow(source, file).on;
}

/** What a dispatch of the workflow may carry. */
function dispatchable(source: string, file: string) {
  const { on } = readWorkflow(source, file);
  if (!('workflow_dispatch' in on)) return { inputs: null };
  const { inputs = {} } = (on['workflow_dispatch'] ?? {}) as {
    inputs?: Readonly<Record<string, { required?: boolean }>>;
  };
  const required = Object.keys(inputs).filter((name) => inputs[name]?.required === true);
  return { inputs: Object.keys(inputs), required };
}
