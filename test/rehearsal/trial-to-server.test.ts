import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectStore } from '../../pipeline/store/connect.ts';
import { listModels } from '../../pipeline/store/models.ts';
import { createDatabase } from '../support/postgres.ts';
import { storeState } from '../support/store-state.ts';
import { openStage, type RehearsedRun, type Stage } from './stage.ts';

const postgresUrl = inject('postgresUrl');

/** A fork begins without secrets and gets a database server when it has a champion. */
describe.runIf(postgresUrl !== null)('a trial that goes on on a server', () => {
  const secrets: Record<string, string> = {};
  let stage: Stage;
  let databaseUrl: string;
  beforeAll(async () => {
    databaseUrl = await createDatabase(postgresUrl!, `cinematch_trial_${process.pid}`);
    stage = await openStage({ secrets });
    await stage.play('bootstrap.yml', dispatch());
    secrets['DATABASE_URL'] = databaseUrl;
  });
  afterAll(() => stage.close());

  const dispatch = (inputs: Readonly<Record<string, string>> = {}) => ({
    name: 'workflow_dispatch' as const,
    payload: { inputs },
  });
  const play = async (file: string, inputs?: Readonly<Record<string, string>>) => {
    const before = stage.runs.length;
    await stage.play(file, dispatch(inputs));
    return stage.runs.slice(before);
  };
  const conclusions = (runs: readonly RehearsedRun[]) =>
    runs.map(({ workflow, conclusion }) => `${workflow} ${conclusion}`);
  async function onServer() {
    const store = await connectStore({ databaseUrl, directory: '' });
    try {
      return { state: await storeState(store), models: await listModels(store) };
    } finally {
      await store.close();
    }
  }

  it('has a champion, and every summary says how to go on with a server', () => {
    expect(conclusions(stage.runs)).toEqual(['bootstrap success', 'train success', 'deploy success']);
    expect(stage.runs[0]?.summary).toContain('gh workflow run bootstrap.yml -f carry-over=true');
  });

  it('with the empty database, says at once which way out works, and loads nothing', async () => {
    const runs = await play('bootstrap.yml');
    expect(conclusions(runs)).toEqual(['bootstrap failure']);
    expect(runs[0]?.summary).toContain('model-v1');
    expect(runs[0]?.summary).toContain('gh workflow run bootstrap.yml -f carry-over=true');
    expect((await onServer()).state.batches).toBe(0);
    const [ingest] = await play('ingest.yml');
    expect(ingest?.conclusion).toBe('success');
    expect(ingest?.summary).toContain('carry-over=true');
  });

  it('carries everything over, loads no data set, and trains nothing anew', async () => {
    const runs = await play('bootstrap.yml', { 'carry-over': 'true' });
    expect(conclusions(runs)).toEqual(['bootstrap success']);
    expect(runs[0]?.summary).toMatch(/carried over: [\d,]+ rows in \d+ tables are equal/);
    expect(runs[0]?.summary).toContain('Model v1 serves.');
    const { state, models } = await onServer();
    expect(state).toMatchObject({ batches: 2, partial: [] });
    expect(models.map(({ version, status }) => [version, status])).toEqual([[1, 'champion']]);
  });

  it('finds it there when it runs again', async () => {
    const before = await onServer();
    const runs = await play('bootstrap.yml', { 'carry-over': 'true' });
    expect(conclusions(runs)).toEqual(['bootstrap success']);
    expect(runs[0]?.summary).toContain('had been carried over before');
    expect(await onServer()).toEqual(before);
  });

  it('takes in the next week on the server, and refuses to carry over onto it', async () => {
    expect(conclusions(await play('ingest.yml'))).toEqual(['ingest success', 'drift success']);
    const before = await onServer();
    expect(before.state.batches).toBe(3);
    const runs = await play('bootstrap.yml', { 'carry-over': 'true' });
    expect(conclusions(runs)).toEqual(['bootstrap failure']);
    expect(runs[0]?.summary).toContain('state-conflict');
    expect(await onServer()).toEqual(before);
    expect(conclusions(await play('bootstrap.yml'))).toEqual(['bootstrap success']);
  });
});
