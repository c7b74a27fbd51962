/** Interactions are merged in the database as in memory, whatever comes, and nothing else reads them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rememberedInteractions } from '../../api/remembered-interactions.ts';
import { INTERACTION_KINDS } from '../../pipeline/model/interactions.ts';
import { createApiKey } from '../../pipeline/store/api-keys.ts';
import {
  deleteFadedShowings,
  readInteractions,
  recordInteractions,
  type UserInteraction,
} from '../../pipeline/store/interactions.ts';
import { onEachHome } from '../support/stores.ts';

const NOW = 1_772_000_000;
const DAY = 86_400;

const told: fc.Arbitrary<UserInteraction> = fc
  .record({
    userId: fc.constantFrom(1, 2),
    movieId: fc.constantFrom(7, 9),
    kind: fc.constantFrom(...INTERACTION_KINDS),
    at: fc.constantFrom(0, NOW - 500 * DAY, NOW - 8 * DAY, NOW - 7 * DAY, NOW - 1, NOW),
    count: fc.constantFrom(1, 3, 1000),
  })
  .map(({ count, ...one }) => ({ ...one, times: one.kind === 'shown' ? count : 1 }));

onEachHome(({ openStore }) => {
  test('they are merged as in memory, in any order, in one request and in several', async () => {
    const store = await openStore();
    await createApiKey(store, { name: 'site', key: 'cm_x' }, new Date(1000 * NOW));
    const key = store.sql`select key_id from api_keys`;
    const requests = fc.sample(fc.array(fc.array(told, { minLength: 1, maxLength: 6 }), { maxLength: 6 }), {
      numRuns: 40,
      seed: 1,
    });
    for (const sent of requests) {
      await store.sql`truncate interactions`;
      const memory = rememberedInteractions([]);
      for (const interactions of sent) {
        await recordInteractions(store.sql, interactions, key);
        for (const one of interactions) memory.add(one);
      }
      const expected = [1, 2]
        .flatMap(memory.of)
        .sort((a, b) => a.userId - b.userId || a.movieId - b.movieId || (a.kind < b.kind ? -1 : 1));
      const stored = await readInteractions(store);
      expect(stored.map(({ times: _, ...one }) => one)).toEqual(expected.map(({ times: _, ...one }) => one));
      // The database has single precision.
      stored.forEach(({ times }, at) => {
        expect(times / (expected[at] as UserInteraction).times).toBeCloseTo(1, 5);
      });
    }
  });

  test('without a valid key nothing is kept', async () => {
    const store = await openStore();
    const [one] = fc.sample(told, { numRuns: 1, seed: 1 }) as [UserInteraction];
    expect(await recordInteractions(store.sql, [one], store.sql`select key_id from api_keys`)).toBe(0);
    expect(await readInteractions(store)).toEqual([]);
  });

  test('showings are deleted when a sixteenth of one is left, and nothing else ever is', async () => {
    const store = await openStore();
    await createApiKey(store, { name: 'site', key: 'cm_x' }, new Date(1000 * NOW));
    const of = (
      movieId: number,
      kind: UserInteraction['kind'],
      days: number,
      times = 1,
    ): UserInteraction => ({
      userId: 1,
      movieId,
      kind,
      at: NOW - days * DAY,
      times,
    });
    const left = [of(1, 'hidden', 9000), of(2, 'watched', 9000), of(3, 'wanted', 9000)];
    const fading = [of(4, 'shown', 28), of(5, 'shown', 56, 16)];
    const faded = [of(6, 'shown', 29), of(7, 'shown', 57, 16), of(8, 'shown', 9000, 1000)];
    const key = store.sql`select key_id from api_keys`;
    await recordInteractions(store.sql, [...left, ...fading, ...faded], key);
    expect(await deleteFadedShowings(store, new Date(1000 * NOW))).toBe(faded.length);
    expect(await readInteractions(store)).toEqual([...left, ...fading]);
  });
});

test('no statement but these reads the table: batches, trainings and drift checks know ratings only', async () => {
  const folder = join(import.meta.dirname, '../../pipeline');
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const readers: string[] = [];
  for (const name of files) {
    const source = await readFile(join(folder, name), 'utf8');
    if (/\b(from|join|into|update|table) interactions\b/.test(source)) readers.push(name);
  }
  expect(readers.sort()).toEqual([
    'store/api-keys.ts',
    'store/erase-user.ts',
    'store/interactions.ts',
    'store/since-training.ts',
    'store/user-data.ts',
    'store/withdraw-feedback.ts',
  ]);
});
