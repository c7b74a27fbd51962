import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, test } from 'vitest';
import { Arena } from '../../../pipeline/math/compute/arena.ts';
import { addUp, Crew } from '../../../pipeline/math/compute/crew.ts';
import { JobBoard } from '../../../pipeline/math/compute/job-board.mjs';
import { kernelModule } from '../../../pipeline/math/compute/kernel-module.ts';
import { drawRatings, draws } from '../kernels/draws.ts';

const WIDTH = 16;
const CHUNKS = 40;

/** Runs jobs until every thread of the crew has had a part in one, or for ten seconds. */
function runUntilAllHelp(crew: Crew): void {
  const rows = crew.arena.floats(64 * 64 * 8);
  const bounds = crew.evenBounds(64 * 64, 64);
  const slots = crew.slots(bounds, 64);
  const end = performance.now() + 10_000;
  while (crew.chunksDone.includes(0) && performance.now() < end) {
    crew.run('gramRows', [rows.byteOffset, 8], { bounds, slots });
  }
}

test('every thread of a crew comes to help', async () => {
  const crew = new Crew(3);
  runUntilAllHelp(crew);
  expect(crew.chunksDone.map((done) => done > 0)).toEqual([true, true, true]);
  await crew.close();
});

test('a crew has at least one thread', async () => {
  const crew = new Crew(0);
  expect(crew.chunksDone).toEqual([0]);
  await crew.close();
});

describe('whatever the number of threads', () => {
  const lengths = Array.from({ length: 300 }, (_, row) => (7 * row) % 60);
  const ratings = drawRatings(lengths, 100);
  const rowValues = draws(300 * WIDTH);
  const opposites = draws(100 * WIDTH, 0.4);

  /** The bytes of what some kernels make of the same numbers, many chunks each. */
  async function computed(threads: number): Promise<Record<string, readonly number[]>> {
    const crew = new Crew(threads);
    runUntilAllHelp(crew);
    const { arena } = crew;
    const floats = (values: Float32Array): Float32Array => {
      const array = arena.floats(values.length);
      array.set(values);
      return array;
    };
    const pointers = arena.integers(301);
    pointers.set(ratings.pointers);
    const columns = arena.integers(ratings.columns.length);
    columns.set(ratings.columns);
    const halves = arena.bytes(ratings.halves.length);
    halves.set(ratings.halves);
    const byRow = [pointers.byteOffset, columns.byteOffset, halves.byteOffset] as const;
    const bounds = crew.weightedBounds(pointers, 2 * WIDTH, CHUNKS);
    const slots = crew.slots(bounds, WIDTH * WIDTH + WIDTH);
    const rows = floats(rowValues);
    const others = floats(opposites).byteOffset;
    crew.run('gramRows', [rows.byteOffset, WIDTH], { bounds, slots });
    const gram = [...addUp(slots, WIDTH * WIDTH)];
    const base = floats(
      Float32Array.from({ length: WIDTH ** 2 }, (_, at) => (at % (WIDTH + 1) === 0 ? 2 : 0)),
    );
    const scratch = (3 * WIDTH + 133) * WIDTH;
    const solved = arena.floats(300 * WIDTH);
    const target = [WIDTH, base.byteOffset, 0.1, 0.5, -3.5, 1] as const;
    crew.run('solveRows', [...byRow, solved.byteOffset, others, ...target], { bounds, scratch });
    const improved = floats(rowValues);
    crew.run('improveRows', [...byRow, improved.byteOffset, others, ...target, 2], { bounds, scratch });
    const [means, variances, deviations] = [300, 300, 300].map((count) => arena.floats(count * WIDTH));
    const address = (array: Float32Array | undefined): number => array?.byteOffset ?? 0;
    const spreads = floats(opposites.map(Math.abs)).byteOffset;
    const shared = arena.floats(WIDTH).byteOffset;
    crew.run(
      'updateBayesRows',
      [
        ...byRow,
        ...([address(means), address(variances), rows.byteOffset, address(deviations)] as const),
        ...([300, others, spreads, WIDTH, 3.5, 1.3, base.byteOffset, shared] as const),
      ],
      { bounds, slots, scratch },
    );
    const covariance = [...addUp(slots, WIDTH * WIDTH)];
    await crew.close();
    return {
      gram,
      solved: [...solved],
      improved: [...improved],
      means: [...(means ?? [])],
      variances: [...(variances ?? [])],
      deviations: [...(deviations ?? [])],
      covariance,
    };
  }

  const alone = computed(1);
  test.each([2, 3, 4])('results have the same bytes: %d threads', async (threads) => {
    expect(await computed(threads)).toEqual(await alone);
  });
  test('results are numbers that differ', async () => {
    for (const values of Object.values(await alone)) {
      expect(values.every(Number.isFinite)).toBe(true);
      expect(new Set(values).size).toBeGreaterThan(values.length / 4);
    }
  });
});

