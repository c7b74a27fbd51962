import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { Arena } from './arena.ts';
import {
  instantiateKernels,
  type Kernels,
  kernelModule,
  type RangeArguments,
  type RangeKernelName,
} from './kernels.ts';
import type { PoolWorkerData } from './pool-worker.mjs';
import { MAX_CHUNKS, MAX_THREADS, WorkQueue } from './work-queue.mjs';

/** Memory for the sums of a job: one slot for each chunk. */
export interface Slots {
  readonly memory: Float32Array;
  /** Numbers in a slot, a multiple of 16: no two threads write to one cache line. */
  readonly stride: number;
}

/** Threads that compute together on one arena. The calling thread is one of them. */
export class WorkerPool {
  readonly arena = new Arena();
  readonly kernels: Kernels;
  readonly #queue: WorkQueue;
  readonly #workers: readonly Worker[];
  readonly #threads: number;
  #scratch = new Float32Array(0) as Float32Array<ArrayBufferLike>;
  #failure: Error | null = null;

  /** @param threads at least 1; results do not depend on the number. @default the number of cores */
  constructor(threads: number = availableParallelism()) {
    this.#threads = Math.min(Math.max(1, threads), MAX_THREADS);
    this.kernels = instantiateKernels(this.arena.memory);
    this.#queue = WorkQueue.open(this.arena);
    this.#workers = Array.from({ length: this.#threads - 1 }, (_, index) => {
      const workerData: PoolWorkerData = {
        module: kernelModule,
        memory: this.arena.memory,
        queue: this.#queue.words.byteOffset,
        thread: index + 1,
      };
      const worker = new Worker(new URL('./pool-worker.mjs', import.meta.url), { workerData, execArgv: [] });
      worker.on('error', (error) => {
        this.#failure = error as Error;
      });
      worker.unref();
      return worker;
    });
  }

  /** Number of chunks that each thread has done so far. */
  get chunksDone(): readonly number[] {
    return Array.from(this.#queue.chunksDone.subarray(0, this.#threads));
  }

  /**
   * Bounds of at most `most` chunks of nearly equal weight.
   *
   * @param pointers offsets of the rows. The weight of a row is its length plus `each`.
   */
  weightedBounds(pointers: Int32Array, each: number, most: number): Int32Array {
    const rows = pointers.length - 1;
    const chunks = Math.min(most, rows, MAX_CHUNKS);
    const bounds = new Int32Array(chunks + 1);
    const total = (pointers[rows] as number) + each * rows;
    let row = 0;
    for (let chunk = 1; chunk < chunks; chunk++) {
      const goal = (total * chunk) / chunks;
      // Every chunk has at least one row.
      const last = rows - (chunks - chunk);
      row++;
      while (row < last && (pointers[row] as number) + each * row < goal) row++;
      bounds[chunk] = row;
    }
    bounds[chunks] = rows;
    return bounds;
  }

  /** Bounds of at most `most` chunks of nearly equal length. */
  evenBounds(count: number, most: number): Int32Array {
    const chunks = Math.min(most, count, MAX_CHUNKS);
    const bounds = new Int32Array(chunks + 1);
    for (let chunk = 0; chunk <= chunks; chunk++) bounds[chunk] = Math.round((count * chunk) / chunks);
    return bounds;
  }

  /** Slots of `numbers` numbers for the chunks of `bounds`. */
  slots(bounds: Int32Array, numbers: number): Slots {
    const stride = Math.ceil(numbers / 16) * 16;
    return { memory: this.arena.floats(stride * (bounds.length - 1)), stride };
  }

  /**
   * Runs a kernel over all chunks and returns when all are done.
   *
   * @param slots set to zero first.
   * @param scratch size of the scratch memory of each thread, in numbers.
   * @throws what the kernel threw in this thread; Error when the kernel failed in another thread or a thread could not
   * start. These are bugs, and the pool cannot be used afterwards.
   */
  run<K extends RangeKernelName>(
    kernel: K,
    args: RangeArguments[K],
    { bounds, slots, scratch = 0 }: { bounds: Int32Array; slots?: Slots; scratch?: number },
  ): void {
    if (this.#failure !== null) throw this.#failure;
    slots?.memory.fill(0);
    const stride = Math.ceil(scratch / 16) * 16;
    if (this.#scratch.length < stride * this.#threads) {
      this.#scratch = this.arena.floats(stride * this.#threads);
    }
    this.#queue.post({
      kernel,
      args,
      bounds,
      slots: slots?.memory.byteOffset ?? 0,
      slotBytes: 4 * (slots?.stride ?? 0),
      scratch: this.#scratch.byteOffset,
      scratchBytes: 4 * stride,
    });
    try {
      this.#queue.work(this.kernels, 0);
    } finally {
      this.#queue.finish();
    }
    if (this.#queue.failed) throw new Error(`${kernel} failed in another thread`);
  }

  /** Ends the threads. The arrays of the arena stay readable. */
  async close(): Promise<void> {
    this.#queue.close();
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

/** Adds up the slots in the order of the chunks, in double precision. */
export function addUp({ memory, stride }: Slots, numbers: number): Float64Array {
  const sums = new Float64Array(numbers);
  for (let at = 0; at < memory.length; at += stride) {
    for (let i = 0; i < numbers; i++) sums[i] = (sums[i] as number) + (memory[at + i] as number);
  }
  return sums;
}
