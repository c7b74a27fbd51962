import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { validateRatings } from '../../../pipeline/ratings/validate.ts';
import { readSource } from '../../../pipeline/source/read-source.ts';
import { writeRatings } from '../../../pipeline/source/write-ratings.ts';
import type { StoreSize } from '../../../pipeline/store/size.ts';
import { CINEMATCH, type Measured, type Place, startProcess } from './measured-process.ts';
import type { Shape } from './shapes.ts';

const WEEKS = 3;
/** The largest week, and the share of a week in a smaller data set. */
const WEEK = { ratings: 1_000_000, share: 1 / 32 };
const TRAIN_SHARE = 0.8;
const REQUESTS = 100;
/** Makes the ratings. */
export const GENERATE = join(import.meta.dirname, 'generate.ts');
const MAKE_BUNDLE = join(import.meta.dirname, 'make-bundle.ts');

/** One stage of the loop, as a row of the table. */
export interface StageRow {
  readonly stage: string;
  /** Ratings that the stage worked on; null where that says nothing. */
  readonly ratings: number | null;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  /** Size of the database after it; null where it did not change. */
  readonly databaseBytes: number | null;
  /** Size of the files that it made; null without any. */
  readonly artifactBytes: number | null;
  readonly note: string;
}

/** What a stage left in the database. */
export interface TableSizes {
  readonly after: string;
  readonly ratings: number;
  readonly tables: readonly { readonly name: string; readonly bytes: number }[];
}

export interface LoopOptions {
  readonly place: Place;
  readonly shape: Shape;
  /** Its name for the generator. */
  readonly size: string;
  readonly onRow: (row: StageRow) => void;
  readonly onTables?: (sizes: TableSizes) => void;
  /** Runs one command of CineMatch. @default every command is a process of its own */
  readonly run?: (...args: readonly string[]) => Promise<Measured>;
  /** Whether to check the gain of retraining too, which trains models on parts of the ratings. @default true */
  readonly withGain?: boolean;
  /** Whether to ask for the size of the database after each stage. @default true */
  readonly withSizes?: boolean;
}

/**
 * The whole loop at a size, with the commands that a person runs: data with known truth, the initial load, three weekly
 * batches with drift in the third, checks, retraining, gate, release, compaction, bundle, server, a hundred requests.
 *
 * @throws Error with the output of a stage that fails.
 */
