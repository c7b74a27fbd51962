import { spawnSync } from 'node:child_process';

export interface Compiler {
  readonly command: string;
  /** Its own words. */
  readonly version: string;
}

/** The C compiler of this machine, or null. */
export function findCompiler(): Compiler | null {
  for (const command of ['cc', 'gcc']) {
    const { status, stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
    if (status === 0) return { command, version: (stdout.split('\n')[0] as string).trim() };
  }
  return null;
}

/** Plain loops in double precision: the vectoriser stays off, whatever the compiler's version thinks of it. */
export const SCALAR = ['-O2', '-fno-tree-vectorize', '-fno-tree-slp-vectorize', '-DREAL=double'];

/** All that a compiler can do, and rounding as it likes. */
export const OPTIMISTIC = ['-O3', '-march=native', '-ffast-math', '-DREAL=float', '-DTHREADS=2', '-pthread'];
