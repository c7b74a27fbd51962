import { spawnSync } from 'node:child_process';

export interface Compiler {
  readonly command: string;
  /** First line of `--version`. */
  readonly version: string;
}

const LEAST_PROGRAM = '#include <math.h>\n#include <pthread.h>\nint main(void) { return 0; }\n';

/** The C compiler of this machine; null when there is none that works. */
export function findCompiler(): Compiler | null {
  for (const command of ['cc', 'gcc']) {
    const checked = spawnSync(command, ['-fsyntax-only', '-x', 'c', '-'], { input: LEAST_PROGRAM });
    if (checked.status !== 0) continue;
    const { stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
    return { command, version: (stdout.split('\n')[0] as string).trim() };
  }
  return null;
}

/** Plain loops in double precision, without vectorisation in any version of the compiler. */
export const SCALAR = ['-O2', '-fno-tree-vectorize', '-fno-tree-slp-vectorize', '-DREAL=double'];

/** Full optimisation, including operations in any order. */
export const OPTIMISTIC = ['-O3', '-march=native', '-ffast-math', '-DREAL=float', '-DTHREADS=2', '-pthread'];
