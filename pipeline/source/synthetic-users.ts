import { normal, type Random } from '../lib/random.ts';
import { DIMENSIONS } from './synthetic-catalogue.ts';

/** Standard deviation of user biases, stars. */
export const USER_BIAS_SD = 0.43;
/** Everyone's taste leans this way in the first dimensions, so that some genres are watched more. */
const COMMON_TASTE = 0.6;
const LEANING_DIMENSIONS = 2;
const TRIES = 60;

export interface User {
  readonly id: number;
  /** Stars above or below what an average user gives. */
  readonly bias: number;
  /** DIMENSIONS numbers of scale 1. */
  readonly taste: Float64Array;
  /** How likely the user is to come back, 0 to 1. */
  readonly activity: number;
  /** Ids of the movies rated so far. */
  readonly seen: Set<number>;
}

export function plantUser(random: Random, id: number): User {
  const draw = normal(random);
  const taste = Float64Array.from(
    { length: DIMENSIONS },
    (_, d) => draw() + (d < LEANING_DIMENSIONS ? COMMON_TASTE : 0),
  );
  // Log-normal and cut at four times its median: a few come back very often, most hardly ever.
  const activity = Math.min(1, Math.exp(draw()) / 4);
  return { id, bias: USER_BIAS_SD * draw(), taste, activity, seen: new Set() };
}

/**
 * The taste turned towards one that has nothing to do with it: the same numbers in other dimensions, half of
 * them with the other sign.
 *
 * @param rotation 0 for the taste itself, 1 for the other one.
 */
export function turnTaste(taste: Float64Array, rotation: number): Float64Array {
  if (rotation === 0) return taste;
  const kept = Math.sqrt(1 - rotation ** 2);
  const half = DIMENSIONS / 2;
  return taste.map((value, d) => {
    const other = taste[(d + half) % DIMENSIONS] as number;
    return kept * value + rotation * (d < half ? -other : other);
  });
}

/** One of the first `pool` users, the active ones more often, or null when none who may is found. */
export function drawReturning(
  random: Random,
  users: readonly User[],
  pool: number,
  mostSeen: number,
): User | null {
  if (pool === 0) return null;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const user = users[Math.floor(random() * pool)] as User;
    if (user.seen.size < mostSeen && random() < user.activity) return user;
  }
  return null;
}
