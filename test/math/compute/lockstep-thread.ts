import { workerData } from 'node:worker_threads';
import type { Kernels } from '../../../pipeline/math/compute/kernels.ts';
import { WorkQueue } from '../../../pipeline/math/compute/work-queue.mjs';
import { type Simulation, Turns } from './turns.ts';

/*
 * A thread of a simulation. It works on the queue as a thread of a pool does, but each access to shared memory is a step
 * that waits for its turn. Its kernel only counts how often each chunk was done.
 */

const { memory, address, turns, counts, chunksOfJobs, thread } = workerData as Simulation & {
  thread: number;
};
const own = new Turns(turns, thread);
const most = counts.length / chunksOfJobs.length;

const recordingKernels = {
  /** Has the arguments of the kernel of that name, with the job in the place of the rows. */
  gramRows(job: number, _width: number, from: number): void {
    counts[job * most + from] = (counts[job * most + from] as number) + 1;
  },
} as unknown as Kernels;

own.takeEachStep();
const queue = new WorkQueue(memory, address);
if (thread > 0) queue.serve(recordingKernels, thread);
else {
  chunksOfJobs.forEach((chunks, job) => {
    const bounds = Int32Array.from({ length: chunks + 1 }, (_, chunk) => chunk);
    queue.post({
      kernel: 'gramRows',
      args: [job, 0],
      bounds,
      slots: 0,
      slotBytes: 0,
      scratch: 0,
      scratchBytes: 0,
    });
    queue.work(recordingKernels, 0);
    queue.finish();
    // If `finish` returns before the last chunk is done, a count is 0.
    const done = counts.subarray(job * most, job * most + chunks);
    if (done.some((count) => count !== 1)) {
      throw new Error(`at step ${own.steps} the chunks of job ${job} are done ${done} times`);
    }
  });
  queue.close();
}
own.leave();
