import { describe, expect, test } from 'vitest';
import { draws } from './draws.ts';
import { expectClose, ROUNDOFF } from './precision.ts';
import { Workbench } from './workbench.ts';

const MEAN = 3.5;
const RATE = 0.02;
const PENALTY = 0.05;
const USERS = 12;
const MOVIES = 10;

/** user, movie, half stars of each rating, block after block. */
type Blocks = readonly (readonly (readonly [user: number, movie: number, halves: number])[])[];

/** Every user with every movie, cut into side × side blocks of neighbours. */
function blocksOf(side: number): Blocks {
  return Array.from({ length: side * side }, (_, block) => {
    const [userBlock, movieBlock] = [Math.floor(block / side), block % side];
    return Array.from(
      { length: USERS * MOVIES },
      (_each, at) => [Math.floor(at / MOVIES), at % MOVIES] as const,
    )
      .filter(
        ([user, movie]) =>
          Math.floor((user * side) / USERS) === userBlock &&
          Math.floor((movie * side) / MOVIES) === movieBlock,
      )
      .map(([user, movie]) => [user, movie, 1 + ((3 * user + 7 * movie) % 10)] as const);
  });
}

function start(width: number) {
  return {
    p: draws(USERS * width, 0.3),
    q: draws(MOVIES * width, 0.3),
    userBiases: draws(USERS, 0.3),
    movieBiases: draws(MOVIES, 0.3),
  };
}
type Factors = ReturnType<typeof start>;

/** The steps of several blocks, one rating after the other, in double precision. */
function naiveDescent(blocks: Blocks, order: readonly number[], factors: Factors, width: number) {
  const [p, q] = [Array.from(factors.p), Array.from(factors.q)];
  const [b, c] = [Array.from(factors.userBiases), Array.from(factors.movieBiases)];
  for (const [user, movie, halves] of order.flatMap((block) => blocks[block] ?? [])) {
    const before = { b: b[user] as number, c: c[movie] as number };
    const pu = p.slice(user * width, (user + 1) * width);
    const qi = q.slice(movie * width, (movie + 1) * width);
    const match = pu.reduce((sum, value, column) => sum + value * (qi[column] as number), 0);
    const error = halves / 2 - (MEAN + before.b + before.c + match);
    b[user] = before.b + RATE * (error - PENALTY * before.b);
    c[movie] = before.c + RATE * (error - PENALTY * before.c);
    pu.forEach((value, column) => {
      const other = qi[column] as number;
      p[user * width + column] = value + RATE * (error * other - PENALTY * value);
      q[movie * width + column] = other + RATE * (error * value - PENALTY * other);
    });
  }
  return { p, q, userBiases: b, movieBiases: c };
}

function descended(
  blocks: Blocks,
  stratum: number,
  [from, to]: [number, number],
  factors: Factors,
  width: number,
) {
  const bench = new Workbench();
  const all = blocks.flat();
  const starts = new Int32Array(blocks.length + 1);
  blocks.forEach((block, at) => {
    starts[at + 1] = (starts[at] as number) + block.length;
  });
  const [p, q] = [bench.floats(factors.p), bench.floats(factors.q)];
  const [userBiases, movieBiases] = [bench.floats(factors.userBiases), bench.floats(factors.movieBiases)];
  const args = [
    bench.integers(all.map(([user]) => user)),
    bench.integers(all.map(([, movie]) => movie)),
    bench.bytes(all.map(([, , halves]) => halves)),
    bench.integers(starts),
    Math.sqrt(blocks.length),
    stratum,
    p,
    q,
    userBiases,
    movieBiases,
    width,
    MEAN,
    RATE,
    PENALTY,
  ];
  bench.call('descend', [...args, from, to, 0, 0], [p, q, userBiases, movieBiases]);
  return { p, q, userBiases, movieBiases };
}

/** Each rating adds a few rounding errors of numbers below 4, and the next ratings propagate them. */
function expectFactors(actual: Factors, expected: ReturnType<typeof naiveDescent>, width: number): void {
  const bound = 4 * (USERS + MOVIES) * width * ROUNDOFF;
  expectClose(actual.p, expected.p, bound, width);
  expectClose(actual.q, expected.q, bound, width);
  expectClose(actual.userBiases, expected.userBiases, bound);
  expectClose(actual.movieBiases, expected.movieBiases, bound);
}

describe.each([16, 32, 112])('descent on width %d', (width) => {
  test('does the steps of one block as the formula says, in order', () => {
    const factors = start(width);
    const blocks = blocksOf(1);
    expectFactors(
      descended(blocks, 0, [0, 1], factors, width),
      naiveDescent(blocks, [0], factors, width),
      width,
    );
  });

  test.each([
    [0, [0, 3]],
    [1, [1, 2]],
  ])('does the steps of the blocks of stratum %d of four', (stratum, order) => {
    const factors = start(width);
    const blocks = blocksOf(2);
    expectFactors(
      descended(blocks, stratum, [0, 2], factors, width),
      naiveDescent(blocks, order, factors, width),
      width,
    );
  });
});

test('a range of a stratum is the blocks of that range', () => {
  const factors = start(16);
  const blocks = blocksOf(3);
  // Of stratum 2 of nine blocks: user block 1 with movie block 0, user block 2 with movie block 1.
  expectFactors(descended(blocks, 2, [1, 3], factors, 16), naiveDescent(blocks, [3, 7], factors, 16), 16);
});

test('a block without ratings changes nothing', () => {
  const factors = start(16);
  expect(descended([[]], 0, [0, 1], factors, 16)).toEqual(factors);
});
