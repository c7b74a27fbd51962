import { expect, test } from 'vitest';
import { evaluateInDetail } from '../../pipeline/evaluate/evaluate.ts';
import { METRICS } from '../../pipeline/evaluate/metric-catalogue.ts';
import { listScoresOf, usersToRank } from '../../pipeline/evaluate/ranking-trial.ts';
import { summariseRatings } from '../../pipeline/ratings/summary.ts';
import { vocabularyOf } from '../../pipeline/ratings/vocabulary.ts';
import { type Row, ratingsOf } from '../ratings/some-ratings.ts';
import { fixedModel } from './fixed-model.ts';

/** Movie 1 has the most ratings, movie 5 the fewest. */
const training = ratingsOf(
  [1, 2, 3, 4, 5].flatMap((movie) =>
    Array.from({ length: 6 - movie }, (_, user): Row => [100 + user, movie, 6, 1]),
  ),
);
const learned = summariseRatings(training);
const model = fixedModel({ users: [7, 8], movies: [1, 2, 3, 4, 5], predicts: (_, movie) => movie });

function scores(seen: readonly Row[], batch: readonly Row[]) {
  const ratings = ratingsOf([...batch]);
  return listScoresOf(model, ratings, vocabularyOf(ratings.userIds), {
    seen: ratingsOf([...seen]),
    popularity: learned,
  });
}

const ndcg = (place: number): number => 1 / Math.log2(place + 1);

test('the model and popularity rank all movies that the user had not rated', () => {
  // The model ranks 5, 4, 3, 2, 1; popularity ranks 1, 2, 3, 4, 5. User 7 likes movie 4, user 8 gives it 3★.
  expect(
    scores(
      [],
      [
        [7, 4, 8, 2],
        [8, 4, 6, 2],
      ],
    ),
  ).toEqual({
    lists: Int32Array.of(1, 0),
    ndcg: Float64Array.of(ndcg(2), 0),
    popularityNdcg: Float64Array.of(ndcg(4), 0),
  });
  // Without movies 5 and 1, which the user had rated, movie 4 is first for the model and third for popularity.
  const known = scores(
    [
      [7, 5, 2, 1],
      [7, 1, 2, 1],
    ],
    [[7, 4, 8, 2]],
  );
  expect([known.ndcg[0], known.popularityNdcg[0]]).toEqual([ndcg(1), ndcg(3)]);
});

test('a movie that nobody had rated stays relevant, and a movie that is rated again is not', () => {
  const unknown = scores([], [[7, 99, 10, 2]]);
  expect(unknown).toEqual({
    lists: Int32Array.of(1),
    ndcg: Float64Array.of(0),
    popularityNdcg: Float64Array.of(0),
  });
  expect(scores([[7, 4, 8, 1]], [[7, 4, 8, 2]]).lists).toEqual(Int32Array.of(0));
});

test('the scores of the model are those of an evaluation', () => {
  const seen: readonly Row[] = [
    [7, 5, 8, 1],
    [8, 1, 3, 1],
    [8, 2, 3, 1],
  ];
  const batch: readonly Row[] = [
    [7, 2, 8, 2],
    [7, 4, 9, 2],
    [8, 3, 10, 2],
    [9, 1, 10, 2],
  ];
  const test = ratingsOf([...batch]);
  const train = ratingsOf([...seen, ...toRows(training)]);
  const { lists } = evaluateInDetail(model, { train, test });
  const expected = lists.map((list) => METRICS.ndcgAt10.formula.each(list));
  expect([...scores(seen, batch).ndcg]).toEqual(expected);
});

const toRows = (ratings: typeof training): readonly Row[] =>
  Array.from(
    ratings.userIds,
    (user, row): Row => [
      user,
      ratings.movieIds[row] as number,
      ratings.halves[row] as number,
      ratings.ratedAt[row] as number,
    ],
  );

test('of more than 1,000 users with a relevant rating 1,000 are ranked, the same ones again', () => {
  const batch = (users: number) =>
    ratingsOf(Array.from({ length: users }, (_, user): Row => [user + 1, 1, user % 2 === 0 ? 8 : 7, 1]));
  expect(usersToRank(batch(10))).toEqual(Int32Array.of(1, 3, 5, 7, 9));
  const some = usersToRank(batch(3_000));
  expect(some).toHaveLength(1_000);
  expect(new Set(some).size).toBe(1_000);
  expect([...some].every((id, at) => id % 2 === 1 && (at === 0 || (some[at - 1] as number) < id))).toBe(true);
  // With more users the ranked ones are replaced, not chosen anew: of the double number half remain.
  const more = new Set(usersToRank(batch(6_000)));
  expect(some.filter((id) => more.has(id)).length).toBeGreaterThan(280);
  expect([...more].filter((id) => id <= 3_000).every((id) => some.includes(id))).toBe(true);
});
