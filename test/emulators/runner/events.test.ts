import { expect, it } from 'vitest';
import { admit, type TriggerEvent } from './events.ts';
import { project } from './project.ts';
import { readWorkflow } from './workflow.ts';

const workflow = (on: string) =>
  readWorkflow(
    project({
      '.github/workflows/test.yml': `on: ${on}\njobs: { test: { runs-on: x, steps: [{ run: 'true' }] } }`,
    }),
    'test.yml',
  );
const dispatch = (inputs: Readonly<Record<string, string>>): TriggerEvent => ({
  name: 'workflow_dispatch',
  payload: { inputs },
});
const TYPED = `
  workflow_dispatch:
    inputs:
      version: { required: true }
      reason: { type: choice, options: [drift, manual], default: manual }
      dry-run: { type: boolean, default: true }
      seed: { type: number }
      note: { type: string }
`;

it('reads inputs by their types and fills in defaults', () => {
  expect(admit(workflow(TYPED), dispatch({ version: '13', 'dry-run': 'false', seed: '7' }))).toEqual({
    version: '13',
    reason: 'manual',
    'dry-run': false,
    seed: 7,
    note: '',
  });
});

it.each([
  [{}, "Required input 'version' not provided"],
  [{ version: '1', verison: '1' }, 'Unexpected inputs provided: verison'],
  [{ version: '1', reason: 'mood' }, "Provided value 'mood' for input 'reason' not in the list"],
  [{ version: '1', 'dry-run': 'yes' }, "Input 'dry-run' is no boolean: yes"],
  [{ version: '1', seed: 'one' }, "Input 'seed' is no number: one"],
])('refuses the inputs %j', (inputs, message) => {
  expect(() => admit(workflow(TYPED), dispatch(inputs as Record<string, string>))).toThrow(message);
});

it.each<[string, TriggerEvent, boolean]>([
  ['workflow_dispatch', dispatch({}), true],
  ['push', dispatch({}), false],
  ["{ schedule: [{ cron: '7 5 * * *' }] }", { name: 'schedule', payload: { schedule: '7 5 * * *' } }, true],
  ["{ schedule: [{ cron: '7 5 * * *' }] }", { name: 'schedule', payload: { schedule: '9 5 * * *' } }, false],
  ['pull_request', { name: 'pull_request', payload: { action: 'opened' } }, true],
  ['pull_request', { name: 'pull_request', payload: { action: 'labeled' } }, false],
  [
    "{ pull_request: { paths: ['pipeline/**'] } }",
    { name: 'pull_request', payload: { action: 'opened' }, changedFiles: ['docs/tour.md'] },
    false,
  ],
  [
    "{ pull_request: { paths: ['pipeline/**'] } }",
    { name: 'pull_request', payload: { action: 'opened' }, changedFiles: ['pipeline/train/als.ts'] },
    true,
  ],
  ['{ push: { branches: [main] } }', { name: 'push', payload: {}, ref: 'refs/heads/other' }, false],
  [
    '{ workflow_run: { workflows: [check], types: [completed] } }',
    { name: 'workflow_run', payload: { action: 'completed', workflow_run: { name: 'check' } } },
    true,
  ],
  [
    '{ workflow_run: { workflows: [check], types: [completed] } }',
    { name: 'workflow_run', payload: { action: 'requested', workflow_run: { name: 'check' } } },
    false,
  ],
])('%s and %j: %s', (on, event, starts) => {
  expect(admit(workflow(on), event) !== null).toBe(starts);
});
