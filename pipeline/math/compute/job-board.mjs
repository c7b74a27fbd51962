// @ts-check
// Plain JavaScript, as is all that a thread loads: to strip types it would first have to load what strips them, and
// start so much later that a short training is half over.

/**
 * How threads share out a job: it lies in memory they all see, cut into chunks, and whoever is free takes the
 * next chunk. A thread that comes late, or never, costs nothing but its help; and since chunks and the order in
 * which their sums are added up are fixed, the result does not depend on who took which.
 *
 * @import { Arena } from './arena.ts'
 * @import { Address, ArgumentsOf, Kernels, RangeKernelName } from './kernels.ts'
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
 * The kernels that can be shared out, in the order by which threads name them to each other.
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
];

/**
 * Looks at a word before a thread lies down, about a millisecond of them. Waking somebody who lies takes longer
 * than most waits, above all where the processor itself is virtual.
 */
const PATIENCE = 200_000;
/** Whoever waits for the last chunk looks again after so long, whatever happens. */
const NAP_MS = 20;

/** Bytes of a page of memory. */
const PAGE = 65_536;

/** Bytes of what lies on a board. */
const WORD_BYTES = 4 * WORDS;
const ARGUMENT_BYTES = 8 * MOST_ARGUMENTS;
const DONE_BYTES = 4 * MOST_THREADS;
const BOUND_BYTES = 4 * (MOST_CHUNKS + 1);

/**
 * @template {RangeKernelName} K
 * @typedef {object} Job
 * @property {K} kernel
 * @property {ArgumentsOf<K>} args
 * @property {Int32Array} bounds Where chunks begin: chunk c works on bounds[c] to bounds[c + 1]. Copied.
 * @property {Address} slots Chunk c adds its sums to slots + c · slotBytes.
 * @property {number} slotBytes
 * @property {Address} scratch Thread t scratches at scratch + t · scratchBytes.
 * @property {number} scratchBytes
 */

/**
 * Everything that threads read of a job lies on the board itself, which is there before they start. A thread may
 * not know yet that memory has grown for a job that is up, and asks before it works on it.
 */
export class JobBoard {
  /** @type {Float64Array} */
  #args;
  /** @type {Int32Array} */
  #bounds;
  /** @type {WebAssembly.Memory} */
  #memory;

  /**
   * @param {WebAssembly.Memory} memory
   * @param {Address} address where a board lies already, for a thread that joins.
   */
  constructor(memory, address) {
    const { buffer } = memory;
    const args = address + WORD_BYTES;
    const done = args + ARGUMENT_BYTES;
    this.#memory = memory;
    this.words = new Int32Array(buffer, address, WORDS);
    this.#args = new Float64Array(buffer, args, MOST_ARGUMENTS);
    /** How many chunks each thread has done. */
    this.chunksDone = new Int32Array(buffer, done, MOST_THREADS);
    this.#bounds = new Int32Array(buffer, done + DONE_BYTES, MOST_CHUNKS + 1);
  }

  /** @param {Arena} arena */
  static open(arena) {
    const { byteOffset } = arena.bytes(WORD_BYTES + ARGUMENT_BYTES + DONE_BYTES + BOUND_BYTES);
    return new JobBoard(arena.memory, byteOffset);
  }

  /** Whether a kernel failed; then the board takes no job any more. */
  get failed() {
    return Atomics.load(this.words, FAILED) !== 0;
  }

  /**
   * Puts a job up. The one before must be done.
   *
   * @template {RangeKernelName} K
   * @param {Job<K>} job
   */
  post(job) {
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

  /**
   * @param {Kernels} kernels
   * @param {number} thread
   * @param {number} chunk
   */
  #do(kernels, thread, chunk) {
    const word = (/** @type {number} */ at) => Number(this.words[at]);
    while (this.#memory.buffer.byteLength < word(PAGES) * PAGE) {
      // V8 tells a thread so at the turn of a loop, but not one that was just joining; growing by nothing asks.
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

  /** Waits until nobody works on the job any more. */
  finish() {
    const { words } = this;
    const chunks = words[CHUNKS];
    for (let looks = 0; ; looks++) {
      const completed = Atomics.load(words, COMPLETED);
      if (completed === chunks) return;
      if (looks > PATIENCE) Atomics.wait(words, COMPLETED, completed, NAP_MS);
    }
  }

  /**
   * Works on every job that is put up, until the board is closed.
   *
   * @param {Kernels} kernels
   * @param {number} thread
   */
  serve(kernels, thread) {
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
  close() {
    Atomics.store(this.words, GENERATION, CLOSED);
    Atomics.notify(this.words, GENERATION);
  }
}
