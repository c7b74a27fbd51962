import { once } from '../lib/once.ts';
import { Arena } from './compute/arena.ts';
import { kernelModule } from './compute/kernel-module.ts';
import { instantiateKernels, type Kernels } from './compute/kernels.ts';

/** Memory of the kernel, made when it is first needed and large enough for the longest list so far. */
interface Desk {
  readonly kernels: Kernels;
  readonly arena: Arena;
  scores: Float32Array;
  positions: Int32Array;
  values: Float32Array;
}

const openDesk = once((): Desk => {
  const arena = new Arena();
  return {
    arena,
    kernels: instantiateKernels(kernelModule, arena.memory),
    scores: arena.floats(0),
    positions: arena.integers(0),
    values: arena.floats(0),
  };
});

/**
 * The positions of the `n` largest scores, largest first; of equal scores the earlier position first.
 * −Infinity and NaN are never selected, so the result is shorter when fewer scores qualify.
 */
export function topN(scores: Float32Array, n: number): Int32Array {
  const desk = openDesk();
  const { arena, kernels } = desk;
  const wanted = Math.min(n, scores.length);
  if (wanted <= 0) return new Int32Array(0);
  // The kernel reads whole registers: what lies behind the last score is not looked at.
  if (desk.scores.length < scores.length + 3) desk.scores = arena.floats(2 * scores.length + 3);
  if (desk.positions.length < wanted) {
    desk.positions = arena.integers(2 * wanted);
    desk.values = arena.floats(2 * wanted);
  }
  desk.scores.set(scores);
  const found = kernels.topK(
    desk.scores.byteOffset,
    scores.length,
    wanted,
    desk.positions.byteOffset,
    desk.values.byteOffset,
  );
  return Int32Array.from(desk.positions.subarray(0, found));
}
