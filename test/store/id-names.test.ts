import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foreseenIds, readIdKind, readIdsOf, readNames, storeNames } from '../../pipeline/store/id-names.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import { readStoredMovies } from '../../pipeline/store/read-movies.ts';
import { readStoredRatings } from '../../pipeline/store/read-ratings.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { batchOf, ratingsOf, rowsOfRatings } from '../support/batches.ts';
import { onEachHome } from '../support/stores.ts';

const NAMES = { users: ['u1', '9f1c-bob'], movies: ['the-matrix', 'heat'] };
const named = ratingsOf([
  [0, 1, 7, 1_000_000_000],
  [1, 0, 3, 1_000_000_001],
]);
const ingest = (store: Store, name: string, rest: object) =>
  ingestBatch(store, batchOf(name, named, rest), { maxRejectShare: 0 });

onEachHome(({ openStore }) => {
  test('names are stored with a batch, and the same names get the same ids in the next one', async () => {
    const store = await openStore();
    expect(await readIdKind(store.sql)).toBeNull();
    const movies = [{ id: 1, title: 'Heat', year: 1995, genres: [] }];
    await ingest(store, 'one', { names: NAMES, movies });
    expect(await readIdKind(store.sql)).toBe('text');
    const [u1, bob] = await readIdsOf(store.sql, 'user', NAMES.users);
    const [matrix, heat] = await readIdsOf(store.sql, 'movie', NAMES.movies);
    expect((await readStoredMovies(store))[0]).toMatchObject({ id: heat, title: 'Heat' });
    // The same names in another order, with a new one between them.
    const names = { users: ['9f1c-bob', 'ann', 'u1'], movies: ['heat', 'the-matrix'] };
    expect(await foreseenIds(store, names)).toMatchObject({
      users: Int32Array.of(bob as number, 3, u1 as number),
    });
    const later = ratingsOf([
      [2, 0, 9, 1_000_000_009],
      [1, 1, 5, 1_000_000_009],
    ]);
    const { entry } = await ingestBatch(store, batchOf('two', later, { names }), { maxRejectShare: 0 });
    expect([entry.new, entry.updated]).toEqual([1, 1]);
    expect(rowsOfRatings(await readStoredRatings(store))).toEqual([
      [u1, heat, 9, 1_000_000_009],
      [bob, matrix, 3, 1_000_000_001],
      [3, matrix, 5, 1_000_000_009],
    ]);
    expect([...(await readNames(store.sql, 'user'))]).toEqual([
      [u1, 'u1'],
      [bob, '9f1c-bob'],
      [3, 'ann'],
    ]);
  });

  test('the same batch twice, and one that is refused, leave no names', async () => {
    const store = await openStore();
    await ingest(store, 'one', { names: NAMES });
    const before = [...(await readNames(store.sql, 'user'))];
    expect(await ingest(store, 'one', { names: { users: ['x', 'y'], movies: ['a', 'b'] } })).toMatchObject({
      status: 'already-ingested',
    });
    const broken = { names: { users: ['x', 'y'], movies: ['a', 'b'] }, source: null };
    await expect(ingest(store, 'broken', broken)).rejects.toThrow();
    expect([...(await readNames(store.sql, 'user'))]).toEqual(before);
  });

  test('numbers and texts do not share a database', async () => {
    const texts = await openStore();
    await ingest(texts, 'one', { names: NAMES });
    await expect(ingest(texts, 'two', {})).rejects.toMatchObject({
      code: 'state-conflict',
      message: expect.stringContaining('are texts'),
    });
    const numbers = await openStore();
    await ingest(numbers, 'one', {});
    await expect(ingest(numbers, 'two', { names: NAMES })).rejects.toMatchObject({
      code: 'state-conflict',
      message: expect.stringContaining('are numbers'),
    });
    expect((await readNames(numbers.sql, 'user')).size).toBe(0);
  });

  test('any names come back as they were, each with an id of its own that never changes', async () => {
    const store = await openStore();
    const name = fc
      .oneof(fc.uuid(), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), fc.emailAddress())
      .filter((text) => !text.includes('\0') && text.length <= 255);
    const given = new Map<string, number>();
    const run = fc.asyncProperty(fc.uniqueArray(name, { maxLength: 30 }), async (names) => {
      const ids = await store.sql.begin((sql) => storeNames(sql, 'movie', names));
      names.forEach((each, at) => {
        expect(ids[at]).toBe(given.get(each) ?? ids[at]);
        given.set(each, ids[at] as number);
      });
      expect(new Set(given.values()).size).toBe(given.size);
      const back = await readNames(store.sql, 'movie', [...ids]);
      expect([...ids].map((id) => back.get(id))).toEqual(names);
    });
    await fc.assert(run, { seed: 1, numRuns: 25 });
    expect(await readIdsOf(store.sql, 'movie', ['nobody has this name'])).toEqual(Int32Array.of(-1));
  });

  test('the id of a deleted name is not given again', async () => {
    const store = await openStore();
    const [id] = await store.sql.begin((sql) => storeNames(sql, 'user', ['gone']));
    await store.sql`delete from user_names`;
    const [next] = await store.sql.begin((sql) => storeNames(sql, 'user', ['new']));
    expect(next).toBeGreaterThan(id as number);
  });
});
