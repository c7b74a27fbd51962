import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom, shuffle } from '../../pipeline/lib/random.ts';
import { sortByUser } from '../../pipeline/ratings/order.ts';
import { snapshotDigest } from '../../pipeline/ratings/snapshot.ts';
import { generateRatings } from '../../pipeline/source/synthetic.ts';
import { SYNTHETIC_SIZE, syntheticWeeks } from '../../pipeline/source/synthetic-weeks.ts';
import { type BatchRatings, ofBatch } from '../../pipeline/store/batch-ratings.ts';
import { packHistories, unpackHistories } from '../../pipeline/store/history-codec.ts';
import { ratingsOf } from '../support/batches.ts';
import { SWEEP_NOTE, sweepSize } from '../support/sweep.ts';

type Row = readonly [user: number, movie: number, half: number, ratedAt: number, batch: number];

/** Ordered by user, and within a user as given. */
function batchRatingsOf(given: readonly Row[]): BatchRatings {
  const rows = given.toSorted((a, b) => a[0] - b[0]);
  const ratings = ratingsOf(rows.map(([user, movie, half, ratedAt]) => [user, movie, half, ratedAt]));
  return { ...ratings, batchIds: Int16Array.from(rows, ([, , , , batch]) => batch) };
}

const rowsOf = ({ length, userIds, movieIds, halves, ratedAt, batchIds }: BatchRatings): Row[] =>
  Array.from(
    { length },
    (_, i) => [userIds[i], movieIds[i], halves[i], ratedAt[i], batchIds[i]] as unknown as Row,
  );

const LARGEST = 2 ** 31 - 1;
const anyOf = (...ranges: readonly (readonly [number, number])[]) =>
  fc.oneof(...ranges.map(([min, max]) => fc.integer({ min, max })));
const row: fc.Arbitrary<Row> = fc.tuple(
  anyOf([1, 4], [LARGEST - 1, LARGEST]),
  anyOf([1, 20], [1, LARGEST]),
  fc.integer({ min: 1, max: 10 }),
  anyOf([1_000_000_000, 1_000_000_020], [0, 3], [-(2 ** 31), LARGEST]),
  anyOf([1, 3], [1, 32_767]),
);
const rows = fc.uniqueArray(row, { selector: ([user, movie]) => `${user} ${movie}`, maxLength: 60 });
const RUNS = { numRuns: sweepSize(20_000, 500), seed: 1 };

test('what was packed is unpacked: by user, each in order of time, then of movie', () => {
  fc.assert(
    fc.property(rows, (given) => {
      const expected = given.toSorted((a, b) => a[0] - b[0] || a[3] - b[3] || a[1] - b[1]);
      expect(rowsOf(unpackHistories(packHistories(batchRatingsOf(given)))), SWEEP_NOTE).toEqual(expected);
    }),
    RUNS,
  );
});

test('equal ratings have equal bytes, in whatever order they come', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 1_000 }), (given, seed) => {
      const shuffled = shuffle(seededRandom(seed), [...given]);
      expect(packHistories(batchRatingsOf(shuffled)), SWEEP_NOTE).toEqual(
        packHistories(batchRatingsOf(given)),
      );
    }),
    RUNS,
  );
});

test('a history with any changed byte, or cut anywhere, is refused with its user and a place in it', () => {
  const given: Row[] = [
    [7, 318, 10, 1_000_000_000, 1],
    [7, 1, 8, 1_000_000_060, 1],
    [7, 90_000, 1, 1_000_000_060, 2],
  ];
  const [{ history }] = packHistories(batchRatingsOf(given)) as unknown as [{ history: Uint8Array }];
  const refusal = {
    code: 'store-damaged',
    message: expect.stringMatching(/of user 7 is damaged at byte \d+: /),
  };
  const open = (bytes: Uint8Array) => () => unpackHistories([{ userId: 7, history: bytes }]);
  for (let at = 0; at < history.length; at++) {
    const changed = Uint8Array.from(history);
    changed[at] = (changed[at] as number) ^ (1 << (at % 8));
    expect(open(changed), `byte ${at}`).toThrow(expect.objectContaining(refusal));
    expect(open(history.slice(0, at)), `cut at ${at}`).toThrow(expect.objectContaining(refusal));
  }
  expect(open(Uint8Array.of(...history, 0))).toThrow(expect.objectContaining(refusal));
});

test('a history in the row of another user is refused', () => {
  const [{ history }] = packHistories(batchRatingsOf([[7, 318, 10, 1_000_000_000, 1]])) as unknown as [
    { history: Uint8Array },
  ];
  expect(() => unpackHistories([{ userId: 8, history }])).toThrow(
    'The packed history of user 8 is damaged at byte 1',
  );
});

test('the synthetic ratings take less than five bytes each', () => {
  const { ratings } = generateRatings(syntheticWeeks({ ...SYNTHETIC_SIZE, weeks: 3, drift: 1, seed: 1 }));
  const all = ofBatch(sortByUser(ratings), 1);
  const packed = packHistories(all);
  const bytes = packed.reduce((sum, { history }) => sum + history.length, 0);
  expect(bytes / all.length).toBeLessThan(5);
  expect(snapshotDigest(sortByUser(unpackHistories(packed)))).toBe(snapshotDigest(all));
});