export async function runLoop({
  place,
  shape,
  size,
  onRow,
  onTables = () => {},
  run = (...args) => startProcess(place, CINEMATCH, args, [0, 3]).ended,
  withGain = true,
  withSizes = true,
}: LoopOptions): Promise<readonly StageRow[]> {
  const { folder, home } = place;
  mkdirSync(folder, { recursive: true });
  const data = join(folder, 'data');
  const prepared = join(folder, 'prepared');
  const week = Math.min(WEEK.ratings, Math.floor(shape.ratings * WEEK.share));
  const initial = shape.ratings - WEEKS * week;
  const rows: StageRow[] = [];

  const row = (
    stage: string,
    measured: Omit<Measured, 'stdout'>,
    facts: Partial<Pick<StageRow, 'ratings' | 'databaseBytes' | 'artifactBytes' | 'note'>> = {},
  ): void => {
    const { seconds, cpuSeconds, peakBytes } = measured;
    const empty = { ratings: null, databaseBytes: null, artifactBytes: null, note: '' };
    const made: StageRow = { stage, seconds, cpuSeconds, peakBytes, ...empty, ...facts };
    rows.push(made);
    onRow(made);
  };
  const databaseSize = async (): Promise<StoreSize | null> => {
    if (!withSizes) return null;
    const { stdout } = await run('status', '--json');
    return (JSON.parse(stdout) as { size: StoreSize }).size;
  };
  const databaseBytes = async (): Promise<number | null> => (await databaseSize())?.bytes ?? null;

  row('generate', await startProcess(place, GENERATE, ['--ratings', size, '--out', data]).ended, {
    ratings: shape.ratings,
  });
  const share = initial / shape.ratings;
  const prepare = ['--weeks', `${WEEKS}`, '--initial-share', `${share}`, '--train-share', `${TRAIN_SHARE}`];
  const source = join(data, 'ratings.parquet');
  row('prepare', await run('data', 'prepare', source, '--out', prepared, ...prepare), {
    ratings: shape.ratings,
    artifactBytes: bytesBelow(prepared),
  });
  const batches = readdirSync(join(prepared, 'batches')).map((name) => join(prepared, 'batches', name));
  await plantDrift(batches[WEEKS - 1] as string);

  const loads = [
    await run('ingest', join(prepared, 'initial/train.parquet'), '--role', 'train'),
    await run('ingest', join(prepared, 'initial/test.parquet'), '--role', 'holdout'),
  ];
  const loaded = await databaseSize();
  row('initial load', together(loads), { ratings: initial, databaseBytes: loaded?.bytes ?? null });
  if (loaded !== null) onTables({ after: 'the initial load', ratings: initial, tables: loaded.tables });
  const first = await run('train', '--json');
  row('first training, gate, release', first, {
    ratings: initial,
    databaseBytes: await databaseBytes(),
    artifactBytes: bytesBelow(join(home, 'forge', 'releases')),
  });

  const withoutGain = join(folder, 'without-gain.config.ts');
  writeFileSync(withoutGain, 'export default { retraining: { gainRatings: 0 } };\n');
  for (const [at, batch] of batches.entries()) {
    const name = `week ${at + 1}`;
    row(`${name}: ingest`, await run('ingest', batch), {
      ratings: week,
      databaseBytes: await databaseBytes(),
    });
    const check = await run('drift', '--config', withoutGain, '--json');
    row(`${name}: drift check`, check, { ratings: week, note: verdictIn(check) });
    if (at < WEEKS - 1 || !withGain) continue;
    const gain = await run('drift', '--json');
    row(`${name}: check with the gain of retraining`, gain, { ratings: week, note: verdictIn(gain) });
  }
  const retrained = await run('train', '--reason', 'drift', '--json');
  const compacted = await databaseSize();
  row('retraining, gate; when promoted, release, compaction', retrained, {
    ratings: shape.ratings,
    databaseBytes: compacted?.bytes ?? null,
    note: (JSON.parse(retrained.stdout) as { status: string }).status,
  });
  if (compacted !== null)
    onTables({ after: 'the second promotion', ratings: shape.ratings, tables: compacted.tables });
  const bundle = await startProcess(place, MAKE_BUNDLE, [join(folder, 'bundle')]).ended;
  const { bytes, openSeconds } = JSON.parse(bundle.stdout) as { bytes: number; openSeconds: number };
  row('bundle', bundle, { artifactBytes: bytes, note: `opened in ${openSeconds.toFixed(2)} s` });
  row('serve, 100 requests', await serve(place, shape));
  const [train, test] = ['train.parquet', 'test.parquet'].map((name) => join(data, name));
  const evaluated = await run('evaluate', '--train', train as string, '--test', test as string, '--json');
  row('evaluate --train --test', evaluated, { ratings: shape.ratings });
  return rows;
}

/** Makes every rating of a batch half a star higher. */
async function plantDrift(file: string): Promise<void> {
  const { ratings } = validateRatings((await readSource(file)).raw, Math.floor(Date.now() / 1000));
  await writeRatings(file, { ...ratings, halves: ratings.halves.map((half) => Math.min(10, half + 1)) });
}

interface CheckJson {
  readonly verdict: string;
  readonly decision: string;
  readonly seconds: number;
}

const verdictIn = ({ stdout }: Measured): string => {
  const { verdict, decision, seconds } = JSON.parse(stdout) as CheckJson;
  return `${verdict}, ${decision}; ${seconds.toFixed(1)} s after connecting`;
};

function together(parts: readonly Measured[]): Omit<Measured, 'stdout'> {
  return {
    seconds: parts.reduce((sum, { seconds }) => sum + seconds, 0),
    cpuSeconds: parts.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    peakBytes: Math.max(...parts.map(({ peakBytes }) => peakBytes)),
  };
}

/** Serves the champion and sends requests about users spread over all. @throws Error when one fails */
async function serve(place: Place, { users }: Shape): Promise<Measured> {
  const { child, ended } = startProcess(place, CINEMATCH, ['serve', '--port', '0', '--json']);
  const lines = createInterface({ input: child.stdout as NonNullable<typeof child.stdout> });
  const url = await Promise.race([
    new Promise<string>((resolve) => {
      lines.once('line', (line) => resolve((JSON.parse(line) as { url: string }).url));
    }),
    ended.then(() => Promise.reject(new Error('the server ended before it served'))),
  ]);
  for (let request = 0; request < REQUESTS; request++) {
    const user = 1 + Math.floor((request * users) / REQUESTS);
    const response = await fetch(`${url}/api/v1/recommendations?user=${user}`);
    if (response.status !== 200) throw new Error(`user ${user} got ${response.status}`);
    await response.arrayBuffer();
  }
  child.kill('SIGINT');
  return ended;
}

function bytesBelow(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.reduce(
    (sum, entry) => (entry.isFile() ? sum + statSync(join(entry.parentPath, entry.name)).size : sum),
    0,
  );
}
