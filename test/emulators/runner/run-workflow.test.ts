import { expect, it } from 'vitest';
import { fewAnswers, machine, project, run } from './project.ts';
import { openQueues } from './queues.ts';

const results = (result: Awaited<ReturnType<typeof run>>) =>
  Object.fromEntries(Object.entries(result.jobs).map(([id, job]) => [id, job.result]));

it('hands outputs from step to step and from job to job', async () => {
  const result = await run(`
on: workflow_dispatch
permissions: {}
jobs:
  first:
    runs-on: ubuntu-24.04
    outputs:
      doubled: \${{ steps.two.outputs.value }}
    steps:
      - id: one
        run: echo "value=21" >> "$GITHUB_OUTPUT"
      - id: two
        env:
          VALUE: \${{ steps.one.outputs.value }}
        run: printf 'value<<END\\n%s\\nEND\\n' "$((VALUE * 2))" >> "$GITHUB_OUTPUT"
  second:
    needs: first
    if: needs.first.outputs.doubled == '42'
    runs-on: ubuntu-24.04
    steps:
      - env:
          DOUBLED: \${{ needs.first.outputs.doubled }}
        run: echo "got $DOUBLED in $GITHUB_JOB" >> "$GITHUB_STEP_SUMMARY"
`);
  expect(result.conclusion).toBe('success');
  expect(result.summary).toBe('got 42 in second\n');
});

it('stops a job at the failing step, runs what asks for failures, and skips the jobs that need it', async () => {
  const result = await run(`
on: workflow_dispatch
permissions: {}
jobs:
  broken:
    runs-on: ubuntu-24.04
    steps:
      - run: exit 3
      - run: echo unreachable
      - if: failure()
        run: echo "cleaning up"
      - if: always() && steps.none.outcome == ''
        run: echo "always"
  next:
    needs: broken
    runs-on: ubuntu-24.04
    steps: [{ run: echo next }]
  after-next:
    needs: next
    if: needs.next.result == 'skipped'
    runs-on: ubuntu-24.04
    steps: [{ run: echo after }]
  report:
    needs: [next, broken]
    if: \${{ failure() && needs.next.result == 'skipped' }}
    runs-on: ubuntu-24.04
    steps: [{ run: echo reported }]
`);
  expect(result.conclusion).toBe('failure');
  expect(results(result)).toEqual({
    broken: 'failure',
    next: 'skipped',
    'after-next': 'skipped',
    report: 'success',
  });
  expect(result.jobs['broken']?.steps.map(({ outcome }) => outcome)).toEqual([
    'failure',
    'skipped',
    'success',
    'success',
  ]);
});

it('goes on after a step that may fail, and tells outcome from conclusion', async () => {
  const result = await run(`
on: workflow_dispatch
permissions: {}
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - id: attest
        continue-on-error: true
        uses: actions/attest@1e69f48acb82d1966a394da916b4c1698aa569d6
      - if: steps.attest.outcome == 'failure' && steps.attest.conclusion == 'success'
        run: echo "::notice title=Not attested::Goes on without one"
`);
  expect(result.conclusion).toBe('success');
  expect(result.jobs['test']?.steps[1]?.annotations).toEqual([
    { level: 'notice', title: 'Not attested', message: 'Goes on without one' },
  ]);
});

it('merges env of workflow, job and step, with what earlier steps add', async () => {
  const result = await run(`
on: workflow_dispatch
permissions: {}
env: { A: workflow, B: workflow, C: workflow }
jobs:
  test:
    runs-on: ubuntu-24.04
    env: { B: "job after \${{ env.A }}", C: job }
    steps:
      - run: |
          echo "D=from a step" >> "$GITHUB_ENV"
          mkdir bin && printf '#!/bin/sh\\necho tool' > bin/tool && chmod +x bin/tool
          echo "$PWD/bin" >> "$GITHUB_PATH"
      - env: { C: "step with \${{ env.D }}" }
        run: echo "$A, $B, $C, $D, $(tool)"
`);
  expect(result.jobs['test']?.steps[1]?.log).toBe(
    'workflow, job after workflow, step with from a step, from a step, tool',
  );
});

