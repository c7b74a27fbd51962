import type { Arena } from './arena.ts';
import {
  type Address,
  type ArgumentsOf,
  type Kernels,
  RANGE_KERNELS,
  type RangeKernelName,
} from './kernels.ts';

/**
 * How threads share out a job: it lies in memory they all see, cut into chunks, and whoever is free takes the
 * next chunk. A thread that comes late, or never, costs nothing but its help; and since chunks and the order in
 * which their sums are added up are fixed, the result does not depend on who took which.
 */

/** Words of the board. */
const TICKET = 0;
export const GENERATION = 1;
const POSTED = 2;
const COMPLETED = 3;
const FAILED = 4;
const KERNEL = 5;
const ARGUMENTS = 6;
const CHUNKS = 7;
const SLOTS = 8;
const SLOT_BYTES = 9;
const SCRATCH = 10;
const SCRATCH_BYTES = 11;
const PAGES = 12;
const WORDS = 16;

/** A ticket is the generation of a job and a chunk of it in one word, so that both are taken at once. */
const CHUNK_BITS = 12;
export const MOST_CHUNKS = 1 << (CHUNK_BITS - 1);
const CHUNK_MASK = (1 << CHUNK_BITS) - 1;
export const GENERATION_MASK = (1 << (32 - CHUNK_BITS)) - 1;
const CLOSED = -1;
const MOST_ARGUMENTS = 24;
export const MOST_THREADS = 64;

/**
 * Looks at a word before a thread lies down, about a millisecond of them. Waking somebody who lies takes longer
 * than most waits, above all where the processor itself is virtual.
 */
const PATIENCE = 200_000;
/** Whoever waits for the last chunk looks again after so long, whatever happens. */
const NAP_MS = 20;

export interface Job<K extends RangeKernelName> {
  readonly kernel: K;
  readonly args: ArgumentsOf<K>;
  /** Where chunks begin: chunk c works on bounds[c] to bounds[c + 1]. Copied. */
  readonly bounds: Int32Array;
  /** Chunk c adds its sums to slots + c · slotBytes. */
  readonly slots: Address;
  readonly slotBytes: number;
  /** Thread t scratches at scratch + t · scratchBytes. */
  readonly scratch: Address;
  readonly scratchBytes: number;
}

/** Bytes of a page of memory. */
const PAGE = 65_536;

/** Bytes of what lies on a board. */
const WORD_BYTES = 4 * WORDS;
const ARGUMENT_BYTES = 8 * MOST_ARGUMENTS;
const DONE_BYTES = 4 * MOST_THREADS;
const BOUND_BYTES = 4 * (MOST_CHUNKS + 1);

/**
 * Everything that threads read of a job lies on the board itself, which is there before they start. A thread may
 * learn that memory has grown only some time after a job in it was put up, and waits until it has.
 */
export class JobBoard {
  readonly words: Int32Array;
  readonly #args: Float64Array;
  /** How many chunks each thread has done. */
  readonly chunksDone: Int32Array;
  readonly #bounds: Int32Array;
  readonly #memory: WebAssembly.Memory;

  /** @param address where a board lies already, for a thread that joins. */
  constructor(memory: WebAssembly.Memory, address: Address) {
    const { buffer } = memory;
    this.#memory = memory;
    const args = address + WORD_BYTES;
    const done = args + ARGUMENT_BYTES;
    this.words = new Int32Array(buffer, address, WORDS);
    this.#args = new Float64Array(buffer, args, MOST_ARGUMENTS);
    this.chunksDone = new Int32Array(buffer, done, MOST_THREADS);
    this.#bounds = new Int32Array(buffer, done + DONE_BYTES, MOST_CHUNKS + 1);
  }

  static open(arena: Arena): JobBoard {
    const { byteOffset } = arena.bytes(WORD_BYTES + ARGUMENT_BYTES + DONE_BYTES + BOUND_BYTES);
    return new JobBoard(arena.memory, byteOffset);
  }

