import { workerData } from 'node:worker_threads';
import { JobBoard } from '../../../pipeline/math/compute/job-board.mjs';
import type { Kernels } from '../../../pipeline/math/compute/kernels.ts';
import { type Play, Turns } from './turns.ts';

/*
 * A thread of a play: it works on the board as threads of a crew do, but each of its looks at shared memory is a
 * step that it may take only in its turn. Kernels are played too: they count who did what.
 */

const { memory, address, turns, counts, chunksOfJobs, thread } = workerData as Play & { thread: number };
const own = new Turns(turns, thread);
const most = counts.length / chunksOfJobs.length;

const played = {
  /** As the kernel of that name is called: job in the place of the rows, then width and the range. */
  gramRows(job: number, _width: number, from: number): void {
    counts[job * most + from] = (counts[job * most + from] as number) + 1;
  },
} as unknown as Kernels;

own.takeEachStep();
const board = new JobBoard(memory, address);
if (thread > 0) board.serve(played, thread);
else {
  chunksOfJobs.forEach((chunks, job) => {
    const bounds = Int32Array.from({ length: chunks + 1 }, (_, chunk) => chunk);
    board.post({
      kernel: 'gramRows',
      args: [job, 0],
      bounds,
      slots: 0,
      slotBytes: 0,
      scratch: 0,
      scratchBytes: 0,
    });
    board.work(played, 0);
    board.finish();
    // Who goes on before the last chunk is done would find a count of zero here.
    const done = counts.subarray(job * most, job * most + chunks);
    if (done.some((count) => count !== 1)) {
      throw new Error(`at step ${own.steps} the chunks of job ${job} are done ${done} times`);
    }
  });
  board.close();
}
own.leave();
