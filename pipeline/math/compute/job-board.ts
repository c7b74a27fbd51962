import type { Arena } from './arena.ts';
import {
  type Address,
  type ArgumentsOf,
  type Kernels,
  RANGE_KERNELS,
  type RangeKernelName,
} from './kernel-module.ts';

/**
 * How threads share out a job: it lies in memory they all see, cut into chunks, and whoever is free takes the
 * next chunk. A thread that comes late, or never, costs nothing but its help; and since chunks and the order in
 * which their sums are added up are fixed, the result does not depend on who took which.
 */

/** Words of the board. */
const TICKET = 0;
const GENERATION = 1;
const POSTED = 2;
const COMPLETED = 3;
const FAILED = 4;
const KERNEL = 5;
const ARGUMENTS = 6;
const CHUNKS = 7;
const BOUNDS = 8;
const SLOTS = 9;
const SLOT_BYTES = 10;
const SCRATCH = 11;
const SCRATCH_BYTES = 12;
const WORDS = 16;

/** A ticket is the generation of a job and a chunk of it in one word, so that both are taken at once. */
const CHUNK_BITS = 12;
export const MOST_CHUNKS = 1 << (CHUNK_BITS - 1);
const CHUNK_MASK = (1 << CHUNK_BITS) - 1;
const GENERATION_MASK = (1 << (32 - CHUNK_BITS)) - 1;
const CLOSED = -1;
const MOST_ARGUMENTS = 24;
export const MOST_THREADS = 64;

/** Looks at a word before a thread lies down: most waits are shorter than waking up takes. */
const PATIENCE = 4_000;
/** Somebody who lies down looks again after so long, whatever happens. */
const NAP_MS = 20;

export interface Job<K extends RangeKernelName> {
  readonly kernel: K;
  readonly args: ArgumentsOf<K>;
  /** Where chunks begin: chunk c works on bounds[c] to bounds[c + 1]. In the arena. */
  readonly bounds: Int32Array;
  /** Chunk c adds its sums to slots + c · slotBytes. */
  readonly slots: Address;
  readonly slotBytes: number;
  /** Thread t scratches at scratch + t · scratchBytes. */
  readonly scratch: Address;
  readonly scratchBytes: number;
}

export class JobBoard {
  readonly words: Int32Array;
  readonly #args: Float64Array;
  /** How many chunks each thread has done. */
  readonly chunksDone: Int32Array;
  readonly #memory: WebAssembly.Memory;

  /** @param address where a board lies already, for a thread that joins. */
  constructor(memory: WebAssembly.Memory, address: Address) {
    this.#memory = memory;
    this.words = new Int32Array(memory.buffer, address, WORDS);
    this.#args = new Float64Array(memory.buffer, address + 4 * WORDS, MOST_ARGUMENTS);
    this.chunksDone = new Int32Array(memory.buffer, address + 4 * WORDS + 8 * MOST_ARGUMENTS, MOST_THREADS);
  }

  static open(arena: Arena): JobBoard {
    const { byteOffset } = arena.bytes(4 * WORDS + 8 * MOST_ARGUMENTS + 4 * MOST_THREADS);
    return new JobBoard(arena.memory, byteOffset);
  }

  /** Puts a job up. The one before must be done. */
  post<K extends RangeKernelName>(job: Job<K>): void {
    const { words } = this;
    const generation = (Atomics.load(words, GENERATION) + 1) & GENERATION_MASK || 1;
    // Until the board is whole again, no ticket of another job is good.
    Atomics.store(words, POSTED, 0);
    words[KERNEL] = RANGE_KERNELS.indexOf(job.kernel);
    words[ARGUMENTS] = job.args.length;
    this.#args.set(job.args);
    words[BOUNDS] = job.bounds.byteOffset;
    words[SLOTS] = job.slots;
    words[SLOT_BYTES] = job.slotBytes;
    words[SCRATCH] = job.scratch;
    words[SCRATCH_BYTES] = job.scratchBytes;
    Atomics.store(words, COMPLETED, 0);
    Atomics.store(words, CHUNKS, job.bounds.length - 1);
    Atomics.store(words, POSTED, generation);
    Atomics.store(words, TICKET, generation << CHUNK_BITS);
    Atomics.store(words, GENERATION, generation);
    Atomics.notify(words, GENERATION);
  }

  /** Takes chunks of the job that is up until none is left. */
  work(kernels: Kernels, thread: number): void {
    const { words } = this;
    for (;;) {
      const ticket = Atomics.add(words, TICKET, 1);
      const chunk = ticket & CHUNK_MASK;
      const chunks = Atomics.load(words, CHUNKS);
      // A job whose chunk was taken stays up until that chunk is done; any other ticket came too late.
      if (Atomics.load(words, POSTED) !== ticket >>> CHUNK_BITS || chunk >= chunks) return;
      try {
        this.#do(kernels, thread, chunk);
      } catch (error) {
        Atomics.store(words, FAILED, 1);
        throw error;
      } finally {
        this.chunksDone[thread] = (this.chunksDone[thread] as number) + 1;
        if (Atomics.add(words, COMPLETED, 1) === chunks - 1) Atomics.notify(words, COMPLETED);
      }
    }
  }

  #do(kernels: Kernels, thread: number, chunk: number): void {
    const { words } = this;
    const word = (at: number): number => words[at] as number;
    const bounds = new Int32Array(this.#memory.buffer, word(BOUNDS) >>> 0, chunk + 2);
    const kernel = kernels[RANGE_KERNELS[word(KERNEL)] as RangeKernelName] as (...args: number[]) => void;
    kernel(
      ...this.#args.subarray(0, word(ARGUMENTS)),
      bounds[chunk] as number,
      bounds[chunk + 1] as number,
      word(SLOTS) + chunk * word(SLOT_BYTES),
      word(SCRATCH) + thread * word(SCRATCH_BYTES),
    );
  }

  /** Waits until every chunk of the job is done. @throws Error when one of them failed in another thread. */
  finish(): void {
    const { words } = this;
    const chunks = words[CHUNKS] as number;
    for (let looks = 0; ; looks++) {
      const completed = Atomics.load(words, COMPLETED);
      if (completed === chunks) break;
      if (looks > PATIENCE) Atomics.wait(words, COMPLETED, completed, NAP_MS);
    }
    if (Atomics.load(words, FAILED) !== 0) throw new Error('a kernel failed in another thread');
  }

  /** Works on every job that is put up, until the board is closed. */
  serve(kernels: Kernels, thread: number): void {
    const { words } = this;
    let seen = 0;
    for (let looks = 0; ; looks++) {
      const generation = Atomics.load(words, GENERATION);
      if (generation === CLOSED) return;
      if (generation !== seen) {
        seen = generation;
        looks = 0;
        this.work(kernels, thread);
      } else if (looks > PATIENCE) {
        Atomics.wait(words, GENERATION, seen);
      }
    }
  }

  /** Sends everybody home. */
  close(): void {
    Atomics.store(this.words, GENERATION, CLOSED);
    Atomics.notify(this.words, GENERATION);
  }
}
