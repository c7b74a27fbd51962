import { type Allocator, longestFirst, type RatingMatrix, rowLengths } from '../ratings/matrix.ts';
import type { TrainingMatrix } from './training-matrix.ts';

/** Ratings divided into blocks of users and movies, so that threads share no user and no movie. */
export interface Strata {
  /** Position of the user and of the movie, and half stars, of every rating, block after block. */
  readonly users: Int32Array;
  readonly movies: Int32Array;
  readonly halves: Uint8Array;
  /** Offsets of the blocks, side² + 1 of them. A block has the number: user block times `side` plus movie block. */
  readonly blocks: Int32Array;
  /** Position in memory of each user and each movie. Those of one block are adjacent. */
  readonly userPositions: Int32Array;
  readonly moviePositions: Int32Array;
}

/**
 * Divides ratings into side × side blocks of nearly equal size. Blocks (b, (b + s) mod side) of a stratum s share
 * no user and no movie. Rows are renumbered so that those of a block are adjacent: otherwise two threads would write to
 * one cache line.
 *
 * Gemulla, Nijkamp, Haas & Sismanis, KDD 2011.
 */
export function stratify({ byUser, byMovie }: TrainingMatrix, side: number, allocator: Allocator): Strata {
  const userBlocks = balancedBlocks(byUser, side);
  const movieBlocks = balancedBlocks(byMovie, side);
  const userPositions = positionsByBlock(userBlocks, side);
  const moviePositions = positionsByBlock(movieBlocks, side);
  const count = byUser.columns.length;
  const blocks = allocator.integers(side * side + 1);
  const eachRating = (visit: (user: number, at: number, block: number) => void): void => {
    for (let user = 0; user < byUser.rowCount; user++) {
      const first = (userBlocks[user] as number) * side;
      for (let at = byUser.pointers[user] as number; at < (byUser.pointers[user + 1] as number); at++) {
        visit(user, at, first + (movieBlocks[byUser.columns[at] as number] as number));
      }
    }
  };
  eachRating((_user, _at, block) => {
    blocks[block + 1] = (blocks[block + 1] as number) + 1;
  });
  for (let block = 0; block < side * side; block++) {
    blocks[block + 1] = (blocks[block + 1] as number) + (blocks[block] as number);
  }
  const next = Int32Array.from(blocks);
  const users = allocator.integers(count);
  const movies = allocator.integers(count);
  const halves = allocator.bytes(count);
  eachRating((user, at, block) => {
    const to = next[block] as number;
    next[block] = to + 1;
    users[to] = userPositions[user] as number;
    movies[to] = moviePositions[byUser.columns[at] as number] as number;
    halves[to] = byUser.halves[at] as number;
  });
  return { users, movies, halves, blocks, userPositions, moviePositions };
}

/** The block of each row: rows in descending order of their ratings, each into the block with the fewest ratings. */
function balancedBlocks(matrix: RatingMatrix, side: number): Uint8Array {
  const lengths = rowLengths(matrix);
  const loads = new Float64Array(side);
  const blocks = new Uint8Array(matrix.rowCount);
  for (const row of longestFirst(matrix)) {
    let least = 0;
    for (let block = 1; block < side; block++) {
      if ((loads[block] as number) < (loads[least] as number)) least = block;
    }
    blocks[row] = least;
    loads[least] = (loads[least] as number) + (lengths[row] as number);
  }
  return blocks;
}

/** The position of each row when rows are ordered by block. */
function positionsByBlock(blocks: Uint8Array, side: number): Int32Array {
  const positions = new Int32Array(blocks.length);
  let position = 0;
  for (let block = 0; block < side; block++) {
    for (let row = 0; row < blocks.length; row++) {
      if (blocks[row] === block) positions[row] = position++;
    }
  }
  return positions;
}
