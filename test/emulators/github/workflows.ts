import { OWNER, REPO, repoPath, SERVER_URL, timestamp } from './names.ts';
import { json, type Reply } from './origin.ts';
import { type ApiCall, bodyOf, notFound, page, type Route, unprocessable } from './routes.ts';

export type WorkflowState = 'active' | 'disabled_inactivity' | 'disabled_manually';

/** A workflow file and what a dispatch may carry; null for one that cannot be dispatched. */
export interface KnownWorkflow {
  readonly inputs: readonly string[] | null;
  readonly required?: readonly string[];
}

export interface Dispatched {
  /** As it was asked for: `train.yml`. */
  readonly workflow: string;
  readonly ref: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly at: Date;
  /** Who asked. */
  readonly by: string;
  readonly taken: boolean;
}

export interface Run {
  readonly id: number;
  readonly workflow: string;
  readonly event: string;
  readonly headBranch: string;
  readonly headSha: string;
  /** Whether the branch is one of a fork. */
  readonly fork: boolean;
  readonly createdAt: Date;
  conclusion: string | null;
}

export interface WorkflowStore {
  readonly routes: readonly Route[];
  readonly runs: Run[];
  readonly dispatches: Dispatched[];
  /** Files of the workflows that were asked to be enabled. */
  readonly enabled: readonly string[];
  take(): Dispatched | null;
  setState(workflow: string, state: WorkflowState): void;
}

interface WorkflowOptions {
  readonly apiUrl: string;
  readonly repositoryId: number;
  /** By file name. Without, every workflow exists and takes any input. */
  readonly known: Readonly<Record<string, KnownWorkflow>> | undefined;
  resolve(ref: string): Promise<string | null>;
}

/**
 * Workflows and their runs as https://docs.github.com/en/rest/actions/workflows and
 * https://docs.github.com/en/rest/actions/workflow-runs have them. Nothing runs: whoever plays the runner
 * registers runs and takes dispatches. The `emulate` package cannot be given workflows.
 */
