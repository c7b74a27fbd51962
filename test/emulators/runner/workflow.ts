import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const scalar = z
  .union([z.string(), z.number(), z.boolean(), z.null()])
  .transform((value) => (value === null ? '' : String(value)));
const scalars = z.record(z.string(), scalar);
const list = z.union([z.string().transform((value) => [value]), z.array(z.string())]);
const permissions = z.record(z.string(), z.enum(['read', 'write', 'none']));
const defaults = z.strictObject({
  run: z.strictObject({ shell: z.string(), 'working-directory': z.string() }).partial(),
});
const concurrency = z.union([
  z.string().transform((group) => ({ group })),
  z.looseObject({ group: z.string() }),
]);

const step = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    if: scalar,
    uses: z.string(),
    run: z.string(),
    with: scalars,
    env: scalars,
    shell: z.string(),
    'working-directory': z.string(),
    'continue-on-error': scalar,
    'timeout-minutes': scalar,
  })
  .partial()
  .refine((given) => (given.uses === undefined) !== (given.run === undefined), 'a step has uses or run');

const job = z.strictObject({
  name: z.string().optional(),
  needs: list.prefault([]),
  if: scalar.optional(),
  'runs-on': z.string(),
  permissions: permissions.optional(),
  environment: z
    .union([z.string().transform((name) => ({ name })), z.looseObject({ name: z.string() })])
    .optional(),
  concurrency: concurrency.optional(),
  outputs: scalars.prefault({}),
  env: scalars.prefault({}),
  defaults: defaults.optional(),
  'timeout-minutes': scalar.optional(),
  steps: z.array(step).min(1),
});

const workflow = z.strictObject({
  name: z.string().optional(),
  'run-name': z.string().optional(),
  on: z.union([
    z.string().transform((name) => ({ [name]: null })),
    z.array(z.string()).transform((names) => Object.fromEntries(names.map((name) => [name, null]))),
    z.record(z.string(), z.unknown()),
  ]),
  permissions: permissions.optional(),
  env: scalars.prefault({}),
  defaults: defaults.optional(),
  concurrency: concurrency.optional(),
  jobs: z.record(z.string(), job),
});

export type Workflow = z.output<typeof workflow> & {
  /** `train.yml` */
  readonly file: string;
  readonly name: string;
};
export type Job = z.output<typeof job>;
export type Step = z.output<typeof step>;

/**
 * Reads a workflow of the repository at `root`.
 *
 * @throws Error for whatever the rehearsal does not know, such as a matrix, a container or a called workflow:
 * better than to leave it out in silence.
 */
export function readWorkflow(root: string, file: string): Workflow {
  const path = `.github/workflows/${file}`;
  const result = workflow.safeParse(parse(readFileSync(join(root, path), 'utf8')));
  if (!result.success) {
    const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`${path} is not known to the rehearsal: ${problems.join('; ')}`);
  }
  return { ...result.data, file, name: result.data.name ?? path };
}

/** Names of all workflow files of the repository at `root`. */
export function workflowFiles(root: string): readonly string[] {
  return readdirSync(join(root, '.github', 'workflows')).sort();
}

const action = z.object({
  name: z.string(),
  inputs: z
    .record(z.string(), z.object({ required: z.boolean().optional(), default: scalar.optional() }))
    .nullish()
    .transform((inputs) => inputs ?? {}),
  runs: z.strictObject({ using: z.string().regex(/^node\d+$/), main: z.string() }),
});

export type Action = z.output<typeof action>;

/** @throws Error when the folder has no action that Node runs. */
export function readAction(folder: string): Action {
  const path = join(folder, 'action.yml');
  const result = action.safeParse(parse(readFileSync(path, 'utf8')));
  if (result.success) return result.data;
  throw new Error(`${path} is not known to the rehearsal: ${z.prettifyError(result.error)}`);
}
