/** What the threads of a play are told. */
export interface Play {
  readonly memory: WebAssembly.Memory;
  /** Of the board. */
  readonly address: number;
  readonly turns: Int32Array;
  /** How often each chunk of each job was done, jobs × the most chunks of one. */
  readonly counts: Int32Array;
  readonly chunksOfJobs: readonly number[];
}

/** Words of the turns; after them, for each thread, the step until which it sleeps. */
const TURN = 0;
const RANDOM = 1;
const STEP = 2;
const BURST = 3;
const THREADS = 4;
const SLEEP = 5;
const LEFT = 2 ** 31 - 1;

/** How many steps somebody may take in a row: now one, now a whole job. */
const BURSTS = [1, 1, 1, 2, 3, 5, 10, 40];
/** How long somebody sleeps in the middle of something, now and then, in steps: a few jobs pass by. */
const NAP = 150;
/** Where a play has taken so many steps, somebody waits for what will never be. */
const MOST_STEPS = 1_000_000;

/** @param seed of the order of the steps. */
export function newTurns(threads: number, seed: number): Int32Array {
  const turns = new Int32Array(new SharedArrayBuffer(4 * (SLEEP + threads)));
  turns[RANDOM] = Math.imul(seed, 0x9e3779b1) | 1;
  turns[THREADS] = threads;
  return turns;
}

/** Lets one thread at a time take a step; whoever has the turn draws who goes next. */
export class Turns {
  readonly #words: Int32Array;
  readonly #thread: number;
  readonly #real = { load: Atomics.load, store: Atomics.store, wait: Atomics.wait, notify: Atomics.notify };

  constructor(words: Int32Array, thread: number) {
    this.#words = words;
    this.#thread = thread;
  }

  /** From now on each look at shared memory waits for its turn; who lies down wakes up for no reason. */
  takeEachStep(): void {
    const { add, load, store } = Atomics;
    const stepping =
      <A extends unknown[], R>(step: (...args: A) => R) =>
      (...args: A): R => {
        this.#pass();
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

  /** How many steps all have taken. */
  get steps(): number {
    return this.#words[STEP] as number;
  }

  /** Takes no more turns. */
  leave(): void {
    this.#words[SLEEP + this.#thread] = LEFT;
    this.#words[BURST] = 0;
    this.#give(this.#next());
  }

  #pass(): void {
    const words = this.#words;
    words[STEP] = (words[STEP] as number) + 1;
    if ((words[STEP] as number) > MOST_STEPS) throw new Error('a chunk was lost: somebody waits for it');
    if (this.#draw(40) === 0) words[SLEEP + this.#thread] = (words[STEP] as number) + this.#draw(NAP);
    const next = this.#next();
    if (next === this.#thread) return;
    this.#give(next);
    this.#await();
  }

  #next(): number {
    const words = this.#words;
    const sleeps = (thread: number): boolean => (words[SLEEP + thread] as number) > (words[STEP] as number);
    words[BURST] = (words[BURST] as number) - 1;
    if ((words[BURST] as number) > 0 && !sleeps(this.#thread)) return this.#thread;
    words[BURST] = BURSTS[this.#draw(BURSTS.length)] as number;
    const here = Array.from({ length: words[THREADS] as number }, (_, thread) => thread).filter(
      (thread) => words[SLEEP + thread] !== LEFT,
    );
    const awake = here.filter((thread) => !sleeps(thread));
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
