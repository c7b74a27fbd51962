import { parse } from 'yaml';

/** The inputs and outputs of an `action.yml`. */
export interface ActionSurface {
  readonly inputs: Readonly<Record<string, { readonly required?: boolean; readonly default?: unknown }>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: unknown;
  readonly 'timeout-minutes'?: unknown;
  readonly concurrency?: unknown;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on?: unknown;
  readonly permissions?: unknown;
  readonly jobs?: Readonly<Record<string, Job>>;
}

/** Reads an `action.yml`. */
export function actionSurface(text: string): ActionSurface {
  const { inputs, outputs } = parse(text) as Partial<ActionSurface>;
  return { inputs: inputs ?? {}, outputs: outputs ?? {} };
}

/**
 * Finds where a workflow breaks the rules of this repository.
 *
 * @param actions the actions of the repository by path: `./actions/train-model`.
 */
export function workflowFindings(
  text: string,
  actions: ReadonlyMap<string, ActionSurface>,
): readonly string[] {
  const workflow = parse(text) as Workflow;
  const jobs = Object.entries(workflow.jobs ?? {});
  return [
    ...triggerFindings(workflow.on),
    ...(isEmptyMap(workflow.permissions) ? [] : ['the workflow does not set permissions: {}']),
    ...jobs.flatMap(([id, job]) => [
      ...(isMap(job.permissions) ? [] : [`${id}: does not set permissions`]),
      ...(typeof job['timeout-minutes'] === 'number' ? [] : [`${id}: has no timeout-minutes`]),
      ...turnFindings(job).map((found) => `${id}: ${found}`),
      ...(job.steps ?? []).flatMap((step) => stepFindings(step, actions).map((found) => `${id}: ${found}`)),
      ...outputFindings(job, actions).map((found) => `${id}: ${found}`),
    ]),
    ...pinFindings(text),
  ];
}

/** Runs that use the ratings take turns, and none is dropped: each passes the embedded database to the next. */
function turnFindings({ concurrency, steps = [] }: Job): readonly string[] {
  const usesRatings = steps.some((step) => step.with?.['database-url'] !== undefined);
  if (!usesRatings) return [];
  const takesTurns =
    isMap(concurrency) && concurrency['group'] === 'cinematch' && concurrency['queue'] === 'max';
  return takesTurns ? [] : ['uses the ratings outside the concurrency group cinematch with queue: max'];
}

function triggerFindings(on: unknown): readonly string[] {
  const triggers = typeof on === 'string' ? [on] : Array.isArray(on) ? on : Object.keys(on ?? {});
  const schedule = (isMap(on) ? on['schedule'] : undefined) as readonly { cron: string }[] | undefined;
  return [
    ...(triggers.includes('pull_request_target')
      ? ['pull_request_target runs untrusted code with secrets']
      : []),
    // GitHub delays and drops scheduled runs at busy times, mostly at :00 and :30.
    ...(schedule ?? [])
      .filter(({ cron }) => !/^[1-5]?[13579] /.test(cron))
      .map(({ cron }) => `the schedule "${cron}" is not at one odd minute`),
  ];
}

function stepFindings(step: Step, actions: ReadonlyMap<string, ActionSurface>): readonly string[] {
  if (step.run !== undefined) {
    return step.run.includes('${{') ? [`an expression inside run: ${step.run.trim()}`] : [];
  }
  const uses = step.uses ?? '';
  if (uses.startsWith('actions/checkout@')) {
    return step.with?.['persist-credentials'] === false ? [] : ['checkout leaves its token on the disk'];
  }
  if (!uses.startsWith('./')) return [];
  const action = actions.get(uses);
  if (action === undefined) return [`${uses} is not an action of this repository`];
  const given = Object.keys(step.with ?? {});
  return [
    ...given.filter((name) => !(name in action.inputs)).map((name) => `${uses} has no input "${name}"`),
    ...Object.entries(action.inputs)
      .filter(([name, { required, default: fallback }]) => {
        return required === true && fallback === undefined && !given.includes(name);
      })
      .map(([name]) => `${uses} needs the input "${name}"`),
  ];
}

/** Outputs that a job reads and the action does not have. */
function outputFindings(job: Job, actions: ReadonlyMap<string, ActionSurface>): readonly string[] {
  const read = JSON.stringify(job).matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g);
  const findings = [...read].flatMap(([, id, output]) => {
    const step = job.steps?.find((candidate) => candidate.id === id);
    if (step === undefined) return [`reads outputs of "${id}", which is not a step of the job`];
    const action = actions.get(step.uses ?? '');
    return action === undefined || (output ?? '') in action.outputs
      ? []
      : [`${step.uses} has no output "${output}"`];
  });
  return [...new Set(findings)];
}

/** Other actions are pinned to a commit, with the version in a comment for people and Dependabot. */
function pinFindings(text: string): readonly string[] {
  return [...text.matchAll(/\buses:\s*(\S+)(.*)$/gm)]
    .filter(([, uses = '', rest = '']) => {
      const pinned = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/.test(uses) && /^ # v\d+\.\d+\.\d+$/.test(rest);
      return !uses.startsWith('./') && !pinned;
    })
    .map(([, uses]) => `${uses} is not pinned to a commit with its version in a comment`);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmptyMap(value: unknown): boolean {
  return isMap(value) && Object.keys(value).length === 0;
}
