import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../pipeline/lib/random.ts';
import { SCRATCH } from '../../../pipeline/math/compute/kernels.ts';
import { Workbench } from './workbench.ts';

const SHRINKAGE = 20;

/** Sparse rows with random columns, each at most once in a row. */
function sparse(rows: number, columns: number, share: number, random: () => number) {
  const pointers = new Int32Array(rows + 1);
  const [found, values]: [number[], number[]] = [[], []];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (random() >= share) continue;
      found.push(column);
      values.push(Math.fround(0.1 + random()));
    }
    pointers[row + 1] = found.length;
  }
  return { pointers, columns: found, values };
}

describe.each([
  { movies: 1, users: 1, share: 1, most: 3 },
  { movies: 30, users: 50, share: 0.2, most: 5 },
  { movies: 40, users: 25, share: 0.5, most: 60 },
])('$movies movies and $users users', ({ movies, users, share, most }) => {
  const random = seededRandom(movies);
  const raters = sparse(movies, users, share, random);
  const liked = sparse(users, movies, share, random);
  const norms = Array.from({ length: movies }, () => Math.fround(0.5 + random()));
  const least = Array.from({ length: movies }, (_, movie) => 1 + (movie % 2));
  const pairs = sparse(movies, movies, 0.1, random);

  /** s_ij in double precision. */
  const similarity = (i: number, j: number): number => {
    let [sum, both] = [0, 0];
    for (let at = raters.pointers[i] as number; at < (raters.pointers[i + 1] as number); at++) {
      const user = raters.columns[at] as number;
      for (let of = liked.pointers[user] as number; of < (liked.pointers[user + 1] as number); of++) {
        if (liked.columns[of] !== j) continue;
        sum += (raters.values[at] as number) * (liked.values[of] as number);
        both++;
      }
    }
    if (i === j || both < (least[i] as number)) return 0;
    const cosine = sum / ((norms[i] as number) * (norms[j] as number));
    return Math.min(1, cosine) * (both / (both + SHRINKAGE));
  };

  test('the movies found and the pairs asked for are those of the formula', () => {
    const bench = new Workbench();
    const [lengths, rows] = [bench.integers(movies), bench.integers(movies * most)];
    const [similarities, ofPairs] = [bench.floats(movies * most), bench.floats(pairs.columns.length)];
    const scratch = bench.floats(new Float32Array(SCRATCH.coLikingRows(movies, most)));
    // In two ranges, as two threads would do them.
    const half = Math.floor(movies / 2);
    for (const [from, to] of [
      [half, movies],
      [0, half],
    ] as const) {
      bench.call(
        'coLikingRows',
        [
          bench.integers(raters.pointers),
          bench.integers(raters.columns),
          bench.floats(raters.values),
          bench.integers(liked.pointers),
          bench.integers(liked.columns),
          bench.floats(liked.values),
          bench.floats(norms),
          bench.integers(least),
          movies,
          SHRINKAGE,
          most,
          lengths,
          rows,
          similarities,
          bench.integers(pairs.pointers),
          bench.integers(pairs.columns),
          ofPairs,
          from,
          to,
          0,
          scratch,
        ],
        [lengths, rows, similarities, ofPairs, scratch],
      );
    }
    for (let movie = 0; movie < movies; movie++) {
      const all = Array.from({ length: movies }, (_, other) => similarity(movie, other));
      const expected = all.filter((value) => value > 0).sort((a, b) => b - a);
      const start = movie * most;
      const found = Array.from(rows.subarray(start, start + (lengths[movie] as number)));
      expect(found).toHaveLength(Math.min(most, expected.length));
      found.forEach((other, at) => {
        expect(similarities[start + at]).toBeCloseTo(all[other] as number, 5);
        expect(similarities[start + at]).toBeCloseTo(expected[at] as number, 5);
      });
      for (let at = pairs.pointers[movie] as number; at < (pairs.pointers[movie + 1] as number); at++) {
        expect(ofPairs[at]).toBeCloseTo(all[pairs.columns[at] as number] as number, 5);
      }
    }
    expect([...scratch.subarray(0, 2 * movies)].every((value) => value === 0)).toBe(true);
  });
});