it('starts an action of the repository from the checkout, with its defaults and its inputs', async () => {
  const result = await run(
    `
on: { schedule: [{ cron: '17 5 * * 1' }] }
permissions: {}
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
      - id: greet
        uses: ./actions/greet
        with: { to whom: "\${{ vars.WHOM || 'nobody' }}", dry-run: true }
      - run: echo "$GREETING from \${GITHUB_EVENT_NAME}, results \${ACTIONS_RUNTIME_TOKEN:-none}"
        env: { GREETING: "\${{ steps.greet.outputs.greeting }}" }
`,
    {
      event: { name: 'schedule', payload: { schedule: '17 5 * * 1' } },
      vars: { WHOM: 'the world' },
      files: {
        'actions/greet/action.yml': `
name: greet
inputs:
  to whom: { required: true }
  dry-run: {}
  token: { default: "\${{ github.token }}" }
runs: { using: node24, main: index.mjs }
`,
        'actions/greet/index.mjs': `
import { appendFileSync } from 'node:fs';
const { env } = process;
appendFileSync(env.GITHUB_OUTPUT, 'greeting<<X\\nHello ' + env.INPUT_TO_WHOM + ', ' + env['INPUT_DRY-RUN'] + '\\nX\\n');
console.log(env.ACTIONS_RUNTIME_TOKEN, env.INPUT_TOKEN, process.cwd() === env.GITHUB_WORKSPACE);
`,
      },
    },
  );
  expect(result.jobs['test']?.steps.map(({ log }) => log)).toEqual([
    '',
    'results-812-test *** true',
    'Hello the world, true from schedule, results none',
  ]);
  expect(result.leaks).toEqual(['test, ./actions/greet: ghs_…01 in the log']);
});

it('gives each job a token with its own permissions and an empty workspace', async () => {
  const github = fewAnswers();
  const result = await run(
    `
on: workflow_dispatch
permissions: {}
jobs:
  writer:
    runs-on: ubuntu-24.04
    permissions: { issues: write, contents: read, checks: none }
    steps: [{ run: touch left-behind }]
  reader:
    needs: writer
    runs-on: ubuntu-24.04
    steps: [{ run: test ! -e left-behind }]
`,
    { github },
  );
  expect(result.conclusion).toBe('success');
  expect(github.permissions).toEqual([{ issues: 'write', contents: 'read' }, {}]);
  expect(github.finished).toEqual(['success']);
});

it('keeps secrets and write permissions from a fork', async () => {
  const github = fewAnswers();
  const result = await run(
    `
on: pull_request
permissions: {}
jobs:
  test:
    runs-on: ubuntu-24.04
    permissions: { checks: write }
    steps:
      - env: { URL: "\${{ secrets.DATABASE_URL }}" }
        run: test -z "$URL"
`,
    {
      github,
      secrets: { DATABASE_URL: 'postgres://secret' },
      event: { name: 'pull_request', fork: true, payload: { action: 'opened' } },
    },
  );
  expect(result.conclusion).toBe('success');
  expect(github.permissions).toEqual([{ checks: 'read' }]);
});

it('shows a script nothing of the environment it was started in', async () => {
  process.env['CINEMATCH_TEST_LEAK'] = 'from outside';
  const result = await run(`
on: workflow_dispatch
permissions: {}
jobs:
  test:
    runs-on: ubuntu-24.04
    steps: [{ run: env }]
`);
  delete process.env['CINEMATCH_TEST_LEAK'];
  const log = result.jobs['test']?.steps[0]?.log ?? '';
  expect(log).toContain('GITHUB_REPOSITORY=acme/cinematch');
  expect(log).not.toMatch(/from outside|GITHUB_TOKEN|ACTIONS_RUNTIME/);
});

