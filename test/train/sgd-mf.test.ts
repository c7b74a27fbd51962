import { expect, test } from 'vitest';
import { normal, seededRandom } from '../../pipeline/lib/random.ts';
import { selectRatings } from '../../pipeline/ratings/ratings.ts';
import { vocabularyOf } from '../../pipeline/ratings/vocabulary.ts';
import { learn } from './learn.ts';
import { plantedRatings } from './planted.ts';

const FACTORS = 4;
const EPOCHS = 3;
const RATE = 0.01;
const PENALTY = 0.05;

test('factors equal those of the update rule written out', async () => {
  const { train } = plantedRatings(3, 20, 15, 6);
  const order = Array.from(train.userIds.keys()).sort(
    (a, b) =>
      (train.userIds[a] as number) - (train.userIds[b] as number) ||
      (train.movieIds[a] as number) - (train.movieIds[b] as number),
  );
  const ratings = selectRatings(train, order);
  const users = vocabularyOf(ratings.userIds);
  const movies = vocabularyOf(ratings.movieIds);

  // Surprise's SVD, as its documentation states it: err = r − r̂; b += γ (err − λ b); p += γ (err q − λ p);
  // q += γ (err p − λ q), with the p and q from before the step.
  const draw = normal(seededRandom(9));
  const start = (rows: number) =>
    Array.from({ length: rows }, () => {
      const factors = Array.from({ length: FACTORS + 1 }, (_, lane) => (lane < FACTORS ? 0.1 * draw() : 0));
      return { factors: factors.slice(0, FACTORS), bias: 0 };
    });
  const p = start(users.size);
  const q = start(movies.size);
  const mean = ratings.halves.reduce((sum, halves) => sum + halves / 2, 0) / ratings.length;
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    for (let row = 0; row < ratings.length; row++) {
      const user = p[users.rowOf(ratings.userIds[row] as number)] as (typeof p)[number];
      const movie = q[movies.rowOf(ratings.movieIds[row] as number)] as (typeof q)[number];
      const match = user.factors.reduce((sum, value, f) => sum + value * (movie.factors[f] as number), 0);
      const error = (ratings.halves[row] as number) / 2 - (mean + user.bias + movie.bias + match);
      user.bias += RATE * (error - PENALTY * user.bias);
      movie.bias += RATE * (error - PENALTY * movie.bias);
      const before = [...user.factors];
      user.factors = before.map(
        (value, f) => value + RATE * (error * (movie.factors[f] as number) - PENALTY * value),
      );
      movie.factors = movie.factors.map(
        (value, f) => value + RATE * (error * (before[f] as number) - PENALTY * value),
      );
    }
  }

  const model = await learn('sgd-mf', train, {
    hyperParameters: { factors: FACTORS, epochs: EPOCHS, learningRate: RATE, regularisation: PENALTY },
    seed: 9,
  });
  const flat = (side: typeof p): number[] => side.flatMap(({ factors, bias }) => [...factors, bias]);
  const learned = (name: string): number[] => Array.from(model.tensors[name]?.data ?? []);
  // Kept as 32-bit floats: seven digits.
  flat(p).forEach((value, at) => {
    expect(learned('user_factors')[at]).toBeCloseTo(value, 7);
  });
  flat(q).forEach((value, at) => {
    expect(learned('movie_factors')[at]).toBeCloseTo(value, 7);
  });
});
