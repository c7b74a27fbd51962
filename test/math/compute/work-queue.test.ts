import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { seededRandom } from '../../../pipeline/lib/random.ts';
import { Arena } from '../../../pipeline/math/compute/arena.ts';
import { GENERATION, GENERATION_MASK, WorkQueue } from '../../../pipeline/math/compute/work-queue.mjs';
import { newTurns, type Simulation } from './turns.ts';

const MAX_CHUNKS = 6;

/**
 * Simulates threads that do jobs together. The seed determines the order of their steps.
 *
 * @param generation of the job before the first.
 * @returns for each job, how often each chunk was done.
 */
async function simulate(
  seed: number,
  threads: number,
  jobs: number,
  generation = 0,
): Promise<readonly number[][]> {
  const arena = new Arena();
  const { words } = WorkQueue.open(arena);
  words[GENERATION] = generation;
  // The number of chunks varies: a late ticket of one job must not be valid for the next.
  const random = seededRandom(seed);
  const chunksOfJobs = Array.from({ length: jobs }, () => Math.floor(random() * (MAX_CHUNKS + 1)));
  const counts = new Int32Array(new SharedArrayBuffer(4 * jobs * MAX_CHUNKS));
  const turns = newTurns(threads, seed);
  const shared: Simulation = { memory: arena.memory, address: words.byteOffset, turns, counts, chunksOfJobs };
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
  return chunksOfJobs.map((chunks, job) => [...counts.subarray(job * MAX_CHUNKS, job * MAX_CHUNKS + chunks)]);
}

test.each([1, 2, 3, 4])(
  'every chunk is done once, in any order of the steps of the threads: seed %d',
  async (seed) => {
    const done = await simulate(seed, 4, 1000);
    expect(done.filter((counts) => counts.some((count) => count !== 1))).toEqual([]);
  },
);

test('every chunk is done once when the generation number wraps around', async () => {
  const done = await simulate(5, 3, 100, GENERATION_MASK - 50);
  expect(done.filter((counts) => counts.some((count) => count !== 1))).toEqual([]);
});
