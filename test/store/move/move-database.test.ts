/** From one database into another, and back: all rows, verified, after interruptions too. */
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import type { OnProgress } from '../../../pipeline/lib/progress.ts';
import { detectDrift } from '../../../pipeline/stages/drift/detect-drift.ts';
import { acceptFeedback } from '../../../pipeline/store/accept-feedback.ts';
import { listApiKeys } from '../../../pipeline/store/api-keys.ts';
import { connectStore, connectToRead } from '../../../pipeline/store/connect.ts';
import { muteDrift } from '../../../pipeline/store/drift-mutes.ts';
import { migrate } from '../../../pipeline/store/migrate.ts';
import { type MoveOptions, moveDatabase, planMove } from '../../../pipeline/store/move/move-database.ts';
import type { Store } from '../../../pipeline/store/store.ts';
import { type DatabaseProxy, startDatabaseProxy } from '../../support/database-proxy.ts';
import { createEmbeddedDatabase } from '../../support/embedded-template.ts';
import { FILLED_KEY, fillEveryTable } from '../../support/every-kind-of-row.ts';
import { feedbackRequest } from '../../support/feedback-requests.ts';
import { openBootstrapped, type TestPipeline } from '../../support/pipeline.ts';
import { createDatabase } from '../../support/postgres.ts';
import { rowsDigest } from '../../support/store-state.ts';

const serverUrl = inject('postgresUrl');
/** Small, so that the tables of the tests have many slices. */
const SLICE_BYTES = 40_000;

