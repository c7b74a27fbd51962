import { expect, test } from 'vitest';
import { Arena } from '../../../pipeline/math/compute/arena.ts';
import { JobBoard } from '../../../pipeline/math/compute/job-board.mjs';
import type { Kernels } from '../../../pipeline/math/compute/kernels.ts';

// V8 tells other threads some time after it has grown a shared memory. A kernel that runs before that may be
// refused addresses that are there: about one training in four hundred failed so, on a busy machine. A thread that
// is just joining may never be told and has to ask: one crew in some four hundred waited for ever.
test('a thread asks for the memory a job lies in before it works on it', () => {
  const arena = new Arena();
  const board = JobBoard.open(arena);
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
  const joined = new JobBoard(late, board.words.byteOffset);
  board.post({
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
  board.finish();
  expect(seen).toEqual([after.byteLength]);
});
