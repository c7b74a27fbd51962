import { VarintReader, VarintWriter } from '../lib/varint.ts';
import type { GivenRating } from '../model/model.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { type Vocabulary, vocabularyOf, vocabularyOfSorted } from '../ratings/vocabulary.ts';
import { nibbleAt, packNibbles } from './nibbles.ts';

/** The ratings of each user. Lists leave the movies out, and reasons are found among them. */
export interface SeenRatings {
  readonly users: Vocabulary;
  /** By movie id. Empty for an unknown user. */
  ratingsOf(userId: number): readonly GivenRating[];
  /** Whether the model has not learned all of them, because some came after its training. */
  hasUnlearned(userId: number): boolean;
}

const FORMAT = 2;

/**
 * Encodes the ratings of each user in few bytes: movies as differences of rows in the catalogue, mostly one byte each,
 * and half stars with half a byte each.
 *
 * @param ratings ordered by user and movie.
 * @param movies of the catalogue. Ratings of other movies are left out.
 * @param unlearned users with ratings that the model has not learned.
 */
export function encodeSeenRatings(
  ratings: Ratings,
  movies: Vocabulary,
  unlearned: Pick<Vocabulary, 'ids'>,
): Uint8Array {
  const users = vocabularyOf(ratings.userIds);
  const sizes = new VarintWriter();
  const lists = new VarintWriter();
  let at = 0;
  for (const user of users.ids) {
    const rows: number[] = [];
    const halves: number[] = [];
    for (; at < ratings.length && ratings.userIds[at] === user; at++) {
      const row = movies.rowOf(ratings.movieIds[at] as number);
      if (row < 0) continue;
      rows.push(row);
      halves.push(ratings.halves[at] as number);
    }
    const before = lists.position;
    lists.writeAscending(rows);
    lists.writeBytes(packNibbles(halves));
    sizes.write(lists.position - before);
  }
  const writer = new VarintWriter();
  writer.write(FORMAT);
  writer.writeAscending(users.ids);
  writer.writeAscending(unlearned.ids);
  writer.writeBytes(sizes.finish());
  writer.writeBytes(lists.finish());
  return writer.finish();
}

/**
 * @param movies of the catalogue they were encoded with.
 * @throws RangeError when the bytes are not encoded ratings.
 */
export function decodeSeenRatings(bytes: Uint8Array, movies: Vocabulary): SeenRatings {
  const reader = new VarintReader(bytes);
  const format = reader.read();
  if (format !== FORMAT)
    throw new RangeError(`the ratings have format ${format}, this version reads ${FORMAT}`);
  const users = vocabularyOfSorted(reader.readAscending());
  const unlearned = vocabularyOfSorted(reader.readAscending());
  const starts = new Float64Array(users.size + 1);
  for (let row = 0; row < users.size; row++) starts[row + 1] = (starts[row] as number) + reader.read();
  const first = reader.position;
  if (first + (starts[users.size] as number) !== bytes.length) {
    throw new RangeError('the ratings do not have the expected length');
  }
  return {
    users,
    hasUnlearned: (userId) => unlearned.rowOf(userId) >= 0,
    ratingsOf(userId) {
      const user = users.rowOf(userId);
      if (user < 0) return [];
      const list = new VarintReader(bytes, first + (starts[user] as number));
      const rows = list.readAscending();
      return Array.from(rows, (row, at) => ({
        movieId: movies.ids[row] as number,
        stars: nibbleAt(bytes, list.position, at) / 2,
      }));
    },
  };
}
