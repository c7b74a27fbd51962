import { expect, test } from 'vitest';
import { OperatorError } from '../../../pipeline/lib/errors.ts';
import { Arena } from '../../../pipeline/math/compute/arena.ts';

const PAGE = 65_536;

test('arrays of every kind begin at a cache line and are zero', () => {
  const arena = new Arena();
  for (const length of [0, 1, 3, 16, 17, 100]) {
    for (const kind of ['floats', 'doubles', 'integers', 'bytes'] as const) {
      const array = arena[kind](length);
      expect(array.byteOffset % 64).toBe(0);
      expect([...array]).toEqual(new Array(length).fill(0));
      array.fill(7);
    }
  }
});

test('no array lies at address 0', () => {
  expect(new Arena().floats(1).byteOffset).toBeGreaterThan(0);
});

test('arrays do not share a cache line', () => {
  const arena = new Arena();
  const [first, second] = [arena.bytes(65), arena.bytes(1)];
  expect(second.byteOffset - first.byteOffset).toBe(128);
});

test('arrays stay valid when memory grows', () => {
  const arena = new Arena();
  const first = arena.integers(100).fill(5);
  const large = arena.floats(3 * PAGE);
  expect(arena.memory.buffer.byteLength).toBeGreaterThan(12 * PAGE);
  first[99] = 6;
  large[3 * PAGE - 1] = 1;
  const seen = new Int32Array(arena.memory.buffer, first.byteOffset, 100);
  expect([seen[0], seen[99]]).toEqual([5, 6]);
  expect([first[0], large[0]]).toEqual([5, 0]);
});

test.each([
  [2 ** 30, '4.0 GiB'],
  [1.5 * 2 ** 30, '6.0 GiB'],
])('%d floats are refused with the memory that they need', (length, needed) => {
  const arena = new Arena();
  const small = arena.floats(1);
  expect(() => arena.floats(length)).toThrow(
    expect.objectContaining({ code: 'training-too-large', message: expect.stringContaining(needed) }),
  );
  expect(() => arena.floats(length)).toThrow(OperatorError);
  // The arena stays usable.
  expect(arena.floats(1).byteOffset).toBe(small.byteOffset + 64);
});
