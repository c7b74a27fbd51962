import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { seededRandom } from '../../../pipeline/lib/random.ts';
import { Arena } from '../../../pipeline/math/compute/arena.ts';
import { GENERATION, GENERATION_MASK, JobBoard } from '../../../pipeline/math/compute/job-board.mjs';
import { newTurns, type Play } from './turns.ts';

const MOST_CHUNKS = 6;

/**
 * Plays threads that share out jobs in an order of steps that the seed draws, and says how often each chunk was
 * done.
 *
 * @param generation of the job before the first.
 */
async function play(
  seed: number,
  threads: number,
  jobs: number,
  generation = 0,
): Promise<readonly number[][]> {
  const arena = new Arena();
  const { words } = JobBoard.open(arena);
  words[GENERATION] = generation;
  // Now more chunks, now fewer: a ticket that came too late for one job must not be good for the next.
  const random = seededRandom(seed);
  const chunksOfJobs = Array.from({ length: jobs }, () => Math.floor(random() * (MOST_CHUNKS + 1)));
  const counts = new Int32Array(new SharedArrayBuffer(4 * jobs * MOST_CHUNKS));
  const turns = newTurns(threads, seed);
  const shared: Play = { memory: arena.memory, address: words.byteOffset, turns, counts, chunksOfJobs };
  const workers = Array.from(
    { length: threads },
    (_, thread) =>
      new Worker(new URL('./lockstep-thread.ts', import.meta.url), {
        workerData: { ...shared, thread },
        execArgv: [],
      }),
  );
  try {
    await Promise.all(workers.map((worker) => once(worker, 'exit')));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return chunksOfJobs.map((chunks, job) => [
    ...counts.subarray(job * MOST_CHUNKS, job * MOST_CHUNKS + chunks),
  ]);
}

test.each([1, 2, 3, 4])(
  'every chunk is done once, in whatever order threads take their steps: seed %d',
  async (seed) => {
    const done = await play(seed, 4, 1000);
    expect(done.filter((counts) => counts.some((count) => count !== 1))).toEqual([]);
  },
);

test('every chunk is done once where the number of jobs begins anew', async () => {
  const done = await play(5, 3, 100, GENERATION_MASK - 50);
  expect(done.filter((counts) => counts.some((count) => count !== 1))).toEqual([]);
});
