import { normal, type Random } from '../lib/random.ts';
import { DIMENSIONS } from './synthetic-catalogue.ts';

/** Standard deviation of user biases, stars. */
export const USER_BIAS_SD = 0.43;
/** Mean of the first dimensions of taste, so that some genres are rated more often. */
const COMMON_TASTE = 0.6;
const COMMON_DIMENSIONS = 2;
const TRIES = 60;

export interface User {
  readonly id: number;
  /** Difference to the ratings of an average user, stars. */
  readonly bias: number;
  /** DIMENSIONS numbers with standard deviation 1. */
  readonly taste: Float64Array;
  /** Relative probability of another visit, 0 to 1. */
  readonly activity: number;
  /** Ids of the movies rated so far. */
  readonly seen: Set<number>;
}

export function generateUser(random: Random, id: number): User {
  const draw = normal(random);
  const taste = Float64Array.from(
    { length: DIMENSIONS },
    (_, d) => draw() + (d < COMMON_DIMENSIONS ? COMMON_TASTE : 0),
  );
  // Log-normal, limited to four times its median: a few users visit very often, most rarely.
  const activity = Math.min(1, Math.exp(draw()) / 4);
  return { id, bias: USER_BIAS_SD * draw(), taste, activity, seen: new Set() };
}

/**
 * Rotates a taste towards an orthogonal one: the same numbers in other dimensions, half of them negated.
 *
 * @param rotation 0 for the taste itself, 1 for the orthogonal one.
 */
export function rotateTaste(taste: Float64Array, rotation: number): Float64Array {
  if (rotation === 0) return taste;
  const kept = Math.sqrt(1 - rotation ** 2);
  const half = DIMENSIONS / 2;
  return taste.map((value, d) => {
    const other = taste[(d + half) % DIMENSIONS] as number;
    return kept * value + rotation * (d < half ? -other : other);
  });
}

/**
 * Draws a user with a probability proportional to activity. Null when no user with fewer than `maxSeen` ratings was
 * found.
 */
export function drawReturning(random: Random, users: readonly User[], maxSeen: number): User | null {
  if (users.length === 0) return null;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const user = users[Math.floor(random() * users.length)] as User;
    if (user.seen.size < maxSeen && random() < user.activity) return user;
  }
  return null;
}
