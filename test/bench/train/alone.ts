import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Bench } from './bench.ts';
import { type Print, printGoal } from './report.ts';
import type { Shape } from './synthetic-ratings.ts';

/** The output of `train-alone.ts`. */
export interface AloneReport {
  /** Seconds to generate the ratings. */
  readonly generated: number;
  /** Seconds from ratings in memory to a model. */
  readonly seconds: number;
  /** Seconds until the first pass, and of the passes of each head. */
  readonly stages: readonly { readonly stage: string; readonly seconds: number }[];
  /** Peak memory of the process in bytes: after the ratings were generated, and in total. */
  readonly peakBefore: number;
  readonly peak: number;
}

/** The shapes of MovieLens 20M and 25M. */
const TWENTY_MILLION: Shape = { ratings: 20_000_000, users: 138_000, movies: 27_000 };
const TWENTY_FIVE_MILLION: Shape = { ratings: 25_000_000, users: 162_000, movies: 62_000 };
const THREADS = 2;

/** The default ratings head on twenty million ratings. */
export async function benchVb20m({ print }: Bench): Promise<void> {
  const report = await trainAlone(print, 'vb-mf', TWENTY_MILLION);
  printGoal(print, { what: 'training', value: report.seconds, atMost: 25, unit: 's' });
  printGoal(print, { what: 'peak memory', value: report.peak / 1e9, atMost: 1.5, unit: 'GB' });
}

/** The default algorithm on twenty-five million ratings. */
export async function benchMemory25m({ print }: Bench): Promise<void> {
  const report = await trainAlone(print, 'vb-mf+ials', TWENTY_FIVE_MILLION);
  printGoal(print, { what: 'peak memory', value: report.peak / 1e9, atMost: 4, unit: 'GB' });
}

async function trainAlone(print: Print, algorithm: string, shape: Shape): Promise<AloneReport> {
  const { ratings, users, movies } = shape;
  const script = fileURLToPath(new URL('./train-alone.ts', import.meta.url));
  const args = [script, algorithm, ...[ratings, users, movies, THREADS].map(String)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const report = JSON.parse(stdout) as AloneReport;
  print(
    `${algorithm}, ${ratings} ratings of ${movies} movies by ${users} users, ${THREADS} threads, a process of its own (n = 1)`,
  );
  const stages = report.stages.map(({ stage, seconds }) => `${stage} ${seconds.toFixed(1)} s`).join(', ');
  print(`  from ratings in memory to a model: ${report.seconds.toFixed(1)} s (${stages})`);
  print(
    `  peak memory of the whole process: ${(report.peak / 1e9).toFixed(2)} GB; it had ${(report.peakBefore / 1e9).toFixed(2)} GB after the ratings were generated, in ${report.generated.toFixed(1)} s`,
  );
  return report;
}
