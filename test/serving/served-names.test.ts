import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeNames, encodeNames } from '../../pipeline/serving/served-names.ts';

const names = fc
  .uniqueArray(fc.oneof(fc.uuid(), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 })), {
    maxLength: 40,
  })
  .chain((texts) =>
    fc
      .uniqueArray(fc.nat(2_147_483_647), { minLength: texts.length, maxLength: texts.length })
      .map((ids) => new Map(texts.map((text, at) => [ids[at] as number, text]))),
  );

test('every name leads to its id and every id to its name, and others to nothing', () => {
  fc.assert(
    fc.property(names, names, fc.string(), (users, movies, other) => {
      const served = decodeNames(encodeNames({ users, movies }));
      for (const [table, given] of [
        [served.users, users],
        [served.movies, movies],
      ] as const) {
        for (const [id, name] of given) {
          expect(table.idOf(name)).toBe(id);
          expect(table.nameOf(id)).toBe(name);
        }
        if (![...given.values()].includes(other)) expect(table.idOf(other)).toBe(-1);
        expect(table.nameOf(-1)).toBeNull();
      }
    }),
    { seed: 1 },
  );
});

test('a UUID takes 40 bytes', () => {
  const users = new Map(
    Array.from({ length: 10_000 }, (_, id) => [
      id,
      `${String(id).padStart(8, '0')}-0000-4000-8000-000000000000`,
    ]),
  );
  expect(encodeNames({ users, movies: new Map() }).length / users.size).toBeLessThan(40);
});

test('damaged names are refused', () => {
  const bytes = encodeNames({ users: new Map([[1, 'ann']]), movies: new Map() });
  expect(() => decodeNames(bytes.subarray(0, bytes.length - 1))).toThrow(RangeError);
  expect(() => decodeNames(Uint8Array.of(2, ...bytes.subarray(1)))).toThrow('format 2');
});
