import { matchesGlob } from 'node:path';
import { z } from 'zod';
import type { Workflow } from './workflow.ts';

/** What starts a run: the event's name and payload as GitHub sends it, and the branch or commit it is about. */
export interface TriggerEvent {
  readonly name:
    | 'workflow_dispatch'
    | 'schedule'
    | 'issue_comment'
    | 'workflow_run'
    | 'pull_request'
    | 'push';
  readonly payload: Readonly<Record<string, unknown>>;
  readonly actor?: string;
  /** `refs/heads/main` where left out. */
  readonly ref?: string;
  readonly sha?: string;
  /** From a fork: no secrets, and a token that only reads. */
  readonly fork?: boolean;
  /** Of a pull request or push, for `paths:`. */
  readonly changedFiles?: readonly string[];
}

export type InputContext = Readonly<Record<string, string | number | boolean>>;

const words = z.union([z.string().transform((word) => [word]), z.array(z.string())]);
const filters = {
  types: words.optional(),
  branches: words.optional(),
  'branches-ignore': words.optional(),
  paths: words.optional(),
};
const input = z.strictObject({
  description: z.string().optional(),
  required: z.boolean().prefault(false),
  type: z.enum(['string', 'number', 'boolean', 'choice', 'environment']).prefault('string'),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  options: z.array(z.union([z.string(), z.number()])).optional(),
});
const trigger = {
  workflow_dispatch: z.strictObject({ inputs: z.record(z.string(), input).nullish() }).nullish(),
  schedule: z.array(z.strictObject({ cron: z.string(), timezone: z.string().optional() })),
  issue_comment: z.strictObject(filters).nullish(),
  pull_request: z.strictObject(filters).nullish(),
  push: z.strictObject(filters).nullish(),
  workflow_run: z.strictObject({ ...filters, workflows: words }),
};

/**
 * Whether the event starts the workflow, by its `on:`. For `workflow_dispatch` it says what GitHub would answer
 * instead of starting it.
 *
 * @returns the inputs of the run, empty but for `workflow_dispatch`; null when the event is none of the workflow's.
 * @throws Error for inputs that GitHub refuses.
 */
export function admit(workflow: Workflow, event: TriggerEvent): InputContext | null {
  if (!(event.name in workflow.on)) return null;
  const stated = workflow.on[event.name];
  const { payload } = event;
  switch (event.name) {
    case 'workflow_dispatch': {
      const { inputs } = trigger.workflow_dispatch.parse(stated) ?? {};
      return readInputs(inputs ?? {}, (payload['inputs'] ?? {}) as Record<string, string>);
    }
    case 'schedule':
      return trigger.schedule.parse(stated).some(({ cron }) => cron === payload['schedule']) ? {} : null;
    case 'workflow_run': {
      const { workflows, types } = trigger.workflow_run.parse(stated);
      const { name } = payload['workflow_run'] as { name: string };
      return workflows.includes(name) && accepts(types, payload['action']) ? {} : null;
    }
    case 'issue_comment': {
      const { types } = trigger.issue_comment.parse(stated) ?? {};
      return accepts(types, payload['action']) ? {} : null;
    }
    case 'pull_request':
    case 'push': {
      const stating = trigger[event.name].parse(stated) ?? {};
      const usual = event.name === 'push' ? undefined : ['opened', 'synchronize', 'reopened'];
      const { base } = (payload['pull_request'] ?? {}) as { base?: { ref: string } };
      const branch = base?.ref ?? (event.ref ?? '').replace('refs/heads/', '');
      const changed = event.changedFiles ?? [];
      const here =
        accepts(stating.types ?? usual, payload['action']) &&
        (stating.branches === undefined || matchesAny([branch], stating.branches)) &&
        (stating.paths === undefined || matchesAny(changed, stating.paths));
      return here ? {} : null;
    }
  }
}

function accepts(types: readonly string[] | undefined, action: unknown): boolean {
  return types === undefined || types.includes(String(action));
}

function matchesAny(names: readonly string[], patterns: readonly string[]): boolean {
  const negated = patterns.find((pattern) => pattern.startsWith('!'));
  if (negated !== undefined) throw new Error(`the pattern ${negated} is not known to the rehearsal`);
  return names.some((name) => patterns.some((pattern) => matchesGlob(name, pattern)));
}

/** Inputs arrive as text. Booleans and numbers are such in the `inputs` context. */
function readInputs(
  declared: Readonly<Record<string, z.output<typeof input>>>,
  given: Readonly<Record<string, string>>,
): InputContext {
  const unexpected = Object.keys(given).filter((name) => !(name in declared));
  if (unexpected.length > 0) throw new Error(`Unexpected inputs provided: ${unexpected.join(', ')}`);
  const values = Object.entries(declared).map(([name, { required, type, options, ...rest }]) => {
    const text = given[name] ?? (rest.default === undefined ? '' : String(rest.default));
    if (required && text === '') throw new Error(`Required input '${name}' not provided`);
    if (type === 'boolean') {
      if (!['', 'true', 'false'].includes(text)) throw new Error(`Input '${name}' is no boolean: ${text}`);
      return [name, text === 'true'];
    }
    if (type === 'number' && text !== '') {
      if (Number.isNaN(Number(text))) throw new Error(`Input '${name}' is no number: ${text}`);
      return [name, Number(text)];
    }
    if (type === 'choice' && text !== '' && !(options ?? []).map(String).includes(text))
      throw new Error(`Provided value '${text}' for input '${name}' not in the list of allowed values`);
    return [name, text];
  });
  return Object.fromEntries(values);
}
