import { parse } from 'yaml';

/** Of an `action.yml`, what the workflows that use it must agree with. */
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
 * Where a workflow breaks the rules of this repository, one sentence each.
 *
 * @param actions the repository's own, by path: `./actions/train-model`.
 */
export function workflowFindings(
  text: string,
  actions: ReadonlyMap<string, ActionSurface>,
): readonly string[] {
  const workflow = parse(text) as Workflow;
  const jobs = Object.entries(workflow.jobs ?? {});
  return [
    ...triggerFindings(workflow.on),
    ...(isEmptyMap(workflow.permissions) ? [] : ['the top does not say permissions: {}']),
    ...jobs.flatMap(([id, job]) => [
      ...(isMap(job.permissions) ? [] : [`${id}: states no permissions of its own`]),
      ...(typeof job['timeout-minutes'] === 'number' ? [] : [`${id}: has no timeout-minutes`]),
      ...turnFindings(job).map((found) => `${id}: ${found}`),
      ...(job.steps ?? []).flatMap((step) => stepFindings(step, actions).map((found) => `${id}: ${found}`)),
      ...outputFindings(job, actions).map((found) => `${id}: ${found}`),
    ]),
    ...pinFindings(text),
  ];
}

/** Runs that work with the ratings take turns, and none is dropped: an embedded database travels between them. */
function turnFindings({ concurrency, steps = [] }: Job): readonly string[] {
  const usesRatings = steps.some((step) => step.with?.['database-url'] !== undefined);
  if (!usesRatings) return [];
  const takesTurns =
    isMap(concurrency) && concurrency['group'] === 'cinematch' && concurrency['queue'] === 'max';
  return takesTurns ? [] : ['works with the ratings outside the concurrency group cinematch with queue: max'];
}

function triggerFindings(on: unknown): readonly string[] {
  const triggers = typeof on === 'string' ? [on] : Array.isArray(on) ? on : Object.keys(on ?? {});
  const schedule = (isMap(on) ? on['schedule'] : undefined) as readonly { cron: string }[] | undefined;
  return [
    ...(triggers.includes('pull_request_target')
      ? ['pull_request_target runs with secrets beside code of strangers']
      : []),
    // GitHub delays and drops schedules when everyone's are due, most at :00 and :30.
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
  if (action === undefined) return [`${uses} is no action of this repository`];
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

/** Outputs of the repository's own actions that a job reads although there are none such. */
function outputFindings(job: Job, actions: ReadonlyMap<string, ActionSurface>): readonly string[] {
  const read = JSON.stringify(job).matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g);
  const findings = [...read].flatMap(([, id, output]) => {
    const step = job.steps?.find((candidate) => candidate.id === id);
    if (step === undefined) return [`reads outputs of "${id}", which is no step of it`];
    const action = actions.get(step.uses ?? '');
    return action === undefined || (output ?? '') in action.outputs
      ? []
      : [`${step.uses} has no output "${output}"`];
  });
  return [...new Set(findings)];
}

/** Actions of others stand at one commit, with the version beside it for people and Dependabot. */
function pinFindings(text: string): readonly string[] {
  return [...text.matchAll(/\buses:\s*(\S+)(.*)$/gm)]
    .filter(([, uses = '', rest = '']) => {
      const pinned = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/.test(uses) && /^ # v\d+\.\d+\.\d+$/.test(rest);
      return !uses.startsWith('./') && !pinned;
    })
    .map(([, uses]) => `${uses} is not pinned to a commit with its version beside it`);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmptyMap(value: unknown): boolean {
  return isMap(value) && Object.keys(value).length === 0;
}
