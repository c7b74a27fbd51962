/** What the threads of a simulation receive. */
export interface Simulation {
  readonly memory: WebAssembly.Memory;
  /** Address of the queue. */
  readonly address: number;
  readonly turns: Int32Array;
  /** How often each chunk of each job was done: jobs × the largest number of chunks. */
  readonly counts: Int32Array;
  readonly chunksOfJobs: readonly number[];
}

/** Positions of the words. From SLEEP on, there is one word for each thread: the step until which it sleeps. */
const TURN = 0;
const RANDOM = 1;
const STEP = 2;
const BURST = 3;
const THREADS = 4;
const SLEEP = 5;
const LEFT = 2 ** 31 - 1;

/** Numbers of steps that a thread takes in a row, from one step to a whole job. */
const BURSTS = [1, 1, 1, 2, 3, 5, 10, 40];
/** A thread sometimes sleeps for up to this many steps, which is as long as a few jobs. */
const MAX_SLEEP = 150;
/** After this many steps, some thread waits for ever. */
const MAX_STEPS = 1_000_000;

/** @param seed of the order of the steps. */
export function newTurns(threads: number, seed: number): Int32Array {
  const turns = new Int32Array(new SharedArrayBuffer(4 * (SLEEP + threads)));
  turns[RANDOM] = Math.imul(seed, 0x9e3779b1) | 1;
  turns[THREADS] = threads;
  return turns;
}

/** Lets one thread at a time take a step. The thread that has the turn draws the next one. */
export class Turns {
  readonly #words: Int32Array;
  readonly #thread: number;
  readonly #real = { load: Atomics.load, store: Atomics.store, wait: Atomics.wait, notify: Atomics.notify };

  constructor(words: Int32Array, thread: number) {
    this.#words = words;
    this.#thread = thread;
  }

  /** From now on each access to shared memory waits for its turn, and `Atomics.wait` returns at once. */
  takeEachStep(): void {
    const { add, load, store } = Atomics;
    const stepping =
      <A extends unknown[], R>(step: (...args: A) => R) =>
      (...args: A): R => {
        this.#step();
        return step(...args);
      };
    Object.assign(Atomics, {
      add: stepping(add),
      load: stepping(load),
      store: stepping(store),
      notify: stepping(() => 0),
      wait: stepping(() => 'timed-out'),
    });
    this.#await();
  }

  /** Number of steps of all threads so far. */
  get steps(): number {
    return this.#words[STEP] as number;
  }

  /** Takes no more turns. */
  leave(): void {
    this.#words[SLEEP + this.#thread] = LEFT;
    this.#words[BURST] = 0;
    this.#give(this.#next());
  }

  #step(): void {
    const words = this.#words;
    words[STEP] = (words[STEP] as number) + 1;
    if ((words[STEP] as number) > MAX_STEPS) throw new Error('a chunk was lost: a thread waits for it');
    if (this.#draw(40) === 0) words[SLEEP + this.#thread] = (words[STEP] as number) + this.#draw(MAX_SLEEP);
    const next = this.#next();
    if (next === this.#thread) return;
    this.#give(next);
    this.#await();
  }

  #next(): number {
    const words = this.#words;
    const isAsleep = (thread: number): boolean => (words[SLEEP + thread] as number) > (words[STEP] as number);
    words[BURST] = (words[BURST] as number) - 1;
    if ((words[BURST] as number) > 0 && !isAsleep(this.#thread)) return this.#thread;
    words[BURST] = BURSTS[this.#draw(BURSTS.length)] as number;
    const here = Array.from({ length: words[THREADS] as number }, (_, thread) => thread).filter(
      (thread) => words[SLEEP + thread] !== LEFT,
    );
    const awake = here.filter((thread) => !isAsleep(thread));
    const among = awake.length > 0 ? awake : here;
    return among[this.#draw(among.length)] ?? 0;
  }

  /** A number below `end`: xorshift of 32 bits (Marsaglia 2003). */
  #draw(end: number): number {
    let state = this.#words[RANDOM] as number;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#words[RANDOM] = state;
    return (state >>> 4) % end;
  }

  #give(next: number): void {
    this.#real.store(this.#words, TURN, next);
    this.#real.notify(this.#words, TURN);
  }

  #await(): void {
    for (;;) {
      const turn = this.#real.load(this.#words, TURN);
      if (turn === this.#thread) return;
      this.#real.wait(this.#words, TURN, turn);
    }
  }
}
