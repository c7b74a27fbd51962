import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { findCompiler } from './compiler.ts';
import type { Print } from './report.ts';
import { benchSgd } from './sgd.ts';

/** Parts of the bench by name. */
const PARTS: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  sgd: benchSgd,
};
/** Parts that run only when they are asked for. */
const ON_REQUEST: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {};

export const PART_NAMES: readonly string[] = [...Object.keys(PARTS), ...Object.keys(ON_REQUEST)];

/**
 * How fast training and serving are, as ratios against references measured in the same run.
 *
 * @param asked names of parts. @default all but those that run on request
 */
export async function benchTrain(print: Print, asked: readonly string[] = Object.keys(PARTS)): Promise<void> {
  const compiler = findCompiler();
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  print(
    `${availableParallelism()} cores of ${processor}, Node ${process.version}, ${compiler?.version ?? 'no C compiler (cc or gcc): references in C are left out'}`,
  );
  print(
    'medians over rounds in which all take turns, after a warm-up each; ratios are compared round by round',
  );
  const folder = mkdtempSync(join(tmpdir(), 'cinematch-bench-'));
  try {
    for (const [name, run] of Object.entries({ ...PARTS, ...ON_REQUEST })) {
      if (!asked.includes(name)) continue;
      print('');
      await run({ print, compiler, folder });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