export function openWorkflows({ apiUrl, repositoryId, known, resolve }: WorkflowOptions): WorkflowStore {
  const runs: Run[] = [];
  const dispatches: Dispatched[] = [];
  const states = new Map<string, WorkflowState>();
  const enabled: string[] = [];
  const numbers = new Map<string, number>();

  const exists = (file: string): boolean =>
    known === undefined ? /\.ya?ml$/.test(file) : Object.hasOwn(known, file);
  const idOf = (file: string): number => {
    if (!numbers.has(file)) numbers.set(file, numbers.size + 1);
    return numbers.get(file)!;
  };
  const show = (file: string): Record<string, unknown> => ({
    id: idOf(file),
    name: file.replace(/\.ya?ml$/, ''),
    path: `.github/workflows/${file}`,
    state: states.get(file) ?? 'active',
    url: `${apiUrl}${repoPath(`/actions/workflows/${idOf(file)}`)}`,
    html_url: `${SERVER_URL}/${OWNER}/${REPO}/blob/main/.github/workflows/${file}`,
  });
  const showRun = (run: Run): Record<string, unknown> => ({
    id: run.id,
    name: run.workflow.replace(/\.ya?ml$/, ''),
    path: `.github/workflows/${run.workflow}`,
    workflow_id: idOf(run.workflow),
    event: run.event,
    status: run.conclusion === null ? 'in_progress' : 'completed',
    conclusion: run.conclusion,
    head_branch: run.headBranch,
    head_sha: run.headSha,
    run_attempt: 1,
    created_at: timestamp(run.createdAt),
    run_started_at: timestamp(run.createdAt),
    updated_at: timestamp(run.createdAt),
    url: `${apiUrl}${repoPath(`/actions/runs/${run.id}`)}`,
    html_url: `${SERVER_URL}/${OWNER}/${REPO}/actions/runs/${run.id}`,
    repository: { id: repositoryId, full_name: `${OWNER}/${REPO}` },
    head_repository: { id: headRepositoryId(run, repositoryId), fork: run.fork },
    // GitHub leaves it empty for branches of forks, so nobody may count on it.
    pull_requests: [],
  });
  const listed = (call: ApiCall, of: readonly Run[]): Reply => {
    const matching = of.filter(
      (run) =>
        [
          ['branch', run.headBranch],
          ['event', run.event],
          ['head_sha', run.headSha],
        ].every(([name = '', value]) => [null, value].includes(call.query.get(name))) &&
        [null, run.conclusion === null ? 'in_progress' : 'completed', run.conclusion].includes(
          call.query.get('status'),
        ),
    );
    const newest = matching.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || b.id - a.id);
    const { items, headers } = page(call, apiUrl, newest);
    return json(200, { total_count: newest.length, workflow_runs: items.map(showRun) }, headers);
  };

  const dispatch = async (call: ApiCall): Promise<Reply> => {
    const file = call.params['workflow'] ?? '';
    if (!exists(file)) return notFound();
    const body = bodyOf(call);
    const ref = String(body['ref'] ?? '');
    if (ref === '') return unprocessable('Invalid request.\n\n"ref" wasn\'t supplied.');
    const accepted = known?.[file];
    if (accepted?.inputs === null) return unprocessable("Workflow does not have 'workflow_dispatch' trigger");
    if ((states.get(file) ?? 'active') !== 'active') {
      return unprocessable("Cannot trigger a 'workflow_dispatch' on a disabled workflow");
    }
    if ((await resolve(ref)) === null) return unprocessable(`No ref found for: ${ref}`);
    const given = (body['inputs'] ?? {}) as Record<string, unknown>;
    const unexpected = Object.keys(given).filter((name) => accepted?.inputs?.includes(name) === false);
    if (unexpected.length > 0) {
      return unprocessable(`Unexpected inputs provided: ${JSON.stringify(unexpected)}`);
    }
    const missing = (accepted?.required ?? []).find((name) => given[name] === undefined);
    if (missing !== undefined) return unprocessable(`Required input '${missing}' not provided`);
    // "The maximum number of properties is 25", 65,535 characters in all.
    if (Object.keys(given).length > 25 || JSON.stringify(given).length > 65_535) {
      return unprocessable('you may only define up to 25 `inputs` for a `workflow_dispatch` event');
    }
    const wrong = Object.values(given).find((value) => typeof value !== 'string');
    if (wrong !== undefined)
      return unprocessable(`For 'properties/inputs', ${String(wrong)} is not a string.`);
    dispatches.push({
      workflow: file,
      ref,
      inputs: given as Record<string, string>,
      at: new Date(),
      by: call.actor.login,
      taken: false,
    });
    return { status: 204 };
  };

  const routes: Route[] = [
    { route: 'POST /actions/workflows/:workflow/dispatches', needs: 'actions=write', answer: dispatch },
    {
      route: 'GET /actions/workflows/:workflow',
      needs: 'actions=read',
      answer: (call) => {
        const file = call.params['workflow'] ?? '';
        return exists(file) ? json(200, show(file)) : notFound();
      },
    },
    {
      route: 'PUT /actions/workflows/:workflow/enable',
      needs: 'actions=write',
      answer: (call) => {
        const file = call.params['workflow'] ?? '';
        if (!exists(file)) return notFound();
        states.set(file, 'active');
        enabled.push(file);
        return { status: 204 };
      },
    },
    {
      route: 'GET /actions/workflows/:workflow/runs',
      needs: 'actions=read',
      answer: (call) => {
        const file = call.params['workflow'] ?? '';
        if (!exists(file)) return notFound();
        return listed(
          call,
          runs.filter(({ workflow }) => workflow === file),
        );
      },
    },
    { route: 'GET /actions/runs', needs: 'actions=read', answer: (call) => listed(call, runs) },
    {
      route: 'GET /actions/runs/:id',
      needs: 'actions=read',
      answer: (call) => {
        const run = runs.find(({ id }) => String(id) === call.params['id']);
        return run === undefined ? notFound() : json(200, showRun(run));
      },
    },
  ];
  const take = (): Dispatched | null => {
    const at = dispatches.findIndex(({ taken }) => !taken);
    const found = dispatches[at];
    if (found === undefined) return null;
    dispatches[at] = { ...found, taken: true };
    return dispatches[at];
  };
  return { routes, runs, dispatches, enabled, take, setState: (file, state) => void states.set(file, state) };
}

/** Of a fork another than this repository's. */
export function headRepositoryId(run: Run, repositoryId: number): number {
  return run.fork ? repositoryId + 1_000 : repositoryId;
}
