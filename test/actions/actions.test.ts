/**
 * Every action by itself, started as the runner starts it: outputs, summary, exit code. One life of a
 * pipeline, because each action works with what those before it have left.
 */
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import type { Ratings } from '../../pipeline/ratings/ratings.ts';
import { formatCount } from '../../pipeline/reports/numbers.ts';
import { prepareDataset } from '../../pipeline/source/prepare.ts';
import { generateRatings } from '../../pipeline/source/synthetic.ts';
import { syntheticWeeks } from '../../pipeline/source/synthetic-weeks.ts';
import { startVercel } from '../emulators/vercel/start-vercel.ts';
import { REHEARSED_SIZE, useFewerRatings } from '../rehearsal/fewer-ratings.ts';
import { createDatabase } from '../support/postgres.ts';
import { type ActionStage, openActionStage } from './action-stage.ts';

/** What the workspace generates: the first ratings, and the weeks that follow. */
const { train, batches } = prepareDataset(
  generateRatings(syntheticWeeks({ ...REHEARSED_SIZE, seed: 1, weeks: 3, drift: 1 })).ratings,
  { weeks: 3 },
);
const firstRatings = formatCount(train.length);
const week = batches[0] as Ratings;

let stage: ActionStage;
beforeAll(async () => {
  // A server answers sooner; the rehearsal carries the embedded database from run to run.
  const server = inject('postgresUrl');
  stage = await openActionStage(
    server === null ? undefined : await createDatabase(server, `cinematch_actions_${process.pid}`),
  );
  useFewerRatings(stage.workspace);
});
afterAll(() => stage.close());

test('detect-drift before the first model has nothing to compare with', async () => {
  const run = await stage.start('detect-drift');
  expect(run).toMatchObject({ code: 0, outputs: { verdict: 'no-champion', decision: 'wait', issue: '' } });
  expect(run.summary).toContain('bootstrap');
});

test('ingest-ratings before the initial load takes nothing', async () => {
  const run = await stage.start('ingest-ratings');
  expect(run).toMatchObject({ code: 0, outputs: { taken: '0', new: '0', rejected: '0' } });
  expect(run.annotations.map(({ level }) => level)).toEqual(['notice']);
});

test('ingest-ratings makes the initial load, says what is not set, and asks for a model', async () => {
  stage.beginRun('bootstrap');
  const run = await stage.start('ingest-ratings', { initial: 'configured', secrets: 'DATABASE_URL=false' });
  expect(run.annotations.filter(({ level }) => level === 'error')).toEqual([]);
  expect(run).toMatchObject({ code: 0, outputs: { taken: '2', rejected: '0' } });
  expect(run.summary).toContain('DATABASE\\_URL');
  expect(stage.github.takeDispatch()).toMatchObject({ workflow: 'train.yml', inputs: { reason: 'manual' } });
});

test('ingest-ratings has nothing to carry over where no run has left an embedded database', async () => {
  const server = inject('postgresUrl');
  // Never connected to: the artifact is looked for first.
  const run = await stage.start('ingest-ratings', {
    initial: 'configured',
    'carry-over': 'true',
    'database-url': server ?? 'postgres://nobody@127.0.0.1:1/none',
  });
  if (server === null) return expect(run.code).toBe(1);
  expect([run.code, run.annotations[0]?.title]).toEqual([1, 'ingest-ratings: artifact-invalid']);
  expect(run.annotations[0]?.message).toContain('There is no embedded database to carry over');
});

test('train-model exports, trains, evaluates and reads the gate, and publish-model releases', async () => {
  stage.beginRun('train');
  const exported = await stage.start('train-model', { step: 'export' });
  expect(exported).toMatchObject({ code: 0, outputs: { status: 'train', version: '1' } });
  expect(exported.summary).toContain(firstRatings);

  const trained = await stage.start('train-model', { step: 'train' });
  expect(trained).toMatchObject({ code: 0, outputs: { version: '1' } });
  expect(trained.summary).toContain(firstRatings);

  const evaluated = await stage.start('train-model', { step: 'evaluate' });
  expect(evaluated).toMatchObject({ code: 0, outputs: { version: '1' } });
  expect(evaluated.summary).toContain('RMSE');

  const gated = await stage.start('train-model', { step: 'gate' });
  expect(gated).toMatchObject({ code: 0, outputs: { outcome: 'promote', version: '1' } });

  const fetched = await stage.start('publish-model', { step: 'fetch' });
  expect(fetched).toMatchObject({
    code: 0,
    outputs: {
      version: '1',
      model: 'candidate/package/model.safetensors',
      manifest: 'candidate/package/manifest.json',
    },
  });
  const published = await stage.start('publish-model', { step: 'release' }, { sameJob: true });
  expect(published).toMatchObject({ code: 0, outputs: { outcome: 'released', version: '1' } });
  expect(published.summary).toContain('model-v1');
  expect(stage.github.takeDispatch()).toMatchObject({ workflow: 'deploy.yml', inputs: { version: '1' } });
});

