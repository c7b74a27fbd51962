import { linkSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { GENERATE, type StageRow } from './loop.ts';
import { CINEMATCH, type Measured, type Place, startProcess } from './measured-process.ts';
import type { Shape } from './shapes.ts';

export interface FileCommandsOptions {
  readonly place: Place;
  readonly shape: Shape;
  /** Its name for the generator. */
  readonly size: string;
  readonly onRow: (row: StageRow) => void;
}

/**
 * The commands that need ratings in files and no database of the user's: `drift` of the newest tenth against the other
 * ratings, `tune` with two trials, and `demo` on the folder.
 *
 * @throws Error with the output of a command that fails.
 */
export async function runFileCommands({ place, shape, size, onRow }: FileCommandsOptions): Promise<void> {
  mkdirSync(place.folder, { recursive: true });
  const data = join(place.folder, 'data');
  const [train, test] = ['train.parquet', 'test.parquet'].map((name) => join(data, name)) as [string, string];

  const row = (
    stage: string,
    { seconds, cpuSeconds, peakBytes }: Measured,
    { ratings = shape.ratings, note = '' } = {},
  ): void =>
    onRow({
      stage,
      ratings,
      seconds,
      cpuSeconds,
      peakBytes,
      databaseBytes: null,
      artifactBytes: null,
      note,
    });
  const run = (...args: readonly string[]): Promise<Measured> =>
    startProcess(place, CINEMATCH, args, [0, 3]).ended;
  const demoPlace = { ...place, home: join(place.folder, 'demo-home') };

  const generated = await startProcess(place, GENERATE, ['--ratings', size, '--out', data]).ended;
  const { train: trainRatings } = JSON.parse(generated.stdout) as { train: number };
  row('generate', generated);
  const drift = await run('drift', '--baseline', train, '--current', test, '--json');
  row('drift --baseline --current', drift, {
    note: (JSON.parse(drift.stdout) as { verdict: string }).verdict,
  });
  row('tune --trials 2', await run('tune', '--trials', '2', '--train', train, '--json'), {
    ratings: trainRatings,
  });
  // A folder may hold one file of ratings only.
  const whole = join(place.folder, 'whole');
  mkdirSync(whole);
  for (const name of ['ratings.parquet', 'movies.parquet']) linkSync(join(data, name), join(whole, name));
  row('demo --data', await startProcess(demoPlace, CINEMATCH, ['demo', '--data', whole, '--json']).ended);
}
