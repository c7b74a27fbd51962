import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, test } from 'vitest';
import { Arena } from '../../../pipeline/math/compute/arena.ts';
import { kernelModule } from '../../../pipeline/math/compute/kernels.ts';
import { WorkQueue } from '../../../pipeline/math/compute/work-queue.mjs';
import { addUp, WorkerPool } from '../../../pipeline/math/compute/worker-pool.ts';
import { drawRatings, draws } from '../kernels/draws.ts';

const WIDTH = 16;
const CHUNKS = 40;

/** Runs jobs until every thread of the pool has done a chunk, or for ten seconds. */
function runUntilAllWork(pool: WorkerPool): void {
  const rows = pool.arena.floats(64 * 64 * 8);
  const bounds = pool.evenBounds(64 * 64, 64);
  const slots = pool.slots(bounds, 64);
  const end = performance.now() + 10_000;
  while (pool.chunksDone.includes(0) && performance.now() < end) {
    pool.run('gramRows', [rows.byteOffset, 8], { bounds, slots });
  }
}

test('every thread of a pool does chunks', async () => {
  const pool = new WorkerPool(3);
  runUntilAllWork(pool);
  expect(pool.chunksDone.map((done) => done > 0)).toEqual([true, true, true]);
  await pool.close();
});

test('a pool has at least one thread', async () => {
  const pool = new WorkerPool(0);
  expect(pool.chunksDone).toEqual([0]);
  await pool.close();
});

