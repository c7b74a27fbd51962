import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { OperatorError } from '../lib/errors.ts';
import { idNamesOf } from '../ratings/id-names.ts';
import { reportJson } from '../ratings/reading-report.ts';
import { formatBytes, formatCount } from '../reports/numbers.ts';
import { NO_TIME } from '../source/column-names.ts';
import { DATASETS, type DatasetName, downloadDataset } from '../source/download.ts';
import { foundIn } from '../source/inspect.ts';
import { inRandomOrder, prepareDataset, writePrepared } from '../source/prepare.ts';
import { readingOf, readRatedSource } from '../source/read-rated-source.ts';
import { generateRatings } from '../source/synthetic.ts';
import { SYNTHETIC_SIZE, syntheticWeeks } from '../source/synthetic-weeks.ts';
import { writeMovies, writeRatings } from '../source/write-ratings.ts';
import { loadConfig } from '../stages/load-config.ts';
import { compactRatings, countCompactable } from '../store/compact-ratings.ts';
import { readStoreSize } from '../store/size.ts';
import { inspectCommand } from './data-inspect.ts';
import { moveCommand } from './data-move.ts';
import { firstLines } from './print/inspection.ts';
import { noteReading } from './print/reading.ts';
import { clock, withEnvironmentPipeline } from './terminal/open-pipeline.ts';
import {
  type CommonOptions,
  type FileReadingOptions,
  idsOption,
  integer,
  numberBetween,
  withReading,
  withReadingOptions,
} from './terminal/options.ts';
import type { Terminal } from './terminal/terminal.ts';

/** `cinematch data`: inspects, downloads, generates and prepares ratings, moves the database, and packs its ratings. */
export function dataCommand(terminal: Terminal): Command {
  return new Command('data')
    .description('inspect, download, generate and prepare ratings; move the database, and pack its ratings')
    .addCommand(inspectCommand(terminal))
    .addCommand(prepareCommand(terminal))
    .addCommand(synthCommand(terminal))
    .addCommand(downloadCommand(terminal))
    .addCommand(moveCommand(terminal))
    .addCommand(compactCommand(terminal));
}

function prepareCommand(terminal: Terminal): Command {
  return withReadingOptions(new Command('prepare'))
    .description(
      'order ratings by time; write an initial part (train and test) and weekly batches as Parquet',
    )
    .argument('<source>', 'a MovieLens file or folder, in any layout')
    .requiredOption('--out <dir>', 'folder to write to')
    .option('--weeks <n>', 'number of weekly batches', integer(1), 3)
    .option(
      '--initial-share <share>',
      'share of the ratings in the initial part',
      numberBetween(0.01, 0.99),
      0.7,
    )
    .option('--train-share <share>', 'share of the initial part to train on', numberBetween(0.01, 0.99), 0.7)
    .option('--no-time', 'read no times and split at random, with the seed of the configuration')
    .addOption(idsOption())
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .action(async (path: string, options: PrepareOptions) => {
      const config = withReading(await loadConfig(options.config), options);
      const reading = readingOf(config);
      const source = await readRatedSource(path, {
        ...reading,
        ...(options.time ? {} : { times: 'optional', columns: { ...reading.columns, time: NO_TIME } }),
        now: clock(),
        onProgress: terminal.onProgress,
      });
      const { ratings, report, raw } = source;
      if (ratings.length === 0) throw noRatings(path, report.read);
      const ordered = options.time ? ratings : inRandomOrder(ratings, config.train.seed);
      const prepared = prepareDataset(ordered, options);
      const files = await writePrepared(resolve(options.out), prepared, source.movies, {
        names: raw.names === undefined ? null : idNamesOf(raw.names),
        hasTimes: options.time,
      });
      const parts = [
        { part: 'train', file: files.train, ratings: prepared.train.length },
        { part: 'test', file: files.test, ratings: prepared.test.length },
        ...prepared.batches.map((batch, index) => ({
          part: `week ${index + 1}`,
          file: files.batches[index] as string,
          ratings: batch.length,
        })),
      ];
      if (options.json === true) {
        terminal.printJson({
          source: source.name,
          layout: source.layout,
          rejected: report.read - report.kept,
          reading: reportJson(report),
          split: options.time ? 'time' : 'random',
          parts,
        });
        return;
      }
      for (const line of firstLines(foundIn(source))) terminal.note(line);
      noteReading(terminal, source);
      if (!options.time) {
        terminal.note('split at random, without times: the files can be evaluated, and not be ingested');
      }
      terminal.printTable(
        ['Part', 'Ratings', 'File'],
        parts.map(({ part, ratings: count, file }) => [part, formatCount(count), file]),
      );
    });
}

