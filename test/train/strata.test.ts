import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Allocator } from '../../pipeline/ratings/matrix.ts';
import { type Strata, stratify } from '../../pipeline/train/strata.ts';
import { type TrainingMatrix, trainingMatrix } from '../../pipeline/train/training-matrix.ts';
import { ratingsOf, someRows } from '../ratings/some-ratings.ts';
import { plantedRatings } from './planted.ts';

const SIDES = [1, 2, 4];
const heap: Allocator = {
  integers: (length) => new Int32Array(length),
  bytes: (length) => new Uint8Array(length),
};
const someMatrix = someRows
  .map((rows) => [...new Map(rows.map((row) => [`${row[0]} ${row[1]}`, row])).values()])
  .filter((rows) => rows.length > 0)
  .map((rows) => trainingMatrix(ratingsOf(rows)));

/** user, movie and half stars of each rating, by row of the matrix. */
function ratingsIn({ byUser }: TrainingMatrix): number[][] {
  return Array.from({ length: byUser.rowCount }, (_, user) => user).flatMap((user) =>
    Array.from(byUser.columns.subarray(byUser.pointers[user], byUser.pointers[user + 1]), (movie, at) => [
      user,
      movie,
      byUser.halves[(byUser.pointers[user] as number) + at] as number,
    ]),
  );
}

/** The ratings of each block, by row of the matrix. */
function blocksOf(strata: Strata): number[][][] {
  const rowAt = (positions: Int32Array): Map<number, number> =>
    new Map(Array.from(positions, (position, row) => [position, row]));
  const [users, movies] = [rowAt(strata.userPositions), rowAt(strata.moviePositions)];
  return Array.from({ length: strata.blocks.length - 1 }, (_, block) => {
    const [first, end] = [strata.blocks[block] as number, strata.blocks[block + 1] as number];
    return Array.from({ length: end - first }, (_each, i) => [
      users.get(strata.users[first + i] as number) ?? -1,
      movies.get(strata.movies[first + i] as number) ?? -1,
      strata.halves[first + i] as number,
    ]);
  });
}

const lexically = (a: readonly number[], b: readonly number[]): number =>
  (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0);

describe.each(SIDES)('%d blocks a side', (side) => {
  test('contain every rating once, by user and then by movie inside a block', () => {
    fc.assert(
      fc.property(someMatrix, (matrix) => {
        const blocks = blocksOf(stratify(matrix, side, heap));
        expect(blocks).toHaveLength(side * side);
        expect(blocks.flat().sort(lexically)).toEqual(ratingsIn(matrix));
        for (const block of blocks) expect(block).toEqual([...block].sort(lexically));
      }),
      { seed: 1 },
    );
  });

  test('share no user and no movie inside a stratum', () => {
    fc.assert(
      fc.property(someMatrix, (matrix) => {
        const blocks = blocksOf(stratify(matrix, side, heap));
        for (let stratum = 0; stratum < side; stratum++) {
          const own = Array.from({ length: side }, (_, b) => blocks[b * side + ((b + stratum) % side)] ?? []);
          for (const f of [0, 1]) {
            const distinct = own.map((block) => new Set(block.map((rating) => rating[f])));
            const together = new Set(distinct.flatMap((each) => [...each]));
            expect(together.size).toBe(distinct.reduce((sum, each) => sum + each.size, 0));
          }
        }
      }),
      { seed: 1 },
    );
  });

  test('have adjacent users and movies in memory', () => {
    fc.assert(
      fc.property(someMatrix, (matrix) => {
        const { userPositions, moviePositions, ...strata } = stratify(matrix, side, heap);
        expect([...userPositions].sort((a, b) => a - b)).toEqual([...userPositions.keys()]);
        expect([...moviePositions].sort((a, b) => a - b)).toEqual([...moviePositions.keys()]);
        // Users of an earlier block are before those of a later one.
        let before = -1;
        for (let userBlock = 0; userBlock < side; userBlock++) {
          const [first, end] = [strata.blocks[userBlock * side], strata.blocks[(userBlock + 1) * side]];
          const users = [...strata.users.subarray(first, end)];
          if (users.length === 0) continue;
          expect(Math.min(...users)).toBeGreaterThan(before);
          before = Math.max(...users);
        }
      }),
      { seed: 1 },
    );
  });
});

test('blocks of users and of movies have about equally many ratings', () => {
  const side = 4;
  const strata = stratify(trainingMatrix(plantedRatings(2).train), side, heap);
  const lengths = blocksOf(strata).map((block) => block.length);
  const share = strata.users.length / side;
  for (let b = 0; b < side; b++) {
    const ofUsers = lengths.slice(b * side, (b + 1) * side).reduce((sum, length) => sum + length, 0);
    const ofMovies = lengths.filter((_, at) => at % side === b).reduce((sum, length) => sum + length, 0);
    // Rows with most ratings are assigned first, so the difference is at most the size of a row with few ratings.
    expect(Math.abs(ofUsers / share - 1)).toBeLessThan(0.02);
    expect(Math.abs(ofMovies / share - 1)).toBeLessThan(0.02);
  }
});