describe('with any number of threads', () => {
  const lengths = Array.from({ length: 300 }, (_, row) => (7 * row) % 60);
  const ratings = drawRatings(lengths, 100);
  const rowValues = draws(300 * WIDTH);
  const opposites = draws(100 * WIDTH, 0.4);

  /** The results of several kernels on the same numbers, many chunks each. */
  async function computed(threads: number): Promise<Record<string, readonly number[]>> {
    const pool = new WorkerPool(threads);
    runUntilAllWork(pool);
    const { arena } = pool;
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
    const bounds = pool.weightedBounds(pointers, 2 * WIDTH, CHUNKS);
    const slots = pool.slots(bounds, WIDTH * WIDTH + WIDTH);
    const rows = floats(rowValues);
    const others = floats(opposites).byteOffset;
    pool.run('gramRows', [rows.byteOffset, WIDTH], { bounds, slots });
    const gram = [...addUp(slots, WIDTH * WIDTH)];
    const base = floats(
      Float32Array.from({ length: WIDTH ** 2 }, (_, at) => (at % (WIDTH + 1) === 0 ? 2 : 0)),
    );
    const scratch = (3 * WIDTH + 133) * WIDTH;
    const solved = arena.floats(300 * WIDTH);
    const target = [WIDTH, base.byteOffset, 0.1, 0.5, -3.5, 1] as const;
    pool.run('solveRows', [...byRow, solved.byteOffset, others, ...target], { bounds, scratch });
    const improved = floats(rowValues);
    pool.run('improveRows', [...byRow, improved.byteOffset, others, ...target, 2], { bounds, scratch });
    const [means, variances, deviations] = [300, 300, 300].map((count) => arena.floats(count * WIDTH));
    const address = (array: Float32Array | undefined): number => array?.byteOffset ?? 0;
    const spreads = floats(opposites.map(Math.abs)).byteOffset;
    const shared = arena.floats(WIDTH).byteOffset;
    pool.run(
      'updateBayesRows',
      [
        ...byRow,
        ...([address(means), address(variances), rows.byteOffset, address(deviations)] as const),
        ...([300, others, spreads, WIDTH, 3.5, 1.3, base.byteOffset, shared] as const),
      ],
      { bounds, slots, scratch },
    );
    const covariance = [...addUp(slots, WIDTH * WIDTH)];
    await pool.close();
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
  test('results are finite and not constant', async () => {
    for (const values of Object.values(await alone)) {
      expect(values.every(Number.isFinite)).toBe(true);
      expect(new Set(values).size).toBeGreaterThan(values.length / 4);
    }
  });
});

describe.each([2, 4])('thousands of tiny jobs for %d threads', (threads) => {
  const pool = new WorkerPool(threads);
  afterAll(() => pool.close());

  test('do every chunk exactly once', () => {
    // Each chunk counts its rows of ones in its own slot, so a chunk that is missing or done twice is visible.
    const jobs = Array.from({ length: 40 }, (_, index) => {
      const chunks = 1 + ((17 * index) % 40);
      const bounds = pool.evenBounds(3 * chunks, chunks);
      return { chunks, bounds, slots: pool.slots(bounds, 64) };
    });
    let rows = pool.arena.floats(120 * 8).fill(1);
    let posted = 0;
    for (let job = 0; job < 8000; job++) {
      const { chunks, bounds, slots } = jobs[job % 40] as (typeof jobs)[number];
      // Sometimes the rows are in memory that was just added.
      if (job % 100 === 0) rows = pool.arena.floats(20_000).fill(1);
      pool.run('gramRows', [rows.byteOffset, 8], { bounds, slots });
      posted += chunks;
      const wrong = Array.from(
        { length: chunks },
        (_, chunk) => slots.memory[chunk * slots.stride + 63],
      ).filter((count) => count !== 3);
      if (wrong.length > 0) expect.fail(`job ${job}: chunks of 3 rows counted ${wrong}`);
    }
    expect(pool.chunksDone.reduce((sum, done) => sum + done, 0)).toBe(posted);
  });
});

test('a job without chunks returns at once', async () => {
  const pool = new WorkerPool(2);
  pool.run('gramRows', [0, 8], { bounds: pool.evenBounds(0, 64) });
  expect(pool.chunksDone).toEqual([0, 0]);
  await pool.close();
});

test('a thread that starts after a job was posted does its chunks', async () => {
  const arena = new Arena();
  const queue = WorkQueue.open(arena);
  const rows = arena.floats(30 * 8).fill(1);
  const slots = arena.floats(3 * 64);
  queue.post({
    kernel: 'gramRows',
    args: [rows.byteOffset, 8],
    bounds: Int32Array.of(0, 10, 20, 30),
    slots: slots.byteOffset,
    slotBytes: 4 * 64,
    scratch: 0,
    scratchBytes: 0,
  });
  const worker = startWorker(arena, queue);
  queue.finish();
  expect([queue.chunksDone[1], slots[0], slots[64], slots[128]]).toEqual([3, 10, 10, 10]);
  queue.close();
  expect(await once(worker, 'exit')).toEqual([0]);
});

describe('a closed pool', () => {
  test.each([
    ['closed before any job', false],
    ['closed after jobs', true],
  ])('has no running thread: %s', async (_, works) => {
    const started: Worker[] = [];
    const onStart = (message: unknown): void => {
      started.push((message as { worker: Worker }).worker);
    };
    subscribe('worker_threads', onStart);
    const pool = new WorkerPool(4);
    unsubscribe('worker_threads', onStart);
    if (works) runUntilAllWork(pool);
    const living = (): number => started.filter(({ threadId }) => threadId !== -1).length;
    expect(living()).toBe(3);
    await pool.close();
    expect(living()).toBe(0);
  });
  test('can be closed again', async () => {
    const pool = new WorkerPool(2);
    await Promise.all([pool.close(), pool.close()]);
    await pool.close();
  });
  test('runs no further job', async () => {
    const pool = new WorkerPool(2);
    await pool.close();
    expect(() => pool.run('gramRows', [0, 8], { bounds: Int32Array.of(0, 1) })).toThrow('closed');
  });
});

describe('a kernel that fails', () => {
  // Far beyond the end of the memory.
  const BEYOND = 2 ** 31;

  test.each([1, 3])('makes `run` throw, and the pool runs no further job: %d threads', async (threads) => {
    const pool = new WorkerPool(threads);
    const bounds = Int32Array.from({ length: 101 }, (_, row) => row);
    expect(() => pool.run('gramRows', [BEYOND, 8], { bounds })).toThrow(/out of bounds|another thread/);
    expect(() => pool.run('gramRows', [64, 8], { bounds })).toThrow(/failed|out of bounds/);
    await pool.close();
  });
  test('in another thread ends its job, so that no thread waits for it', async () => {
    const arena = new Arena();
    const queue = WorkQueue.open(arena);
    const worker = startWorker(arena, queue);
    const failed = once(worker, 'error');
    queue.post({
      kernel: 'gramRows',
      args: [BEYOND, 8],
      bounds: Int32Array.of(0, 1, 2, 3),
      slots: 0,
      slotBytes: 0,
      scratch: 0,
      scratchBytes: 0,
    });
    queue.finish();
    expect(queue.failed).toBe(true);
    expect(queue.chunksDone[1]).toBe(0);
    const [error] = await failed;
    expect((error as Error).message).toBe('memory access out of bounds');
  });
});

/** Starts a thread on a queue as a pool does. */
function startWorker({ memory }: Arena, { words }: WorkQueue): Worker {
  return new Worker(new URL('../../../pipeline/math/compute/pool-worker.mjs', import.meta.url), {
    workerData: { module: kernelModule, memory, queue: words.byteOffset, thread: 1 },
    execArgv: [],
  });
}
