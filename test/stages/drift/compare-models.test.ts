import { expect, test } from 'vitest';
import { measureGain } from '../../../pipeline/stages/drift/compare-models.ts';
import { fixedModel } from '../../evaluate/fixed-model.ts';
import { rated } from '../../evaluate/rated.ts';

const MOVIES = Array.from({ length: 12 }, (_, index) => index + 1);
const seen = rated(...MOVIES.map((movie) => [9, movie, 3] as const));
const batch = rated([1, 1, 4], [1, 2, 3], [2, 1, 5], [3, 3, 2]);

const comparing = { evaluate: { rankingUsers: null }, confidence: 0.95 };

const predicting = (errors: Readonly<Record<number, number>>, first: number) =>
  fixedModel({
    users: [1, 2, 3],
    movies: MOVIES,
    predicts: (user, movie) => {
      const row = Array.from(batch.userIds.keys()).find(
        (at) => batch.userIds[at] === user && batch.movieIds[at] === movie,
      );
      return (row === undefined ? 3 : (batch.halves[row] as number) / 2) + (errors[user] as number);
    },
    scores: (_user, movie) => (movie === first ? 1 : -movie),
  });

test('the gain in RMSE and its interval equal the ratio estimator by hand', () => {
  const older = predicting({ 1: 1, 2: 0.5, 3: 1 }, 5);
  const newer = predicting({ 1: 0.8, 2: 0.6, 3: 0.5 }, 5);
  const { rmse, ratings, users } = measureGain({ older, newer }, { seen, batch, ...comparing });
  expect([ratings, users]).toEqual([4, 3]);
  // Squared errors by user: older 2, 0.25, 1; newer 1.28, 0.36, 0.25. r = 1.89 / 3.25.
  const r = 1.89 / 3.25;
  expect(rmse?.before).toBeCloseTo(Math.sqrt(3.25 / 4), 12);
  expect(rmse?.after).toBeCloseTo(Math.sqrt(1.89 / 4), 12);
  expect(rmse?.gain).toBeCloseTo(1 - Math.sqrt(r), 12);
  const residuals = (1.28 - r * 2) ** 2 + (0.36 - r * 0.25) ** 2 + (0.25 - r) ** 2;
  const deviation = Math.sqrt((3 / 2) * residuals) / 3.25 / (2 * Math.sqrt(r));
  // Student's t, 2 degrees of freedom, 97.5%: 4.302652729911275 (SciPy 1.17.1, t.ppf).
  const margin = 4.302652729911275 * deviation;
  expect(rmse?.interval?.[0]).toBeCloseTo(1 - Math.sqrt(r) - margin, 9);
  expect(rmse?.interval?.[1]).toBeCloseTo(1 - Math.sqrt(r) + margin, 9);
});

test('a list that finds more is a gain in NDCG@10', () => {
  const model = (first: number) => predicting({ 1: 0, 2: 0, 3: 0 }, first);
  const { ndcgAt10 } = measureGain({ older: model(5), newer: model(1) }, { seen, batch, ...comparing });
  // Users 1 and 2 like movie 1: second place before (1 / log2(3)), first place after.
  expect(ndcgAt10?.before).toBeCloseTo(1 / Math.log2(3), 12);
  expect(ndcgAt10?.after).toBeCloseTo(1, 12);
  expect(ndcgAt10?.gain).toBeCloseTo(Math.log2(3) - 1, 12);
});

test('equal models gain nothing, and one user has no interval', () => {
  const model = predicting({ 1: 1, 2: 1, 3: 1 }, 5);
  const same = measureGain({ older: model, newer: model }, { seen, batch, ...comparing });
  expect(same.rmse).toMatchObject({ gain: 0, interval: [0, 0] });
  const alone = rated([1, 1, 4]);
  const one = measureGain({ older: model, newer: model }, { seen, batch: alone, ...comparing });
  expect(one.rmse?.interval).toBeNull();
});

test('without liked movies there is no gain in NDCG@10', () => {
  const model = predicting({ 1: 1, 2: 1, 3: 1 }, 5);
  const low = rated([1, 1, 2], [2, 1, 1]);
  expect(measureGain({ older: model, newer: model }, { seen, batch: low, ...comparing }).ndcgAt10).toBeNull();
});