test('train-model trains nothing a second time while the model waits for its deployment', async () => {
  stage.beginRun('train');
  const again = await stage.start('train-model', { step: 'export' });
  expect(again).toMatchObject({ code: 0, outputs: { status: 'awaiting-deployment', version: '1' } });
  expect(stage.github.takeDispatch()).toMatchObject({ workflow: 'deploy.yml', inputs: { version: '1' } });
});

test('deploy-model fetches a release, promotes it, and does so once', async () => {
  stage.beginRun('deploy');
  const fetched = await stage.start('deploy-model', { step: 'fetch', version: '1' });
  expect(fetched).toMatchObject({
    code: 0,
    outputs: {
      version: '1',
      model: 'fetched/model-v1/model.safetensors',
      manifest: 'fetched/model-v1/manifest.json',
      attested: 'false',
    },
  });
  const other = await stage.start('deploy-model', { version: '1', verified: 'ab'.repeat(32) });
  expect([other.code, other.annotations[0]?.title]).toEqual([1, 'deploy-model: model-invalid']);
  const verified = fetched.outputs['digest'] ?? '';
  const deployed = await stage.start('deploy-model', { version: '1', verified });
  expect(deployed).toMatchObject({ code: 0, outputs: { version: '1', issue: '' } });
  const repeated = await stage.start('deploy-model', { version: '1', verified });
  expect(repeated).toMatchObject({ code: 0, outputs: { version: '1' } });
  expect(deployed.summary).toContain('v1');
  expect(deployed.annotations).toEqual([
    {
      level: 'notice',
      title: 'deploy-model',
      message: expect.stringContaining('the secret VERCEL_TOKEN is not set. Set it under Settings'),
    },
  ]);
});

test('deploy-model with a token goes to Vercel, and fails in words where it is not let in', async () => {
  const vercel = await startVercel();
  onTestFinished(() => vercel.stop());
  stage.beginRun('deploy');
  const fetched = await stage.start('deploy-model', { step: 'fetch', version: '1' });
  const verified = fetched.outputs['digest'] ?? '';
  const token = 'a_token_that_has_expired';
  const run = await stage.start(
    'deploy-model',
    {
      version: '1',
      verified,
      'vercel-token': token,
      'vercel-org-id': 'team_films',
      'vercel-project': 'films',
    },
    { env: { VERCEL_API: vercel.apiUrl } },
  );
  expect(run).toMatchObject({
    code: 1,
    annotations: [{ level: 'error', title: 'deploy-model: deploy-failed' }],
  });
  expect(run.annotations[0]?.message).toContain(
    'Model v1 was not deployed to Vercel project films, the project was not opened: Vercel answered 403 to GET /v9/projects/films',
  );
  expect(run.masks).toContain(token);
  expect(run.leaks).toEqual([]);
  expect(vercel.requests).toEqual(['GET /v9/projects/films']);
});

test('deploy-model deploys no version that was never trained', async () => {
  const run = await stage.start('deploy-model', { version: '9', verified: 'ab'.repeat(32) });
  expect(run.code).toBe(1);
  expect(run.annotations[0]?.title).toBe('deploy-model: model-unknown');
});

test('ingest-ratings takes the first week and has it looked at; detect-drift finds nothing in it', async () => {
  stage.beginRun('ingest');
  const ingested = await stage.start('ingest-ratings');
  expect(ingested).toMatchObject({
    code: 0,
    outputs: { taken: '1', new: String(week.length), rejected: '0' },
  });
  expect(stage.github.takeDispatch()).toMatchObject({ workflow: 'drift.yml' });
  stage.beginRun('drift');
  const checked = await stage.start('detect-drift');
  expect(checked).toMatchObject({ code: 0, outputs: { verdict: 'ok', decision: 'wait', issue: '' } });
});

test.each(['/etc/passwd', '../elsewhere.csv', '.'])('ingest-ratings reads no batch at %s', async (batch) => {
  const run = await stage.start('ingest-ratings', { batch });
  expect(run.code).toBe(1);
  expect(run.annotations[0]?.message).toContain('it takes a file or folder of the repository');
});

test('a command of somebody on an issue that is not about drift is passed over', async () => {
  const event = {
    issue: { number: 1 },
    comment: { body: '/cinematch status', created_at: '2026-03-02T06:17:00Z', user: { login: 'stranger' } },
  };
  for (const step of ['hear', 'carry-out']) {
    const run = await stage.start('run-command', { step }, { event });
    expect(run).toMatchObject({ code: 0, outputs: { outcome: 'ignored' } });
  }
});

test('nothing left this machine, and no secret was written', () => {
  expect(stage.machine.attempts()).toEqual([]);
});
