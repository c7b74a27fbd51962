import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchMemory25m, benchVb20m } from './alone.ts';
import { benchAls } from './als.ts';
import type { Bench } from './bench.ts';
import { findCompiler } from './compiler.ts';
import { benchFoldIn } from './fold-in.ts';
import { benchGram } from './gram.ts';
import type { Print } from './report.ts';
import { benchTopLists } from './serve.ts';
import { benchSgd } from './sgd.ts';
import { benchVb } from './vb.ts';

type Part = (bench: Bench) => Promise<void>;

/** Parts of the bench by name. */
const PARTS: Readonly<Record<string, Part>> = {
  sgd: benchSgd,
  gram: benchGram,
  als: benchAls,
  vb: benchVb,
  'vb-20m': benchVb20m,
  serve: async (bench) => {
    await benchTopLists(bench);
    await benchFoldIn(bench);
  },
};
/** Parts that run only on request. */
const ON_REQUEST: Readonly<Record<string, Part>> = { 'memory-25m': benchMemory25m };

export const PART_NAMES: readonly string[] = [...Object.keys(PARTS), ...Object.keys(ON_REQUEST)];

/**
 * Speed of training and serving, as ratios against references measured in the same run.
 *
 * @param asked names of parts. @default all but those that run on request
 */
export async function benchTrain(print: Print, asked: readonly string[] = Object.keys(PARTS)): Promise<void> {
  const compiler = findCompiler();
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  print(
    `${availableParallelism()} cores of ${processor}, load ${loadavg()[0]?.toFixed(1)} before; Node ${process.version}; ${compiler?.version ?? 'no C compiler (cc or gcc): references in C are left out'}`,
  );
  print(
    'Medians of rounds in which all take turns, after a warm-up each; "vs X" is how many times as fast as X, compared round by round.',
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
