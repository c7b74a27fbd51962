import { closeSync, openSync, writeSync } from 'node:fs';
import { normal, seededRandom } from '../../../pipeline/lib/random.ts';
import type { Allocator, RatingMatrix } from '../../../pipeline/ratings/matrix.ts';

/** Ordinary memory. */
export const heap: Allocator = {
  integers: (length) => new Int32Array(length),
  bytes: (length) => new Uint8Array(length),
};

/** Ratings as a list of blocks, and the factors that training starts with. */
export interface Task {
  readonly users: Int32Array;
  readonly movies: Int32Array;
  readonly halves: Uint8Array;
  /** side² + 1 of them. */
  readonly blocks: Int32Array;
  readonly factorCount: number;
  /** rows × factorCount. */
  readonly userStart: Float32Array;
  readonly movieStart: Float32Array;
}

/** Ratings user by user, in one block. */
export function listOf(byUser: RatingMatrix): Pick<Task, 'users' | 'movies' | 'halves' | 'blocks'> {
  const { rowCount, pointers, columns: movies, halves } = byUser;
  const users = new Int32Array(movies.length);
  for (let user = 0; user < rowCount; user++) users.fill(user, pointers[user], pointers[user + 1]);
  return { users, movies, halves, blocks: Int32Array.of(0, movies.length) };
}

const INITIAL_SPREAD = 0.1;

/**
 * The factors that the algorithms start with for a seed, so that a reference starts with equal ones: those of users, then
 * those of movies. If the last factor is a bias, it is zero.
 */
export function startingFactors(
  seed: number,
  {
    users,
    movies,
    factorCount,
  }: { readonly users: number; readonly movies: number; readonly factorCount: number },
  hasBias: boolean,
): Pick<Task, 'factorCount' | 'userStart' | 'movieStart'> {
  const draw = normal(seededRandom(seed));
  const rows = (count: number): Float32Array =>
    Float32Array.from({ length: count * factorCount }, (_, at) =>
      hasBias && at % factorCount === factorCount - 1 ? 0 : INITIAL_SPREAD * draw(),
    );
  return { factorCount, userStart: rows(users), movieStart: rows(movies) };
}

/** Writes a task as `reference/task.h` reads it. */
export function writeTask(path: string, task: Task): string {
  const { users, movies, halves, blocks, factorCount, userStart, movieStart } = task;
  const header = Int32Array.of(
    userStart.length / factorCount,
    movieStart.length / factorCount,
    users.length,
    Math.sqrt(blocks.length - 1),
    factorCount,
  );
  const file = openSync(path, 'w');
  for (const part of [header, blocks, users, movies, userStart, movieStart, halves]) {
    writeSync(file, new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  }
  closeSync(file);
  return path;
}
