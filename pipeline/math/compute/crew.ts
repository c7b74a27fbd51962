import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { Arena } from './arena.ts';
import type { CrewMember } from './crew-worker.mjs';
import { JobBoard, MOST_CHUNKS, MOST_THREADS } from './job-board.mjs';
import { kernelModule } from './kernel-module.ts';
import { type ArgumentsOf, instantiateKernels, type Kernels, type RangeKernelName } from './kernels.ts';

/** Where the chunks of a job add up their sums, chunk after chunk. */
export interface Slots {
  readonly memory: Float32Array;
  /** Numbers a chunk, a multiple of 16: no two threads write to one cache line. */
  readonly stride: number;
}

/** Threads that compute together on one arena, this one among them. */
export class Crew {
  readonly arena = new Arena();
  readonly kernels: Kernels;
  readonly #board: JobBoard;
  readonly #workers: readonly Worker[];
  readonly #threads: number;
  #scratch = new Float32Array(0) as Float32Array<ArrayBufferLike>;
  #failure: Error | null = null;

  /** @param threads how many; results do not depend on it. @default as many as there are cores */
  constructor(threads: number = availableParallelism()) {
    this.#threads = Math.min(Math.max(1, threads), MOST_THREADS);
    this.kernels = instantiateKernels(kernelModule, this.arena.memory);
    this.#board = JobBoard.open(this.arena);
    this.#workers = Array.from({ length: this.#threads - 1 }, (_, index) => {
      const workerData: CrewMember = {
        module: kernelModule,
        memory: this.arena.memory,
        board: this.#board.words.byteOffset,
        thread: index + 1,
      };
      const worker = new Worker(new URL('./crew-worker.mjs', import.meta.url), { workerData, execArgv: [] });
      worker.on('error', (error) => {
        this.#failure = error as Error;
      });
      worker.unref();
      return worker;
    });
  }

  /** How many chunks each thread has done so far. */
  get chunksDone(): readonly number[] {
    return Array.from(this.#board.chunksDone.subarray(0, this.#threads));
  }

  /**
   * Bounds of chunks of nearly equal weight.
   *
   * @param pointers where rows begin: a row weighs as much as it is long.
   * @param each what a row weighs besides.
   */
  weightedBounds(pointers: Int32Array, each: number, most: number): Int32Array {
    const rows = pointers.length - 1;
    const chunks = Math.min(most, rows, MOST_CHUNKS);
    const bounds = new Int32Array(chunks + 1);
    const total = (pointers[rows] as number) + each * rows;
    let row = 0;
    for (let chunk = 1; chunk < chunks; chunk++) {
      const goal = (total * chunk) / chunks;
      // At least one row a chunk, and one left for each that follows.
      const last = rows - (chunks - chunk);
      row++;
      while (row < last && (pointers[row] as number) + each * row < goal) row++;
      bounds[chunk] = row;
    }
    bounds[chunks] = rows;
    return bounds;
  }

  /** Bounds of chunks of nearly equal length. */
  evenBounds(count: number, most: number): Int32Array {
    const chunks = Math.min(most, count, MOST_CHUNKS);
    const bounds = new Int32Array(chunks + 1);
    for (let chunk = 0; chunk <= chunks; chunk++) bounds[chunk] = Math.round((count * chunk) / chunks);
    return bounds;
  }

  /** Sums for each chunk of `bounds`, `numbers` long. */
  slots(bounds: Int32Array, numbers: number): Slots {
    const stride = Math.ceil(numbers / 16) * 16;
    return { memory: this.arena.floats(stride * (bounds.length - 1)), stride };
  }

  /**
   * Runs a kernel over all chunks and returns when the last is done.
   *
   * @param slots cleared first.
   * @param scratch numbers each thread needs to scratch on.
   * @throws what the kernel threw in this thread, or Error when a kernel failed in another or a thread could not
   * start: bugs, after which the crew computes nothing more.
   */
  run<K extends RangeKernelName>(
    kernel: K,
    args: ArgumentsOf<K>,
    { bounds, slots, scratch = 0 }: { bounds: Int32Array; slots?: Slots; scratch?: number },
  ): void {
    if (this.#failure !== null) throw this.#failure;
    slots?.memory.fill(0);
    const stride = Math.ceil(scratch / 16) * 16;
    if (this.#scratch.length < stride * this.#threads) {
      this.#scratch = this.arena.floats(stride * this.#threads);
    }
    this.#board.post({
      kernel,
      args,
      bounds,
      slots: slots?.memory.byteOffset ?? 0,
      slotBytes: 4 * (slots?.stride ?? 0),
      scratch: this.#scratch.byteOffset,
      scratchBytes: 4 * stride,
    });
    try {
      this.#board.work(this.kernels, 0);
    } finally {
      this.#board.finish();
    }
    if (this.#board.failed) throw new Error(`${kernel} failed in another thread`);
  }

  /** Sends the threads home. The arena stays as it is, but nothing is computed on it any more. */
  async close(): Promise<void> {
    this.#board.close();
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

/** The sums of all chunks added up, chunk after chunk, in double precision. */
export function addUp({ memory, stride }: Slots, numbers: number): Float64Array {
  const sums = new Float64Array(numbers);
  for (let at = 0; at < memory.length; at += stride) {
    for (let i = 0; i < numbers; i++) sums[i] = (sums[i] as number) + (memory[at + i] as number);
  }
  return sums;
}
