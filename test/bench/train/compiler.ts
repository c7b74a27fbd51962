import { spawnSync } from 'node:child_process';

export interface Compiler {
  readonly command: string;
  /** Its own words. */
  readonly version: string;
}

const LEAST_PROGRAM = '#include <math.h>\n#include <pthread.h>\nint main(void) { return 0; }\n';

/** The C compiler of this machine, or null when there is none that finds its headers. */
export function findCompiler(): Compiler | null {
  for (const command of ['cc', 'gcc']) {
    const checked = spawnSync(command, ['-fsyntax-only', '-x', 'c', '-'], { input: LEAST_PROGRAM });
    if (checked.status !== 0) continue;
    const { stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
    return { command, version: (stdout.split('\n')[0] as string).trim() };
  }
  return null;
}

/** Plain loops in double precision: the vectoriser stays off, whatever the compiler's version thinks of it. */
export const SCALAR = ['-O2', '-fno-tree-vectorize', '-fno-tree-slp-vectorize', '-DREAL=double'];

/** All that a compiler can do, and rounding as it likes. */
export const OPTIMISTIC = ['-O3', '-march=native', '-ffast-math', '-DREAL=float', '-DTHREADS=2', '-pthread'];
