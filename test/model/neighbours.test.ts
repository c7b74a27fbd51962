import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeNeighbours,
  encodeNeighbours,
  type Neighbour,
  neighboursAmong,
  neighboursOfAll,
} from '../../pipeline/model/neighbours.ts';
import { vocabularyOfSorted } from '../../pipeline/ratings/vocabulary.ts';

const movies = vocabularyOfSorted(Int32Array.of(0, 3, 7, 900, 70_000));
const neighbour = (movieId: number, similarity: number, isSeries = false): Neighbour => ({
  movieId,
  similarity,
  isSeries,
});
const LISTS = [
  [neighbour(70_000, 0.9, true), neighbour(3, 0.5), neighbour(7, 0.1)],
  [neighbour(0, 0.5), neighbour(7, 0.25)],
  [],
  [neighbour(0, 1e-6)],
  [neighbour(0, 0.9, true), neighbour(7, 0.3)],
];
const bytes = encodeNeighbours({ movies, listOf: (row) => LISTS[row] as Neighbour[] });

test('neighbours come back in their order, with similarities within one part in 127 of the largest', () => {
  const decoded = decodeNeighbours(bytes);
  movies.ids.forEach((movieId, row) => {
    const expected = LISTS[row] as Neighbour[];
    const list = decoded.of(movieId);
    expect(list.map((each) => [each.movieId, each.isSeries])).toEqual(
      expected.map((each) => [each.movieId, each.isSeries]),
    );
    list.forEach(({ similarity }, at) => {
      expect(similarity).toBeGreaterThan(0);
      expect(Math.abs(similarity - (expected[at]?.similarity as number))).toBeLessThan(0.9 / 127);
    });
  });
  expect(decoded.of(5)).toEqual([]);
  for (const movieId of [...movies.ids, 5]) {
    const visited = new Map<number, number>();
    const { rows, similarities } = decoded.rowsOf(movieId);
    for (const [at, row] of rows.entries())
      visited.set(decoded.movies.ids[row] as number, similarities[at] as number);
    expect(visited.size).toBe(decoded.of(movieId).length);
    for (const { movieId: other, similarity } of decoded.of(movieId)) {
      expect(visited.get(other)).toBeCloseTo(similarity, 6);
    }
  }
});

test('a list of several movies has the mean of their similarities, and not the movies themselves', () => {
  const list = neighboursOfAll(decodeNeighbours(bytes), [0, 3, 3]);
  expect(list.map(({ movieId }) => movieId)).toEqual([70_000, 7]);
  // (0.9 + 0) / 2 and (0.1 + 0.25) / 2
  expect(list[0]?.similarity).toBeCloseTo(0.45, 2);
  expect(list[1]?.similarity).toBeCloseTo(0.175, 2);
});

test('movies can be left out', () => {
  const kept = decodeNeighbours(neighboursAmong(bytes, (movieId) => movieId !== 3));
  expect([...kept.movies.ids]).toEqual([0, 7, 900, 70_000]);
  expect(kept.of(0).map(({ movieId }) => movieId)).toEqual([70_000, 7]);
  expect(kept.of(3)).toEqual([]);
});

test('bytes that are cut or of another format are refused', () => {
  const refused = (some: Uint8Array) => expect(() => decodeNeighbours(some)).toThrow(RangeError);
  refused(Uint8Array.of(9, ...bytes.subarray(1)));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), (length) => {
      refused(bytes.subarray(0, length));
    }),
  );
});
