/** The embedded database as one file: archive and restore. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectStore } from '../../pipeline/store/connect.ts';
import { archiveEmbedded, restoreEmbedded } from '../../pipeline/store/embedded-archive.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import { migrate } from '../../pipeline/store/migrate.ts';
import { trimLog } from '../../pipeline/store/trim-log.ts';
import { batchOf, distinctRatings } from '../support/batches.ts';
import { createEmbeddedDatabase } from '../support/embedded-template.ts';
import { type StoreState, storeState } from '../support/store-state.ts';

let home: string;
let origin: string;
let before: StoreState;
let archive: string;
let archived: Uint8Array;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cinematch-archive-'));
  origin = join(home, 'pg');
  await createEmbeddedDatabase(origin);
  const store = await connectStore({ directory: origin });
  await migrate(store);
  const taken = new Set<number>();
  const batch = (name: string, seed: number) =>
    batchOf(name, distinctRatings(8_000, seed, { users: 300, movies: 500, taken }));
  await ingestBatch(store, batch('one', 1), { maxRejectShare: 0 });
  await ingestBatch(store, batch('two', 2), { maxRejectShare: 0 });
  before = await storeState(store);
  await trimLog(store);
  await store.close();
  archive = join(home, 'archive.tar.gz');
  await archiveEmbedded(origin, archive);
  archived = await readFile(archive);
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function stateIn(directory: string): Promise<StoreState> {
  const store = await connectStore({ directory });
  try {
    expect((await migrate(store)).applied).toEqual([]);
    return await storeState(store);
  } finally {
    await store.close();
  }
}

test('a restored database has the archived content, and works', async () => {
  const elsewhere = join(home, 'new', 'pg');
  await restoreEmbedded(elsewhere, archive);
  expect(before).toMatchObject({ batches: 2, partial: [] });
  expect(await stateIn(elsewhere)).toEqual(before);
  const again = join(home, 'again.tar.gz');
  await archiveEmbedded(elsewhere, again);
  await restoreEmbedded(join(home, 'third'), again);
  expect(await stateIn(join(home, 'third'))).toEqual(before);
});

test('archiving does not change the database, and the archive has no old log segments', async () => {
  expect(await stateIn(origin)).toEqual(before);
  // An empty database takes three megabytes; a segment of old log would add one or more.
  expect(archived.length).toBeLessThan(3_800_000);
});

test('a database that is open cannot be archived', async () => {
  const store = await connectStore({ directory: origin });
  try {
    await expect(archiveEmbedded(origin, join(home, 'busy.tar.gz'))).rejects.toMatchObject({
      code: 'store-busy',
    });
  } finally {
    await store.close();
  }
});

test('archiving a missing database fails and creates none', async () => {
  const nowhere = join(home, 'nowhere');
  await expect(archiveEmbedded(nowhere, join(home, 'none.tar.gz'))).rejects.toMatchObject({
    code: 'store-unavailable',
  });
  expect(existsSync(nowhere)).toBe(false);
});

test('a directory that is not empty is not changed', async () => {
  await expect(restoreEmbedded(origin, archive)).rejects.toMatchObject({ code: 'state-conflict' });
  expect(await stateIn(origin)).toEqual(before);
  const folder = await mkdtemp(join(home, 'other-'));
  await writeFile(join(folder, 'notes.txt'), 'mine');
  await expect(restoreEmbedded(folder, archive)).rejects.toMatchObject({ code: 'state-conflict' });
  expect(await readdir(folder)).toEqual(['notes.txt']);
});

const damagedAt = (bytes: Uint8Array, at: number): Uint8Array => {
  const damaged = Uint8Array.from(bytes);
  damaged[at] = (damaged[at] as number) ^ 0xff;
  return damaged;
};

test.each([
  ['cut off', (): Uint8Array => archived.slice(0, archived.length - 1000)],
  ['damaged in the middle', (): Uint8Array => damagedAt(archived, archived.length >> 1)],
  ['damaged in its checksum', (): Uint8Array => damagedAt(archived, archived.length - 6)],
  ['no archive', (): Uint8Array => new TextEncoder().encode('<html>Not found</html>')],
  ['an archive of something else', (): Uint8Array => gzipSync(new Uint8Array(10_240))],
  ['empty', (): Uint8Array => new Uint8Array()],
])('what is %s is refused, and nothing is left half-written', async (_, bytes) => {
  const folder = await mkdtemp(join(home, 'refused-'));
  const directory = join(folder, 'pg');
  const file = join(folder, 'archive.tar.gz');
  await writeFile(file, bytes());
  await expect(restoreEmbedded(directory, file)).rejects.toMatchObject({ code: 'artifact-invalid' });
  expect(await readdir(directory)).toEqual([]);
  expect(existsSync(`${directory}.restoring`)).toBe(false);
});
