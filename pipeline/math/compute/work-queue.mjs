// @ts-check
// Threads load only plain JavaScript. To load TypeScript, a thread would first load the type stripper and start so late
// that a short training is half done.

/**
 * A queue of the chunks of one job in shared memory. Each thread takes the next chunk when it is free, so a thread that
 * starts late, or never, delays nothing. The chunks and the order in which their sums are added up are fixed, so the
 * result does not depend on which thread did which chunk.
 *
 * @import { Arena } from './arena.ts'
 * @import { Address, Kernels, RangeArguments, RangeKernelName } from './kernels.ts'
 */

/** Positions of the 32-bit words of the queue. */
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

/** A ticket has the generation of a job and a chunk in one word, so that one atomic operation takes both. */
const CHUNK_BITS = 12;
export const MAX_CHUNKS = 1 << (CHUNK_BITS - 1);
const CHUNK_MASK = (1 << CHUNK_BITS) - 1;
export const GENERATION_MASK = (1 << (32 - CHUNK_BITS)) - 1;
const CLOSED = -1;
const MAX_ARGUMENTS = 24;
export const MAX_THREADS = 64;

/**
 * The kernels that work on ranges of rows. A job names its kernel by its position in this list.
 *
 * @type {readonly RangeKernelName[]}
 */
export const RANGE_KERNELS = [
  'gramRows',
  'updateBayesRows',
  'refreshPrior',
  'learnFeatureWeights',
  'solveRows',
  'improveRows',
  'descend',
  'coLikingRows',
];

/**
 * How often a thread reads a word before it blocks: about a millisecond. Waking a blocked thread takes longer than most
 * waits, above all on a virtual processor.
 */
const MAX_SPINS = 200_000;
/** A thread that waits for the last chunk reads the word again after this time at the latest. */
const WAIT_MS = 20;

/** Bytes of a page of WebAssembly memory. */
const PAGE = 65_536;

/** Sizes of the parts of the queue, in bytes. */
const WORD_BYTES = 4 * WORDS;
const ARGUMENT_BYTES = 8 * MAX_ARGUMENTS;
const DONE_BYTES = 4 * MAX_THREADS;
const BOUND_BYTES = 4 * (MAX_CHUNKS + 1);

/**
 * @template {RangeKernelName} K
 * @typedef {object} Job
 * @property {K} kernel
 * @property {RangeArguments[K]} args
 * @property {Int32Array} bounds Chunk c works on rows bounds[c] to bounds[c + 1]. Copied.
 * @property {Address} slots Chunk c adds its sums to slots + c · slotBytes.
 * @property {number} slotBytes
 * @property {Address} scratch The scratch memory of thread t is at scratch + t · scratchBytes.
 * @property {number} scratchBytes
 */

/**
 * All that threads read of a job is in the queue, which is allocated before they start. A thread may not see yet that
 * the memory has grown for the current job, so it checks this before it starts a chunk.
 */
export class WorkQueue {
  /** @type {Float64Array} */
  #args;
  /** @type {Int32Array} */
  #bounds;
  /** @type {WebAssembly.Memory} */
  #memory;

  /**
   * @param {WebAssembly.Memory} memory
   * @param {Address} address of a queue that `open` allocated.
   */
  constructor(memory, address) {
    const { buffer } = memory;
    const args = address + WORD_BYTES;
    const done = args + ARGUMENT_BYTES;
    this.#memory = memory;
    this.words = new Int32Array(buffer, address, WORDS);
    this.#args = new Float64Array(buffer, args, MAX_ARGUMENTS);
    /** Number of chunks that each thread has done. */
    this.chunksDone = new Int32Array(buffer, done, MAX_THREADS);
    this.#bounds = new Int32Array(buffer, done + DONE_BYTES, MAX_CHUNKS + 1);
  }

  /**
   * Allocates a queue.
   *
   * @param {Arena} arena
   */
  static open(arena) {
    const { byteOffset } = arena.bytes(WORD_BYTES + ARGUMENT_BYTES + DONE_BYTES + BOUND_BYTES);
    return new WorkQueue(arena.memory, byteOffset);
  }

  /** Whether a kernel failed. The queue then accepts no further job. */
  get failed() {
    return Atomics.load(this.words, FAILED) !== 0;
  }

  /**
   * Makes a job the current one. The job before it must be done.
   *
   * @template {RangeKernelName} K
   * @param {Job<K>} job
   */
  post(job) {
    const { words } = this;
    if (this.failed) throw new Error('a kernel has failed in this queue');
    if (Atomics.load(words, GENERATION) === CLOSED) throw new Error('the work queue is closed');
    const generation = (Atomics.load(words, GENERATION) + 1) & GENERATION_MASK || 1;
    // No ticket is valid until the job is written completely.
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
   * Does chunks of the current job until none is left. After a kernel failed, the remaining chunks are only counted, so
   * that no thread waits for them.
   *
   * @param {Kernels} kernels
   * @param {number} thread
   * @throws what a kernel threw in this thread.
   */
  work(kernels, thread) {
    const { words } = this;
    /** @type {unknown[]} */
    const failures = [];
    for (;;) {
      const ticket = Atomics.add(words, TICKET, 1);
      const chunk = ticket & CHUNK_MASK;
      // A job stays current until all of its taken chunks are done, so a ticket of another job is out of date. While one
      // job replaces another, none is current. CHUNKS is read before POSTED, so it is never that of a later job.
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

  /**
   * @param {Kernels} kernels
   * @param {number} thread
   * @param {number} chunk
   */
  #do(kernels, thread, chunk) {
    const word = (/** @type {number} */ at) => Number(this.words[at]);
    while (this.#memory.buffer.byteLength < word(PAGES) * PAGE) {
      // V8 updates the buffer of a thread at its next loop iteration, but may miss a thread that has just started.
      // Growing by 0 pages updates it.
      this.#memory.grow(0);
    }
    const name = /** @type {RangeKernelName} */ (RANGE_KERNELS[word(KERNEL)]);
    const kernel = /** @type {(...args: number[]) => void} */ (kernels[name]);
    kernel(
      ...this.#args.subarray(0, word(ARGUMENTS)),
      Number(this.#bounds[chunk]),
      Number(this.#bounds[chunk + 1]),
      word(SLOTS) + chunk * word(SLOT_BYTES),
      word(SCRATCH) + thread * word(SCRATCH_BYTES),
    );
    this.chunksDone[thread] = Number(this.chunksDone[thread]) + 1;
  }

  /** Waits until all chunks of the job are done. */
  finish() {
    const { words } = this;
    const chunks = words[CHUNKS];
    for (let spins = 0; ; spins++) {
      const completed = Atomics.load(words, COMPLETED);
      if (completed === chunks) return;
      if (spins > MAX_SPINS) Atomics.wait(words, COMPLETED, completed, WAIT_MS);
    }
  }

  /**
   * Works on every job until the queue is closed.
   *
   * @param {Kernels} kernels
   * @param {number} thread
   */
  serve(kernels, thread) {
    const { words } = this;
    let seen = 0;
    for (let spins = 0; ; spins++) {
      const generation = Atomics.load(words, GENERATION);
      if (generation === CLOSED) return;
      if (generation !== seen) {
        seen = generation;
        spins = 0;
        this.work(kernels, thread);
      } else if (spins > MAX_SPINS) {
        Atomics.wait(words, GENERATION, seen);
      }
    }
  }

  /** Ends `serve` in every thread. */
  close() {
    Atomics.store(this.words, GENERATION, CLOSED);
    Atomics.notify(this.words, GENERATION);
  }
}