let pipeline: TestPipeline;
let source: Store;
let before: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cinematch-move-'));
  pipeline = await openBootstrapped();
  source = pipeline.store;
  await fillEveryTable(pipeline);
  before = await contentOf(source);
});
afterAll(async () => {
  await pipeline.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A digest of every row of every table, without the times of the migrations. */
async function contentOf(store: Store): Promise<string> {
  const lines = (await rowsDigest(store)).split('\n');
  return lines.filter((line) => !line.startsWith('migrations ')).join('\n');
}

let places = 0;

async function newFolder(): Promise<string> {
  const directory = join(folder, `pg-${++places}`);
  await createEmbeddedDatabase(directory);
  return directory;
}

async function openClosing(options: Parameters<typeof connectStore>[0]): Promise<Store> {
  const store = await connectStore(options);
  onTestFinished(() => store.close());
  return store;
}
const embedded = async (): Promise<Store> => openClosing({ directory: await newFolder() });
const newDatabase = (): Promise<string> =>
  createDatabase(serverUrl as string, `cinematch_move_${process.pid}_${++places}`);
const onServer = async (): Promise<Store> => openClosing({ databaseUrl: await newDatabase(), directory: '' });

const move = (target: Store, options: Partial<MoveOptions> = {}) =>
  moveDatabase({ source, target, onProgress: () => {}, sliceBytes: SLICE_BYTES, ...options });

/** Fails at the `nth` report of progress. */
function failingAt(nth: number): OnProgress {
  let reports = 0;
  return () => {
    if (++reports === nth) throw new Error('interrupted');
  };
}

const isMarked = { code: 'state-conflict', message: expect.stringContaining('move has not ended') };

test('the source has rows in every table', async () => {
  const tables = await planMove({ source, target: null });
  expect(tables.filter(({ rows }) => rows === 0).map(({ name }) => name)).toEqual([]);
  const all = before.split('\n').map((line) => line.split(' ')[0]);
  expect(tables.map(({ name }) => name).sort()).toEqual(all);
});

test('a database goes into an embedded one, and from there on, with equal rows and digests', async () => {
  const first = await embedded();
  const there = await move(first);
  expect(await contentOf(first)).toBe(before);
  const second = serverUrl === null ? await embedded() : await onServer();
  const back = await move(second, { source: first });
  expect(await contentOf(second)).toBe(before);
  expect(back).toEqual(there);
  expect(there).toMatchObject({ status: 'moved', resumedRows: 0 });
  expect(new Set(there.tables.map(({ sha256 }) => sha256)).size).toBe(there.tables.length);
  // The source is as it was.
  expect(await contentOf(source)).toBe(before);
  expect(await contentOf(first)).toBe(before);
});

test('tables of other programs in the same schema stay where they are, on both sides', async () => {
  const [shared, target] = [await embedded(), await embedded()];
  await move(shared);
  await shared.sql`create table guests as select 1 as guest_id`;
  await target.sql`create table visitors as select 2 as visitor_id`;
  const { tables } = await move(target, { source: shared });
  expect(tables.map(({ name }) => name)).not.toContain('guests');
  expect(await target.sql`select visitor_id from visitors`).toEqual([{ visitorId: 2 }]);
  await target.sql`drop table visitors`;
  expect(await contentOf(target)).toBe(before);
});

test('the pipeline goes on in the database that it was moved to', async () => {
  const target = await embedded();
  await move(target);
  expect(await migrate(target)).toMatchObject({ applied: [] });
  expect(await listApiKeys(target)).toEqual(await listApiKeys(source));
  const now = pipeline.clock();
  // New rows get numbers after those that were moved.
  const request = feedbackRequest(FILLED_KEY, { now, idempotencyKey: 'second' });
  expect(await acceptFeedback(target, request)).toMatchObject({ status: 'recorded', requestId: 2 });
  await muteDrift(target, { by: 'someone', at: now, until: new Date(now.getTime() + 3_600_000) });
  const moved = { ...pipeline, store: target };
  expect(await detectDrift(moved)).toMatchObject({ status: 'checked' });
});

test('a repeated move finds everything there, and changes nothing', async () => {
  const target = await embedded();
  const first = await move(target);
  expect(await move(target)).toEqual({ ...first, status: 'already-there' });
  await target.sql`update movies set year = 1900 where movie_id = (select min(movie_id) from movies)`;
  await expect(move(target)).rejects.toMatchObject({
    code: 'state-conflict',
    message: expect.stringMatching(/not empty. It has .*packed_histories \(\d+ rows\)/),
  });
});

test('an interrupted move continues after the last slice, and until then nothing else uses the copy', async () => {
  const directory = await newFolder();
  const target = await connectStore({ directory });
  await expect(move(target, { onProgress: failingAt(30) })).rejects.toThrow('interrupted');
  await expect(migrate(target)).rejects.toMatchObject(isMarked);
  await target.close();
  await expect(connectToRead({ directory })).rejects.toMatchObject(isMarked);
  const again = await openClosing({ directory });
  // Interrupted while it verifies.
  const verifying: OnProgress = ({ stage }) => {
    if (stage === 'verifying ratings') throw new Error('interrupted');
  };
  await expect(move(again, { onProgress: verifying })).rejects.toThrow('interrupted');
  await expect(migrate(again)).rejects.toMatchObject(isMarked);
  const outcome = await move(again);
  expect(outcome.resumedRows).toBe(outcome.tables.reduce((sum, { rows }) => sum + rows, 0));
  expect(await contentOf(again)).toBe(before);
});

test('feedback is refused while a database is incomplete', async () => {
  const target = await embedded();
  const afterKeys: OnProgress = ({ stage }) => {
    if (stage === 'moving feedback') throw new Error('interrupted');
  };
  await expect(move(target, { onProgress: afterKeys })).rejects.toThrow('interrupted');
  const request = feedbackRequest(FILLED_KEY, { now: pipeline.clock() });
  await expect(acceptFeedback(target, request)).rejects.toMatchObject(isMarked);
});

test('an unfinished move of another content is refused, and --restart begins anew', async () => {
  const target = await embedded();
  await expect(move(target, { onProgress: failingAt(40) })).rejects.toThrow('interrupted');
  const other = await embedded();
  await migrate(other);
  await other.sql`insert into movies values (1, 'Heat', 1995, '{Crime}')`;
  const refused = { code: 'state-conflict', message: expect.stringContaining('unfinished move') };
  await expect(move(target, { source: other })).rejects.toMatchObject(refused);
  await expect(planMove({ source: other, target })).rejects.toMatchObject(refused);
  expect(await planMove({ source: other, target, restart: true })).toContainEqual(
    expect.objectContaining({ name: 'movies', rows: 1 }),
  );
  expect(await move(target, { source: other, restart: true })).toMatchObject({ resumedRows: 0 });
  expect(await contentOf(target)).toBe(await contentOf(other));
});

test('a value that changed in the copy is found, and the copy stays marked', async () => {
  const target = await embedded();
  const last: OnProgress = ({ stage }) => {
    if (stage === 'verifying api_keys') throw new Error('interrupted');
  };
  await expect(move(target, { onProgress: last })).rejects.toThrow('interrupted');
  await target.sql`update ratings set half = 11 - half where user_id = (select min(user_id) from ratings)`;
  await expect(move(target)).rejects.toMatchObject({
    code: 'state-conflict',
    message: expect.stringMatching(/differs from the one that was moved: ratings\./),
  });
  await expect(migrate(target)).rejects.toMatchObject(isMarked);
  await target.sql`delete from ratings where user_id = (select min(user_id) from ratings)`;
  await expect(move(target)).rejects.toMatchObject({ message: expect.stringContaining(': ratings.') });
  expect(await move(target, { restart: true })).toMatchObject({ status: 'moved', resumedRows: 0 });
  expect(await contentOf(target)).toBe(before);
});

test('an empty database is not moved, and a used one not overwritten', async () => {
  const [empty, used] = [await embedded(), await embedded()];
  await migrate(empty);
  await migrate(used);
  await expect(move(used, { source: empty })).rejects.toMatchObject({
    code: 'state-conflict',
    message: expect.stringContaining('nothing to move'),
  });
  await used.sql`insert into movies values (1, 'Heat', 1995, '{Crime}')`;
  const content = await contentOf(used);
  const refused = { code: 'state-conflict', message: expect.stringContaining('movies (1 row)') };
  await expect(move(used)).rejects.toMatchObject(refused);
  await expect(move(used, { restart: true })).rejects.toMatchObject(refused);
  await expect(planMove({ source, target: used })).rejects.toMatchObject(refused);
  expect(await contentOf(used)).toBe(content);
});

describe.runIf(serverUrl !== null)('with a server', () => {
  async function throughProxy(databaseUrl: string): Promise<{ proxy: DatabaseProxy; store: Store }> {
    const proxy = await startDatabaseProxy(databaseUrl);
    onTestFinished(() => proxy.close());
    return { proxy, store: await openClosing({ databaseUrl: proxy.url, directory: '' }) };
  }

  test('a target that goes away is named, and the move continues when it is back', async () => {
    const databaseUrl = await newDatabase();
    const { proxy, store } = await throughProxy(databaseUrl);
    const goesAway: OnProgress = ({ stage, done }) => {
      if (stage === 'moving packed_histories' && done > 100) void proxy.refuse();
    };
    await expect(move(store, { onProgress: goesAway })).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining(store.description),
      remedy: expect.stringContaining('it continues'),
    });
    const back = await openClosing({ databaseUrl, directory: '' });
    const outcome = await move(back);
    expect(outcome.resumedRows).toBeGreaterThan(100);
    expect(await contentOf(back)).toBe(before);
  });

  test('a source that goes away is named, and the move continues when it is back', async () => {
    const databaseUrl = await newDatabase();
    await move(await openClosing({ databaseUrl, directory: '' }));
    const { proxy, store } = await throughProxy(databaseUrl);
    const target = await embedded();
    const goesAway: OnProgress = ({ stage, done }) => {
      if (stage === 'moving packed_histories' && done > 100) void proxy.refuse();
    };
    await expect(move(target, { source: store, onProgress: goesAway })).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining(store.description),
    });
    const back = await openClosing({ databaseUrl, directory: '' });
    expect((await move(target, { source: back })).resumedRows).toBeGreaterThan(100);
    expect(await contentOf(target)).toBe(before);
  });

  test('a database is not moved into itself', async () => {
    const databaseUrl = await newDatabase();
    const [one, same] = [
      await openClosing({ databaseUrl, directory: '' }),
      await openClosing({ databaseUrl, directory: '' }),
    ];
    await move(one);
    await expect(move(same, { source: one })).rejects.toMatchObject({ code: 'store-busy' });
  });

  test('who writes to the source waits, and is not in the copy', async () => {
    const databaseUrl = await newDatabase();
    const [one, writer] = [
      await openClosing({ databaseUrl, directory: '' }),
      await openClosing({ databaseUrl, directory: '' }),
    ];
    await move(one);
    const target = await embedded();
    let writing: Promise<unknown> | undefined;
    let written = false;
    const onProgress: OnProgress = ({ stage }) => {
      if (stage === 'verifying ratings') expect(written).toBe(false);
      writing ??= muteDrift(writer, { by: 'late', at: new Date(0), until: new Date(1) }).then(() => {
        written = true;
      });
    };
    await move(target, { source: one, onProgress });
    await writing;
    expect(await contentOf(target)).toBe(before);
    expect(await contentOf(one)).not.toBe(before);
  });

  test('two moves of one database into the same one: the second finds the work done', async () => {
    const databaseUrl = await newDatabase();
    const sourceUrl = await newDatabase();
    const open = (url: string) => openClosing({ databaseUrl: url, directory: '' });
    await move(await open(sourceUrl));
    const outcomes = await Promise.all(
      [1, 2].map(async () => move(await open(databaseUrl), { source: await open(sourceUrl) })),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['already-there', 'moved']);
  });
});
