import { expect, test } from 'vitest';
import { emptyRatings } from '../../pipeline/ratings/ratings.ts';
import { snapshotOf } from '../../pipeline/ratings/snapshot.ts';
import { ratingsOf } from './some-ratings.ts';

test('a snapshot counts users and movies once, and has the oldest and the newest time', () => {
  const rated = ratingsOf([
    [2, 10, 8, 1_700],
    [1, 20, 9, 1_500],
    [2, 20, 6, 1_600],
  ]);
  // The digest is from Python's hashlib, over the columns as little-endian int32, int32, uint8 and int32.
  expect(snapshotOf(rated)).toEqual({
    sha256: '2984eaa86b63331ca84130d2266efcbd7c1a1071346c94007d16971485d04893',
    ratings: 3,
    users: 2,
    movies: 2,
    from: 1_500,
    to: 1_700,
  });
});

test('a snapshot of no ratings has no times, and the digest of no bytes', () => {
  expect(snapshotOf(emptyRatings(0))).toEqual({
    sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    ratings: 0,
    users: 0,
    movies: 0,
    from: null,
    to: null,
  });
});
