import { expect, test } from 'vitest';
import { decodeReference, driftReference, encodeReference } from '../../pipeline/drift/reference.ts';
import { seededRandom, shuffle } from '../../pipeline/lib/random.ts';
import { decodeTensors, encodeTensors } from '../../pipeline/lib/safetensors.ts';
import { selectRatings, sliceRatings } from '../../pipeline/ratings/ratings.ts';
import { genresOf, holdoutOf, inOrder, simulatedSite } from './simulated-site.ts';

const site = simulatedSite(9);
const training = inOrder(Array.from({ length: 8 }, () => site.batch({ users: 60, ratingsPerUser: 20 })));

test('a reference comes back from its bytes as it was', () => {
  const reference = driftReference(training, genresOf, holdoutOf(training), sliceRatings(training, 0, 10));
  expect(decodeReference(encodeReference(reference))).toEqual(reference);
});

test('a reference without genres and without a champion comes back as it was', () => {
  const reference = driftReference(training, () => [], null);
  expect(reference.past[0]?.windows[0]?.genreJs).toBeNull();
  expect(decodeReference(encodeReference(reference))).toEqual(reference);
});

test('the order in which training ratings are given does not matter', () => {
  const rows = shuffle(
    seededRandom(1),
    Int32Array.from({ length: training.length }, (_, row) => row),
  );
  const shuffled = driftReference(selectRatings(training, rows), genresOf, null);
  expect(encodeReference(shuffled)).toEqual(encodeReference(driftReference(training, genresOf, null)));
});

test('a few training ratings make a reference without past windows', () => {
  const reference = driftReference(sliceRatings(training, 0, 40), genresOf, null);
  expect(reference.past).toEqual([]);
  expect(decodeReference(encodeReference(reference))).toEqual(reference);
});

test('a reference that lacks a tensor is refused by the name of the tensor', () => {
  const { tensors } = decodeTensors(encodeReference(driftReference(training, genresOf, null)), 'test');
  const { movie_counts: _, ...rest } = Object.fromEntries(tensors);
  expect(() => decodeReference(encodeTensors(rest))).toThrow(
    expect.objectContaining({ code: 'model-invalid', message: expect.stringContaining('movie_counts') }),
  );
});

test('a reference whose tensors do not fit each other is refused', () => {
  const { tensors } = decodeTensors(encodeReference(driftReference(training, genresOf, null)), 'test');
  const broken = { ...Object.fromEntries(tensors), movie_counts: { shape: [1], data: new Int32Array(1) } };
  expect(() => decodeReference(encodeTensors(broken))).toThrow(/movie_counts of shape \[1\]/);
});
