import { join } from 'node:path';
import { Matrix } from 'ml-matrix';
import { Arena } from '../../../pipeline/math/compute/arena.ts';
import { instantiateKernels } from '../../../pipeline/math/compute/kernels.ts';
import type { Bench } from './bench.ts';
import { CProgram } from './c-program.ts';
import { type Compiler, SCALAR } from './compiler.ts';
import { addOuter } from './plain/square.ts';
import { type Contestant, race, secondsOf } from './race.ts';
import { printRace } from './report.ts';

const FACTORS = [16, 32, 64];
/** Rows of an update of one user or movie: about the mean number of ratings. */
const ROWS = 128;
const ROUNDS = 9;
/** Multiply-adds of a contestant's turn. */
const WORK = 3e7;
const SCALAR_C = 'C scalar double';
const PLAIN = 'plain TypeScript';
const ML_MATRIX = 'ml-matrix';

/**
 * The Gram matrix of a few rows, which is most of the cost of a row update, in multiply-adds a second. Only those of the
 * upper triangle are counted.
 */
export async function benchGram({ print, compiler, folder }: Bench): Promise<void> {
  for (const factorCount of FACTORS) {
    const needed = (ROWS * factorCount * (factorCount + 1)) / 2;
    const passes = Math.ceil(WORK / needed);
    const { contestants, close } = contest(factorCount, passes, compiler, folder);
    const outcomes = await race(contestants, ROUNDS);
    close();
    print(
      `Gram matrix of ${ROWS} rows at ${factorCount} factors, one thread (n = ${ROUNDS} rounds of ${passes} passes)`,
    );
    printRace(print, outcomes, [SCALAR_C, PLAIN, ML_MATRIX], {
      title: 'GFMA/s',
      format: (seconds) => (needed / seconds / 1e9).toFixed(2),
    });
  }
}

function contest(
  factorCount: number,
  passes: number,
  compiler: Compiler | null,
  folder: string,
): { readonly contestants: readonly Contestant[]; readonly close: () => void } {
  const values = Float64Array.from({ length: ROWS * factorCount }, (_, at) => Math.sin(at));
  const gram = new Float64Array(factorCount * factorCount);
  const plain = (): void => {
    gram.fill(0);
    for (let row = 0; row < ROWS; row++) addOuter(values, row * factorCount, factorCount, gram);
  };
  const matrix = Matrix.from1DArray(ROWS, factorCount, values);
  const arena = new Arena();
  const rows = arena.floats(ROWS * factorCount);
  rows.set(values);
  const slot = arena.floats(factorCount * factorCount);
  const kernels = instantiateKernels(arena.memory);
  const kernel = (): void => {
    slot.fill(0);
    kernels.gramRows(rows.byteOffset, factorCount, 0, ROWS, slot.byteOffset, 0);
  };
  const often = (pass: () => void, count: number) => async (): Promise<number> => {
    const seconds = await secondsOf(() => {
      for (let each = 0; each < count; each++) pass();
    });
    return seconds / count;
  };
  const program =
    compiler === null
      ? null
      : new CProgram(compiler, 'gram.c', SCALAR, join(folder, `gram-${factorCount}`), [
          `${ROWS}`,
          `${factorCount}`,
        ]);
  return {
    close: () => program?.close(),
    contestants: [
      ...(program === null ? [] : [{ name: SCALAR_C, run: () => program.ask(`passes ${passes}`) }]),
      { name: PLAIN, run: often(plain, passes) },
      { name: ML_MATRIX, run: often(() => matrix.transpose().mmul(matrix), Math.ceil(passes / 4)) },
      { name: 'ours', run: often(kernel, passes) },
    ],
  };
}