describe.each([2, 4])('thousands of tiny jobs for %d threads', (threads) => {
  const crew = new Crew(threads);
  afterAll(() => crew.close());

  test('have every chunk done exactly once', () => {
    // Each chunk counts its rows of ones into a slot of its own, so that one too few or too many shows.
    const jobs = Array.from({ length: 40 }, (_, index) => {
      const chunks = 1 + ((17 * index) % 40);
      const bounds = crew.evenBounds(3 * chunks, chunks);
      return { chunks, bounds, slots: crew.slots(bounds, 64) };
    });
    let rows = crew.arena.floats(120 * 8).fill(1);
    let posted = 0;
    for (let job = 0; job < 8000; job++) {
      const { chunks, bounds, slots } = jobs[job % 40] as (typeof jobs)[number];
      // Now and then the job lies in memory that has just been added.
      if (job % 100 === 0) rows = crew.arena.floats(20_000).fill(1);
      crew.run('gramRows', [rows.byteOffset, 8], { bounds, slots });
      posted += chunks;
      const wrong = Array.from(
        { length: chunks },
        (_, chunk) => slots.memory[chunk * slots.stride + 63],
      ).filter((count) => count !== 3);
      if (wrong.length > 0) expect.fail(`job ${job}: chunks of 3 rows counted ${wrong}`);
    }
    expect(crew.chunksDone.reduce((sum, done) => sum + done, 0)).toBe(posted);
  });
});

test('a job of no chunks is done at once', async () => {
  const crew = new Crew(2);
  crew.run('gramRows', [0, 8], { bounds: crew.evenBounds(0, 64) });
  expect(crew.chunksDone).toEqual([0, 0]);
  await crew.close();
});

test('a thread that joins when a job is up already takes its part of it', async () => {
  const arena = new Arena();
  const board = JobBoard.open(arena);
  const rows = arena.floats(30 * 8).fill(1);
  const slots = arena.floats(3 * 64);
  board.post({
    kernel: 'gramRows',
    args: [rows.byteOffset, 8],
    bounds: Int32Array.of(0, 10, 20, 30),
    slots: slots.byteOffset,
    slotBytes: 4 * 64,
    scratch: 0,
    scratchBytes: 0,
  });
  const worker = joins(arena, board);
  board.finish();
  expect([board.chunksDone[1], slots[0], slots[64], slots[128]]).toEqual([3, 10, 10, 10]);
  board.close();
  expect(await once(worker, 'exit')).toEqual([0]);
});

describe('a crew that is closed', () => {
  test.each([
    ['right after it was opened', false],
    ['after work', true],
  ])('leaves no thread behind: %s', async (_, works) => {
    const started: Worker[] = [];
    const onStart = (message: unknown): void => {
      started.push((message as { worker: Worker }).worker);
    };
    subscribe('worker_threads', onStart);
    const crew = new Crew(4);
    unsubscribe('worker_threads', onStart);
    if (works) runUntilAllHelp(crew);
    const living = (): number => started.filter(({ threadId }) => threadId !== -1).length;
    expect(living()).toBe(3);
    await crew.close();
    expect(living()).toBe(0);
  });
  test('may be closed again', async () => {
    const crew = new Crew(2);
    await Promise.all([crew.close(), crew.close()]);
    await crew.close();
  });
  test('computes nothing more', async () => {
    const crew = new Crew(2);
    await crew.close();
    expect(() => crew.run('gramRows', [0, 8], { bounds: Int32Array.of(0, 1) })).toThrow('sent home');
  });
});

describe('a kernel that fails', () => {
  // Far beyond the memory there is.
  const BEYOND = 2 ** 31;

  test.each([1, 3])('is thrown, and the crew computes nothing more: %d threads', async (threads) => {
    const crew = new Crew(threads);
    const bounds = Int32Array.from({ length: 101 }, (_, row) => row);
    expect(() => crew.run('gramRows', [BEYOND, 8], { bounds })).toThrow(/out of bounds|another thread/);
    expect(() => crew.run('gramRows', [64, 8], { bounds })).toThrow(/failed|out of bounds/);
    await crew.close();
  });
  test('in another thread ends its job, so that nobody waits for it', async () => {
    const arena = new Arena();
    const board = JobBoard.open(arena);
    const worker = joins(arena, board);
    const failed = once(worker, 'error');
    board.post({
      kernel: 'gramRows',
      args: [BEYOND, 8],
      bounds: Int32Array.of(0, 1, 2, 3),
      slots: 0,
      slotBytes: 0,
      scratch: 0,
      scratchBytes: 0,
    });
    board.finish();
    expect(board.failed).toBe(true);
    expect(board.chunksDone[1]).toBe(0);
    const [error] = await failed;
    expect((error as Error).message).toBe('memory access out of bounds');
  });
});

/** A thread of its own for a board, as a crew starts it. */
function joins({ memory }: Arena, { words }: JobBoard): Worker {
  return new Worker(new URL('../../../pipeline/math/compute/crew-worker.mjs', import.meta.url), {
    workerData: { module: kernelModule, memory, board: words.byteOffset, thread: 1 },
    execArgv: [],
  });
}
