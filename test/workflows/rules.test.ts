import { describe, expect, it } from 'vitest';
import { dispatchFindings } from './dispatch-rules.ts';
import { languageFindings } from './language-service.ts';
import { actionSurface, workflowFindings } from './workflow-rules.ts';

const CHECKOUT = `uses: actions/checkout@${'3d3c42e5'.repeat(5)} # v7.0.1`;
const GOOD = `on:
  schedule:
    - cron: '41 6 * * *'
permissions: {}
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: 20
    permissions:
      contents: read
    steps:
      - ${CHECKOUT}
        with:
          persist-credentials: false
      - id: made
        uses: ./actions/make
        with:
          what: a model
      - env:
          MADE: \${{ steps.made.outputs.path }}
        run: echo "$MADE"
`;
const actions = new Map([
  [
    './actions/make',
    actionSurface(
      'inputs: { database-url: {}, what: { required: true }, token: { required: true, default: x }, how: {} }\noutputs: { path: {} }',
    ),
  ],
]);

/** The good workflow with one change. */
function planted(from: string, to: string): string {
  if (!GOOD.includes(from)) throw new Error(`not in the workflow: ${from}`);
  return GOOD.replace(from, to);
}

it('finds nothing in a workflow that follows the rules', async () => {
  expect(workflowFindings(GOOD, actions)).toEqual([]);
  expect(await languageFindings('.github/workflows/good.yml', GOOD)).toEqual([]);
});

it.each([
  ['permissions: {}', 'permissions: { contents: read }', 'the workflow does not set permissions: {}'],
  ['    permissions:\n      contents: read\n', '', 'test: does not set permissions'],
  [
    '    permissions:\n      contents: read\n',
    '    permissions: write-all\n',
    'test: does not set permissions',
  ],
  ['    timeout-minutes: 20\n', '', 'test: has no timeout-minutes'],
  [
    '          what: a model\n',
    '          what: a model\n          database-url: x\n',
    'test: uses the ratings outside the concurrency group cinematch with queue: max',
  ],
  [
    'schedule:\n    - cron: ',
    'pull_request_target:\n  schedule:\n    - cron: ',
    'pull_request_target runs untrusted code with secrets',
  ],
  ["'41 6 * * *'", "'0 6 * * *'", 'the schedule "0 6 * * *" is not at one odd minute'],
  ["'41 6 * * *'", "'30 6 * * *'", 'the schedule "30 6 * * *" is not at one odd minute'],
  ["'41 6 * * *'", "'*/5 6 * * *'", 'the schedule "*/5 6 * * *" is not at one odd minute'],
  [
    'echo "$MADE"',
    `echo "\${{ steps.made.outputs.path }}"`,
    `test: an expression inside run: echo "\${{ steps.made.outputs.path }}"`,
  ],
  ['persist-credentials: false', 'fetch-depth: 0', 'test: checkout leaves its token on the disk'],
  ['what: a model', 'what: a model\n          waht: a model', 'test: ./actions/make has no input "waht"'],
  ['what: a model', 'how: fast', 'test: ./actions/make needs the input "what"'],
  [
    'uses: ./actions/make',
    'uses: ./actions/mkae',
    'test: ./actions/mkae is not an action of this repository',
  ],
  ['outputs.path', 'outputs.paht', 'test: ./actions/make has no output "paht"'],
  ['steps.made', 'steps.maid', 'test: reads outputs of "maid", which is not a step of the job'],
  [
    CHECKOUT,
    'uses: actions/checkout@v7',
    'actions/checkout@v7 is not pinned to a commit with its version in a comment',
  ],
])('finds %j changed to %j', (from, to, finding) => {
  expect(workflowFindings(planted(from, to), actions)).toContain(finding);
});

it('finds a pinned action without its version', () => {
  expect(workflowFindings(planted(' # v7.0.1', ''), actions)).toHaveLength(1);
});

it.each([
  ['timeout-minutes', 'timeout-minute', "8: Unexpected value 'timeout-minute'"],
  ['steps.made', 'steps.maid', '20: Context access might be invalid: maid'],
  ["'41 6 * * *'", "'41 6 * *'", '3: Invalid cron expression'],
  ['steps.made.outputs.path', 'steps.made.outputs.path ||', '20: '],
])('reports what GitHub refuses: %j changed to %j', async (from, to, finding) => {
  const findings = await languageFindings('.github/workflows/bad.yml', planted(from, to));
  expect(findings.join('\n')).toContain(finding);
});

it('reports what GitHub refuses in an action', async () => {
  const text = 'name: x\ndescription: y\nruns:\n  using: node99\n  mein: index.ts\n';
  expect(await languageFindings('actions/x/action.yml', text)).toEqual(
    expect.arrayContaining(["4: Unexpected value 'node99'", "5: Unexpected value 'mein'"]),
  );
});

describe('dispatches', () => {
  const workflows = {
    train: 'on: { workflow_dispatch: { inputs: { reason: {}, issue: { required: true } } } }',
    ci: 'on: push',
  };
  const findingsIn = (call: string) => dispatchFindings({ 'a.ts': `\nawait ${call};` }, workflows).findings;

  it('finds nothing when the workflow has the inputs', () => {
    expect(findingsIn("forge.dispatch('train', {\n  reason: 'drift',\n  issue,\n})")).toEqual([]);
  });
  it.each([
    ["forge.dispatch('tarin', {})", 'a.ts:2: there is no workflow tarin.yml'],
    ["forge.dispatch('ci', {})", 'a.ts:2: ci.yml cannot be dispatched'],
    ["forge.dispatch('train', { issue, raeson: 'drift' })", 'a.ts:2: train.yml has no input "raeson"'],
    ["forge.dispatch('train', { reason })", 'a.ts:2: train.yml needs the input "issue"'],
    ["const TRAIN = 'train'; forge.dispatch(TRAIN, { reason })", 'a.ts:2: train.yml needs the input "issue"'],
    ['forge.dispatch(name, { reason })', 'a.ts:2 cannot be read: name, { reason }'],
    ["forge.dispatch('train', inputs)", "a.ts:2 cannot be read: 'train', inputs"],
  ])('finds %s', (call, finding) => {
    expect(findingsIn(call)).toEqual([finding]);
  });
});