it('masks what a step asks to mask, in later steps too, and reports a secret written in plain', async () => {
  const result = await run(
    `
on: workflow_dispatch
permissions: {}
jobs:
  test:
    runs-on: ubuntu-24.04
    outputs:
      url: \${{ steps.show.outputs.url }}
    steps:
      - run: echo "::add-mask::derived-value"
      - id: show
        env: { URL: "\${{ secrets.DATABASE_URL }}" }
        run: |
          echo "derived-value and $URL"
          echo "url=$URL" >> "$GITHUB_OUTPUT"
          echo "see $URL" >> "$GITHUB_STEP_SUMMARY"
`,
    { secrets: { DATABASE_URL: 'postgres://user:word@host/db' } },
  );
  expect(result.jobs['test']?.steps[1]?.log).toBe('*** and ***');
  expect(result.jobs['test']?.outputs).toEqual({});
  expect(result.summary).toBe('see ***\n');
  expect(result.leaks).toEqual([
    'test, echo "derived-value and $URL": post…db in the log',
    'test, echo "derived-value and $URL": post…db in a file for the runner',
  ]);
});

it('evaluates a condition on the labels and the author of a comment', async () => {
  const workflow = `
on: { issue_comment: { types: [created] } }
permissions: {}
jobs:
  command:
    if: >-
      !github.event.issue.pull_request &&
      contains(github.event.issue.labels.*.name, 'automated') &&
      startsWith(github.event.comment.body, '/cinematch')
    runs-on: ubuntu-24.04
    steps: [{ run: echo ran }]
`;
  const comment = (labels: readonly string[]) => ({
    name: 'issue_comment' as const,
    payload: {
      action: 'created',
      issue: { number: 1, labels: labels.map((name) => ({ name })) },
      comment: { body: '/cinematch status' },
    },
  });
  expect(results(await run(workflow, { event: comment(['drift', 'automated']) }))).toEqual({
    command: 'success',
  });
  expect(results(await run(workflow, { event: comment(['drift']) }))).toEqual({ command: 'skipped' });
});

it('runs again under the same run with the next attempt', async () => {
  const result = await run(
    `
on: workflow_dispatch
permissions: {}
jobs:
  test:
    runs-on: ubuntu-24.04
    steps: [{ run: 'echo "$GITHUB_RUN_ID attempt $GITHUB_RUN_ATTEMPT"' }]
`,
    { again: { runId: 77, attempt: 1 } },
  );
  expect(result.jobs['test']?.steps[0]?.log).toBe('77 attempt 2');
});

it('lends a program only where the test gives one', async () => {
  const workflow = `
on: workflow_dispatch
permissions: {}
jobs:
  test:
    runs-on: ubuntu-24.04
    steps: [{ run: gh attestation verify model }]
`;
  const without = machine();
  expect((await run(workflow, { machine: without })).conclusion).toBe('failure');
  expect(without.attempts()).toEqual(['gh attestation verify model']);
  expect((await run(workflow, { machine: machine({ gh: 'exit 0' }) })).conclusion).toBe('success');
});

it.each([
  [
    'a matrix',
    'strategy: { matrix: { node: [22, 24] } }',
    '[{ run: "true" }]',
    /jobs.test: Unrecognized key: "strategy"/,
  ],
  ['an action nobody stands in for', '', '[{ uses: someone/thing@v1 }]', /someone\/thing@v1 is not known/],
  ['an expression in a script', '', `[{ run: "echo \${{ github.ref }}" }]`, /an expression inside run/],
  ['a context that does not exist', '', '[{ if: matrix.x, run: "true" }]', /matrix.x.*cannot be evaluated/],
])('refuses %s', async (_, line, steps, message) => {
  const workflow = `
on: workflow_dispatch
permissions: {}
jobs:
  test:
    runs-on: ubuntu-24.04
    ${line}
    steps: ${steps}
`;
  await expect(run(workflow)).rejects.toThrow(message);
});

it('lets one job of a concurrency group run at a time', async () => {
  const workflow = `
on: workflow_dispatch
permissions: {}
jobs:
  test:
    runs-on: ubuntu-24.04
    concurrency: { group: "one-\${{ github.ref_name }}", queue: max }
    steps:
      - run: mkdir "$SHARED/lock"; sleep 0.2; rmdir "$SHARED/lock"
        env: { SHARED: "\${{ vars.SHARED }}" }
`;
  const vars = { SHARED: project({}) };
  const queues = openQueues();
  const both = await Promise.all([run(workflow, { vars, queues }), run(workflow, { vars, queues })]);
  expect(both.map(({ conclusion }) => conclusion)).toEqual(['success', 'success']);
});
