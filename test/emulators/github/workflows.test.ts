import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Ask, asker } from './ask.ts';
import { type EmulatedGithub, startGithub } from './start-github.ts';

let github: EmulatedGithub;
let bot: Ask;

beforeEach(async () => {
  github = await startGithub({
    workflows: {
      'train.yml': { inputs: ['reason', 'issue'], required: ['reason'] },
      'ci.yml': { inputs: null },
    },
  });
  bot = asker(github, await github.jobToken({ actions: 'write', deployments: 'write' }));
});
afterEach(() => github.stop());

const dispatch = (body: unknown, file = 'train.yml') =>
  bot(`POST /actions/workflows/${file}/dispatches`, body);

it('keeps what is dispatched until somebody takes it, oldest first', async () => {
  for (const reason of ['drift', 'manual']) {
    expect((await dispatch({ ref: 'main', inputs: { reason } })).status).toBe(204);
  }
  expect(github.takeDispatch()).toMatchObject({
    workflow: 'train.yml',
    ref: 'main',
    inputs: { reason: 'drift' },
  });
  expect(github.dispatches.map(({ taken }) => taken)).toEqual([true, false]);
  expect(github.takeDispatch()?.inputs).toEqual({ reason: 'manual' });
  expect(github.takeDispatch()).toBeNull();
});

// https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event; the messages as
// https://github.com/convictional/trigger-workflow-and-wait/pull/4 and
// https://github.com/elastic/terraform-provider-elasticstack/pull/1829 quote them.
it.each([
  ['an unknown workflow', { ref: 'main' }, 'none.yml', 404, 'Not Found'],
  [
    'one that has no such trigger',
    { ref: 'main' },
    'ci.yml',
    422,
    "does not have 'workflow_dispatch' trigger",
  ],
  ['an unknown input', { ref: 'main', inputs: { reason: 'x', why: 'y' } }, 'train.yml', 422, '["why"]'],
  ['a missing input', { ref: 'main', inputs: {} }, 'train.yml', 422, "Required input 'reason'"],
  [
    'an unknown ref',
    { ref: 'nowhere', inputs: { reason: 'x' } },
    'train.yml',
    422,
    'No ref found for: nowhere',
  ],
  ['a number', { ref: 'main', inputs: { reason: 1 } }, 'train.yml', 422, 'is not a string'],
])('dispatches nothing for %s', async (_, body, file, status, message) => {
  const answer = await dispatch(body, file);
  expect([answer.status, answer.body.message]).toEqual([status, expect.stringContaining(message)]);
  expect(github.dispatches).toEqual([]);
});

it('says that GitHub has disabled a workflow, and then dispatches none', async () => {
  expect((await bot('GET /actions/workflows/train.yml')).body.state).toBe('active');
  github.setWorkflowState('train.yml', 'disabled_inactivity');
  expect((await bot('GET /actions/workflows/train.yml')).body.state).toBe('disabled_inactivity');
  expect((await dispatch({ ref: 'main', inputs: { reason: 'drift' } })).status).toBe(422);
});

// https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-workflow
it('lists the runs of a workflow, newest first, by branch, event and status', async () => {
  const createdAt = new Date('2026-01-05T03:17:00Z');
  const first = github.startRun({ workflow: 'train.yml', event: 'schedule', createdAt });
  github.finishRun(first.runId, 'failure');
  const second = github.startRun({ workflow: 'train.yml', event: 'workflow_dispatch' });
  github.startRun({ workflow: 'ci.yml', event: 'push' });
  const listed = async (query: string) => {
    const { body } = await bot(`GET /actions/workflows/train.yml/runs?${query}`);
    return body.workflow_runs.map(({ id }: { id: number }) => id);
  };
  expect(await listed('')).toEqual([second.runId, first.runId]);
  expect(await listed('event=schedule')).toEqual([first.runId]);
  expect(await listed('status=failure')).toEqual([first.runId]);
  expect(await listed('status=in_progress&branch=main')).toEqual([second.runId]);
  expect((await bot(`GET /actions/runs/${first.runId}`)).body).toMatchObject({
    status: 'completed',
    conclusion: 'failure',
    event: 'schedule',
    created_at: '2026-01-05T03:17:00Z',
  });
});

// https://docs.github.com/en/rest/deployments/deployments#create-a-deployment
it('keeps deployments with their payload, newest first, one environment at a time', async () => {
  for (const version of [1, 2]) {
    const body = { ref: github.sha, payload: { version }, required_contexts: [], auto_merge: false };
    expect((await bot('POST /deployments', body)).status).toBe(201);
  }
  await bot('POST /deployments', { ref: 'main', environment: 'preview', required_contexts: [] });
  const { body } = await bot('GET /deployments?environment=production');
  expect(body.map(({ payload }: { payload: { version: number } }) => payload.version)).toEqual([2, 1]);
  expect(body[0]).toMatchObject({ sha: github.sha, production_environment: true });
  expect((await bot('POST /deployments', { ref: 'nowhere', required_contexts: [] })).status).toBe(422);
});

// "By default, commit statuses for every submitted context must be in a success state."
it('deploys no commit whose run is under way, unless no context is required', async () => {
  const { runId } = github.startRun({ workflow: 'train.yml', event: 'schedule' });
  expect((await bot('POST /deployments', { ref: 'main' })).status).toBe(409);
  expect((await bot('POST /deployments', { ref: 'main', required_contexts: [] })).status).toBe(201);
  github.finishRun(runId, 'success');
  expect((await bot('POST /deployments', { ref: 'main' })).status).toBe(201);
});

// https://docs.github.com/en/rest/deployments/statuses#create-a-deployment-status
it('makes earlier deployments inactive, except those to production', async () => {
  const states: Record<string, string> = {};
  for (const environment of ['preview', 'production']) {
    const made: number[] = [];
    for (let i = 0; i < 2; i++) {
      const { body } = await bot('POST /deployments', { ref: 'main', environment, required_contexts: [] });
      await bot(`POST /deployments/${body.id}/statuses`, { state: 'success' });
      made.push(body.id);
    }
    states[environment] = (await bot(`GET /deployments/${made[0]}/statuses`)).body[0].state;
  }
  expect(states).toEqual({ preview: 'inactive', production: 'success' });
  const { body } = await bot('POST /deployments', { ref: 'main', required_contexts: [] });
  expect((await bot(`POST /deployments/${body.id}/statuses`, { state: 'done' })).status).toBe(422);
});
