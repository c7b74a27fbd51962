import { expect } from 'vitest';
import { Arena } from '../../../pipeline/math/compute/arena.ts';
import { instantiateKernels, type Kernels } from '../../../pipeline/math/compute/kernels.ts';

type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array;

/** Bytes between two arrays. */
const GUARD = 256;
/** A byte of NaN in floats, so that a read outside of an array spoils the result, and of −1 in integers. */
const PATTERN = 0xff;

/** A memory with kernels that detects where they write. */
export class Workbench {
  readonly #arena = new Arena();
  readonly #kernels = instantiateKernels(this.#arena.memory);

  #guarded<T extends Numbers>(array: T, values: ArrayLike<number> | number): T {
    if (typeof values === 'number')
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength).fill(PATTERN);
    else array.set(values);
    const end = array.byteOffset + array.byteLength;
    const guard = this.#arena.bytes(GUARD);
    new Uint8Array(guard.buffer, end, guard.byteOffset + GUARD - end).fill(PATTERN);
    return array;
  }

  /** @param values or a length, for an array of NaN. */
  floats(values: ArrayLike<number> | number): Float32Array {
    return this.#guarded(this.#arena.floats(lengthOf(values)), values);
  }

  integers(values: ArrayLike<number> | number): Int32Array {
    return this.#guarded(this.#arena.integers(lengthOf(values)), values);
  }

  bytes(values: ArrayLike<number>): Uint8Array {
    return this.#guarded(this.#arena.bytes(values.length), values);
  }

  /**
   * Calls a kernel. An array as an argument means its address.
   *
   * @param outputs the arrays that the kernel may write to. The test fails when any other byte of memory changes.
   */
  call<K extends keyof Kernels>(
    kernel: K,
    args: readonly (number | Numbers)[],
    outputs: readonly Numbers[],
  ): ReturnType<Kernels[K]> {
    const before = new Uint8Array(this.#arena.memory.buffer).slice();
    const run = this.#kernels[kernel] as (...args: number[]) => ReturnType<Kernels[K]>;
    const result = run(...args.map((arg) => (typeof arg === 'number' ? arg : arg.byteOffset)));
    const after = new Uint8Array(this.#arena.memory.buffer);
    const owned = (at: number): boolean =>
      outputs.some(({ byteOffset, byteLength }) => at >= byteOffset && at < byteOffset + byteLength);
    const strays: number[] = [];
    for (let at = 0; at < after.length; at++) if (after[at] !== before[at] && !owned(at)) strays.push(at);
    expect(strays, `${kernel} wrote outside of its outputs`).toEqual([]);
    return result;
  }
}

const lengthOf = (values: ArrayLike<number> | number): number =>
  typeof values === 'number' ? values : values.length;