/** Nothing is written of a source without ratings. */
const noRatings = (path: string, rows: number): OperatorError =>
  new OperatorError(
    'no-training-data',
    `${path} has ${formatCount(rows)} rows and no usable rating.`,
    'Nothing was written. Look at the file: cinematch data inspect.',
  );

interface PrepareOptions extends CommonOptions, FileReadingOptions {
  readonly out: string;
  readonly weeks: number;
  readonly initialShare: number;
  readonly trainShare: number;
  /** False with `--no-time`. */
  readonly time: boolean;
}

function synthCommand(terminal: Terminal): Command {
  return new Command('synth')
    .description('generate a data set like MovieLens with known drift; the same seed gives the same ratings')
    .requiredOption('--out <dir>', 'folder to write ratings and movies to')
    .option('--ratings <n>', 'approximate number of ratings', integer(1_000), SYNTHETIC_SIZE.ratings)
    .option('--users <n>', 'number of users', integer(10), SYNTHETIC_SIZE.users)
    .option('--movies <n>', 'number of movies', integer(10), SYNTHETIC_SIZE.movies)
    .option('--weeks <n>', 'weeks in the newest 30%; drift begins in the second to last', integer(1), 3)
    .option('--drift <strength>', 'strength of the drift; 0 means no drift', numberBetween(0, 3), 1)
    .option('--seed <n>', 'seed', integer(0), 1)
    .addOption(
      new Option('--format <format>', 'format of the files').choices(['csv', 'parquet']).default('csv'),
    )
    .option('--json', 'print JSON')
    .action(async (options: SynthOptions) => {
      const { ratings, movies, truth } = generateRatings(syntheticWeeks(options));
      const ratingsFile = resolve(options.out, `ratings.${options.format}`);
      const moviesFile = resolve(options.out, `movies.${options.format}`);
      await writeRatings(ratingsFile, ratings);
      await writeMovies(moviesFile, movies);
      if (options.json === true) {
        terminal.printJson({
          ratingsFile,
          moviesFile,
          ratings: ratings.length,
          movies: movies.length,
          truth,
        });
        return;
      }
      terminal.print(`${formatCount(ratings.length)} ratings in ${ratingsFile}`);
      terminal.print(`${formatCount(movies.length)} movies in ${moviesFile}`);
    });
}

interface SynthOptions {
  readonly out: string;
  readonly ratings: number;
  readonly users: number;
  readonly movies: number;
  readonly weeks: number;
  readonly drift: number;
  readonly seed: number;
  readonly format: string;
  readonly json?: boolean;
}

function downloadCommand(terminal: Terminal): Command {
  return new Command('download')
    .description('download a MovieLens data set from GroupLens; an interrupted download resumes')
    .argument('<name>', DATASETS.join(', '))
    .option('--out <dir>', 'folder to write to', 'datasets')
    .option('--json', 'print JSON')
    .action(async (name: string, options: { readonly out: string; readonly json?: boolean }) => {
      const folder = await downloadDataset(name as DatasetName, resolve(options.out), {
        onProgress: terminal.onProgress,
      });
      if (options.json === true) terminal.printJson({ name, folder });
      else terminal.print(`${name} is in ${folder}`);
    });
}

function compactCommand(terminal: Terminal): Command {
  return new Command('compact')
    .description(
      'pack the stored ratings that have become training data, as every promotion does; an interrupted run continues',
    )
    .option('--config <file>', 'configuration file')
    .option('--dry-run', 'change nothing; show what would be packed')
    .option('--json', 'print JSON')
    .action(async (options: CommonOptions & { readonly dryRun?: boolean }) => {
      const isDryRun = options.dryRun === true;
      await withEnvironmentPipeline(
        terminal,
        options.config,
        isDryRun ? 'read' : 'write',
        async ({ store, config, onProgress }) => {
          const read = () => readStoreSize(store, config.store.limitMegabytes);
          const before = await read();
          const ratings = isDryRun ? await countCompactable(store) : await compactRatings(store, onProgress);
          const after = isDryRun ? null : await read();
          if (options.json === true) {
            terminal.printJson({
              store: store.description,
              ratings,
              bytes: { before: before.bytes, after: after?.bytes ?? null },
            });
            return;
          }
          terminal.print(
            after === null
              ? `${formatCount(ratings)} ratings would be packed; the database has ${formatBytes(before.bytes)}`
              : `${formatCount(ratings)} ratings packed; the database had ${formatBytes(before.bytes)} and has ${formatBytes(after.bytes)}`,
          );
        },
      );
    });
}
