import { expect, test } from 'vitest';
import { normal, seededRandom } from '../../pipeline/lib/random.ts';
import { SIDE } from '../../pipeline/train/ratings-heads/sgd-mf.ts';
import { stratify } from '../../pipeline/train/strata.ts';
import { trainingMatrix } from '../../pipeline/train/training-matrix.ts';
import { learn } from './learn.ts';
import { plantedRatings } from './planted.ts';

const FACTORS = 5;
const EPOCHS = 3;
const RATE = 0.01;
const PENALTY = 0.05;
const SPREAD = 0.2;
const SEED = 9;

const { train } = plantedRatings(3, 40, 30, 12);
const heap = {
  integers: (length: number) => new Int32Array(length),
  bytes: (length: number) => new Uint8Array(length),
};

/** The numbers of a row, in double precision. */
interface Learned {
  factors: number[];
  bias: number;
}

/**
 * Surprise's SVD as documented: err = r − r̂; b += γ (err − λ b); p += γ (err q − λ p);
 * q += γ (err p − λ q), with the p and q from before the step. Ratings are visited stratum by stratum: blocks
 * (b, (b + s) mod side) one after the other.
 */
function descendedByHand(): { readonly users: Learned[]; readonly movies: Learned[] } {
  const matrix = trainingMatrix(train);
  const strata = stratify(matrix, SIDE, heap);
  const draw = normal(seededRandom(SEED));
  const start = (positions: Int32Array): Learned[] => {
    const rows: Learned[] = [];
    for (const position of positions) {
      rows[position] = { factors: Array.from({ length: FACTORS }, () => SPREAD * draw()), bias: 0 };
    }
    return rows;
  };
  const users = start(strata.userPositions);
  const movies = start(strata.moviePositions);
  const step = (rating: number): void => {
    const user = users[strata.users[rating] as number] as Learned;
    const movie = movies[strata.movies[rating] as number] as Learned;
    const match = user.factors.reduce((sum, value, f) => sum + value * (movie.factors[f] as number), 0);
    const stars = (strata.halves[rating] as number) / 2;
    const error = stars - (matrix.mean + user.bias + movie.bias + match);
    user.bias += RATE * (error - PENALTY * user.bias);
    movie.bias += RATE * (error - PENALTY * movie.bias);
    const before = [...user.factors];
    user.factors = before.map(
      (value, f) => value + RATE * (error * (movie.factors[f] as number) - PENALTY * value),
    );
    movie.factors = movie.factors.map(
      (value, f) => value + RATE * (error * (before[f] as number) - PENALTY * value),
    );
  };
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    for (let stratum = 0; stratum < SIDE; stratum++) {
      for (let b = 0; b < SIDE; b++) {
        const block = b * SIDE + ((b + stratum) % SIDE);
        for (
          let rating = strata.blocks[block] as number;
          rating < (strata.blocks[block + 1] as number);
          rating++
        ) {
          step(rating);
        }
      }
    }
  }
  const byRow = (rows: Learned[], positions: Int32Array): Learned[] =>
    Array.from(positions, (position) => rows[position] as Learned);
  return { users: byRow(users, strata.userPositions), movies: byRow(movies, strata.moviePositions) };
}

test('factors and biases follow the update rule, in the order of the strata', async () => {
  const model = await learn('sgd-mf', train, {
    hyperParameters: {
      factors: FACTORS,
      epochs: EPOCHS,
      learningRate: RATE,
      regularisation: PENALTY,
      initialSpread: SPREAD,
    },
    seed: SEED,
  });
  const expected = descendedByHand();
  // 32-bit floats below 1: about 40 steps a row, each rounded to 6e-8 or less.
  for (const [name, rows] of [
    ['user_factors', expected.users],
    ['movie_factors', expected.movies],
  ] as const) {
    const flat = rows.flatMap(({ factors, bias }) => [...factors, bias]);
    const learned = Array.from(model.tensors[name]?.data ?? []);
    expect(learned).toHaveLength(flat.length);
    flat.forEach((value, at) => {
      expect(learned[at]).toBeCloseTo(value, 5);
    });
  }
});
