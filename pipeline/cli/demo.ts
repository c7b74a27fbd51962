import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { Command } from 'commander';
import type { Config } from '../config.ts';
import { OperatorError } from '../lib/errors.ts';
import type { Movie } from '../ratings/movie.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { generateDataset } from '../source/load-dataset.ts';
import {
  type PreparedDataset,
  type PreparedFiles,
  prepareDataset,
  writePrepared,
} from '../source/prepare.ts';
import { ingestRatings } from '../stages/ingest/ingest-ratings.ts';
import { parseConfig } from '../stages/load-config.ts';
import type { Pipeline } from '../stages/pipeline.ts';
import { publishModel } from '../stages/release/publish-model.ts';
import { trainModel } from '../stages/training/train-model.ts';
import { runWeek, type WeekOutcome } from '../stages/week/run-week.ts';
import { demoObserver, printDemoReport } from './print/demo.ts';
import { type DemoReport, demoReport } from './print/demo-report.ts';
import { homeDirectory, withLocalPipeline } from './terminal/open-pipeline.ts';
import { type FileReadingOptions, integer, withReading, withReadingOptions } from './terminal/options.ts';
import { readRatingsFile } from './terminal/read-ratings-file.ts';
import type { Terminal } from './terminal/terminal.ts';

const WEEKS = 3;
/** Marks a home directory that the demo made. Only such a directory is deleted. */
const MARKER = 'demo.txt';

interface DemoOptions extends FileReadingOptions {
  readonly data?: string;
  readonly seed: number;
  readonly json?: boolean;
}

/** `cinematch demo`: simulates three weeks of a pipeline on this machine. */
export function demoCommand(terminal: Terminal): Command {
  return withReadingOptions(new Command('demo'))
    .description('simulate three weeks: no drift, early signals, drift; then issue, training, gate, release')
    .option('--data <path>', 'a MovieLens file or folder instead of synthetic ratings')
    .option('--seed <n>', 'seed of the synthetic ratings', integer(0), 1)
    .option('--json', 'print JSON')
    .action(async (options: DemoOptions) => {
      const started = performance.now();
      const home = homeDirectory();
      const narrate = (text: string): void => {
        if (options.json !== true) terminal.print(text);
      };
      const config = parseConfig({ dataset: 'demo' }, 'the demo configuration');
      // Before the home directory is emptied: a file that is refused changes nothing.
      const dataset = await loadDataset(terminal, options, withReading(config, options));
      await startFresh(home);
      const prepared = prepareDataset(dataset.ratings, { weeks: WEEKS });
      const files = await writePrepared(join(home, 'data'), prepared, dataset.movies);
      const report = await withLocalPipeline({ terminal, config, home }, 'write', (pipeline) =>
        runThreeWeeks(pipeline, { terminal, narrate, dataset: dataset.name, prepared, files, started }),
      );
      if (options.json === true) terminal.printJson(report);
      else printDemoReport(terminal, report, home);
    });
}

interface DemoRun {
  readonly terminal: Terminal;
  readonly narrate: (text: string) => void;
  readonly dataset: string;
  readonly prepared: PreparedDataset;
  readonly files: PreparedFiles;
  readonly started: number;
}

async function runThreeWeeks(pipeline: Pipeline, run: DemoRun): Promise<DemoReport> {
  const { prepared, files, narrate } = run;
  const observer = demoObserver(narrate, run.terminal, pipeline.config);
  // Relative to the working directory, like the paths of the report.
  const store = pipeline.store.description.replace(`${process.cwd()}${sep}`, '');
  observer.begins(run.dataset, prepared, store);
  await ingestRatings(pipeline, files.train, 'train');
  await ingestRatings(pipeline, files.test, 'holdout');
  const first = await trainModel(pipeline, 'manual');
  observer.trained(first);
  await publishModel(pipeline, first);
  const weeks: WeekOutcome[] = [];
  for (const [index, batch] of files.batches.entries()) {
    observer.weekBegins(index + 1);
    weeks.push(await runWeek(pipeline, batch, observer));
  }
  return demoReport({
    dataset: run.dataset,
    prepared,
    first,
    weeks,
    issues: await pipeline.forge.issues.list(),
    releases: await pipeline.forge.releases.list(),
    seconds: (performance.now() - run.started) / 1000,
  });
}

/** Empties the home directory. It may have another pipeline, because all commands use it: that one is refused. */
async function startFresh(home: string): Promise<void> {
  if (existsSync(home) && !existsSync(join(home, MARKER))) {
    throw new OperatorError(
      'usage',
      `${home} already has a pipeline that the demo did not make.`,
      'Use another folder: CINEMATCH_HOME=.cinematch-demo npm run demo.',
    );
  }
  await rm(home, { recursive: true, force: true });
  await mkdir(home, { recursive: true });
  await writeFile(join(home, MARKER), 'Made by `cinematch demo`. The next demo deletes this folder.\n');
}

async function loadDataset(
  terminal: Terminal,
  { data, seed }: DemoOptions,
  config: Config,
): Promise<{ readonly name: string; readonly ratings: Ratings; readonly movies: readonly Movie[] }> {
  if (data === undefined) {
    return { name: 'synthetic', ...generateDataset({ weeks: WEEKS, drift: 1, seed }) };
  }
  const { ratings, movies } = await readRatingsFile(terminal, data, config);
  return { name: basename(resolve(data)), ratings, movies };
}
