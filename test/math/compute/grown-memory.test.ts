import { expect, test } from 'vitest';
import { Arena } from '../../../pipeline/math/compute/arena.ts';
import type { Kernels } from '../../../pipeline/math/compute/kernels.ts';
import { WorkQueue } from '../../../pipeline/math/compute/work-queue.mjs';

// V8 notifies other threads with a delay when a shared memory grows. Before that, a kernel may fail on a valid address:
// about one training in 400 failed so on a busy machine. A thread that has just started may never be notified and has to
// call `grow`: about one pool in 400 never returned.
test('a thread updates its view of the memory before it starts a chunk', () => {
  const arena = new Arena();
  const queue = WorkQueue.open(arena);
  const before = arena.memory.buffer;
  arena.floats(1 << 20);
  const after = arena.memory.buffer;
  expect(after.byteLength).toBeGreaterThan(before.byteLength);

  let asked = 0;
  const late = {
    get buffer(): SharedArrayBuffer {
      return asked < 2 ? before : after;
    },
    grow(pages: number): number {
      expect(pages).toBe(0);
      asked++;
      return 0;
    },
  } as WebAssembly.Memory;
  const joined = new WorkQueue(late, queue.words.byteOffset);
  queue.post({
    kernel: 'gramRows',
    args: [0, 8],
    bounds: Int32Array.of(0, 1),
    slots: 0,
    slotBytes: 0,
    scratch: 0,
    scratchBytes: 0,
  });
  const seen: number[] = [];
  const kernels = {
    gramRows: () => {
      seen.push(late.buffer.byteLength);
    },
  } as unknown as Kernels;
  joined.work(kernels, 1);
  queue.finish();
  expect(seen).toEqual([after.byteLength]);
});
