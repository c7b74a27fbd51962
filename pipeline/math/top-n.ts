import { once } from '../lib/once.ts';
import { Arena } from './compute/arena.ts';
import { instantiateKernels, type Kernels } from './compute/kernels.ts';

/** Memory of the kernel. It is allocated at the first call and grows with the longest list. */
interface Workspace {
  readonly kernels: Kernels;
  readonly arena: Arena;
  scores: Float32Array;
  positions: Int32Array;
  values: Float32Array;
}

const openWorkspace = once((): Workspace => {
  const arena = new Arena();
  return {
    arena,
    kernels: instantiateKernels(arena.memory),
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
  const workspace = openWorkspace();
  const { arena, kernels } = workspace;
  const wanted = Math.min(n, scores.length);
  if (wanted <= 0) return new Int32Array(0);
  // The kernel reads whole registers, and ignores what follows the last score.
  if (workspace.scores.length < scores.length + 3) workspace.scores = arena.floats(2 * scores.length + 3);
  if (workspace.positions.length < wanted) {
    workspace.positions = arena.integers(2 * wanted);
    workspace.values = arena.floats(2 * wanted);
  }
  workspace.scores.set(scores);
  const found = kernels.topK(
    workspace.scores.byteOffset,
    scores.length,
    wanted,
    workspace.positions.byteOffset,
    workspace.values.byteOffset,
  );
  return Int32Array.from(workspace.positions.subarray(0, found));
}