  /** Whether a kernel failed; then the board takes no job any more. */
  get failed(): boolean {
    return Atomics.load(this.words, FAILED) !== 0;
  }

  /** Puts a job up. The one before must be done. */
  post<K extends RangeKernelName>(job: Job<K>): void {
    const { words } = this;
    if (this.failed) throw new Error('a kernel has failed on this board');
    if (Atomics.load(words, GENERATION) === CLOSED) throw new Error('the threads have been sent home');
    const generation = (Atomics.load(words, GENERATION) + 1) & GENERATION_MASK || 1;
    // Until the board is whole again, no ticket of another job is good.
    Atomics.store(words, POSTED, 0);
    words[KERNEL] = RANGE_KERNELS.indexOf(job.kernel);
    words[ARGUMENTS] = job.args.length;
    this.#args.set(job.args);
    this.#bounds.set(job.bounds);
    words[SLOTS] = job.slots;
    words[SLOT_BYTES] = job.slotBytes;
    words[SCRATCH] = job.scratch;
    words[SCRATCH_BYTES] = job.scratchBytes;
    words[PAGES] = this.#memory.buffer.byteLength / PAGE;
    Atomics.store(words, COMPLETED, 0);
    Atomics.store(words, CHUNKS, job.bounds.length - 1);
    Atomics.store(words, POSTED, generation);
    Atomics.store(words, TICKET, generation << CHUNK_BITS);
    Atomics.store(words, GENERATION, generation);
    Atomics.notify(words, GENERATION);
  }

  /**
   * Takes chunks of the job that is up until none is left. Once a kernel has failed, what is left is only counted,
   * so that nobody waits for it.
   *
   * @throws what a kernel threw in this thread.
   */
  work(kernels: Kernels, thread: number): void {
    const { words } = this;
    const failures: unknown[] = [];
    for (;;) {
      const ticket = Atomics.add(words, TICKET, 1);
      const chunk = ticket & CHUNK_MASK;
      // A job whose chunk was taken stays up until that chunk is done; any other ticket came too late. While a job
      // is changed for another none is up, and the chunks are read first: they are never those of a later job.
      const chunks = Atomics.load(words, CHUNKS);
      if (Atomics.load(words, POSTED) !== ticket >>> CHUNK_BITS || chunk >= chunks) break;
      try {
        if (!this.failed) this.#do(kernels, thread, chunk);
      } catch (error) {
        Atomics.store(words, FAILED, 1);
        failures.push(error);
      }
      if (Atomics.add(words, COMPLETED, 1) === chunks - 1) Atomics.notify(words, COMPLETED);
    }
    if (failures.length > 0) throw failures[0];
  }

  #do(kernels: Kernels, thread: number, chunk: number): void {
    const { words } = this;
    const word = (at: number): number => words[at] as number;
    while (this.#memory.buffer.byteLength < word(PAGES) * PAGE) {
      // The news of grown memory is taken in at the turn of a loop.
    }
    const kernel = kernels[RANGE_KERNELS[word(KERNEL)] as RangeKernelName] as (...args: number[]) => void;
    kernel(
      ...this.#args.subarray(0, word(ARGUMENTS)),
      this.#bounds[chunk] as number,
      this.#bounds[chunk + 1] as number,
      word(SLOTS) + chunk * word(SLOT_BYTES),
      word(SCRATCH) + thread * word(SCRATCH_BYTES),
    );
    this.chunksDone[thread] = (this.chunksDone[thread] as number) + 1;
  }

  /** Waits until nobody works on the job any more. */
  finish(): void {
    const { words } = this;
    const chunks = words[CHUNKS] as number;
    for (let looks = 0; ; looks++) {
      const completed = Atomics.load(words, COMPLETED);
      if (completed === chunks) return;
      if (looks > PATIENCE) Atomics.wait(words, COMPLETED, completed, NAP_MS);
    }
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
