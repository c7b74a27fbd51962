import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFiles } from '../../../pipeline/model/package-folder.ts';
import type { Print } from '../train/report.ts';
import type { Bench } from './bench.ts';
import { benchBundle } from './bundle.ts';
import { benchColdStart } from './cold-start.ts';
import { benchDatabase } from './database.ts';
import { benchFastApi } from './fastapi.ts';
import { benchKernels } from './kernels.ts';
import { largeServing, SHAPE } from './large-serving.ts';
import { benchLatency } from './latency.ts';
import { benchServe } from './serve.ts';

/** Parts of the bench by name. */
const PARTS: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  serve: benchServe,
  database: benchDatabase,
  fastapi: benchFastApi,
  latency: benchLatency,
  kernels: benchKernels,
  bundle: benchBundle,
  'cold-start': benchColdStart,
};

export const PART_NAMES: readonly string[] = Object.keys(PARTS);

/**
 * How fast the API answers, beside a bare route and plain loops measured in the same run.
 *
 * @param asked names of parts.
 */
export async function benchApi(print: Print, asked: readonly string[] = PART_NAMES): Promise<void> {
  print(
    `${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'unknown processor'}, load ${loadavg()[0]?.toFixed(1)} before; Node ${process.version}`,
  );
  const folder = mkdtempSync(join(tmpdir(), 'cinematch-bench-'));
  try {
    const bundle = join(folder, 'bundle');
    await writeFiles(bundle, largeServing(SHAPE));
    for (const [name, run] of Object.entries(PARTS)) {
      if (!asked.includes(name)) continue;
      print('');
      await run({ print, bundle, folder });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
