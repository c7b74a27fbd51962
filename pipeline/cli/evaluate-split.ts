import { rankingTask } from '../evaluate/ranking.ts';
import { formatBytes, formatCount, formatSeconds } from '../reports/numbers.ts';
import { measureBaselines } from '../stages/training/baselines.ts';
import { measureAlgorithm } from '../stages/training/measure-algorithm.ts';
import type { EvaluateRun } from './evaluate.ts';
import { peakMemoryBytes } from './peak-memory.ts';
import { describeRatings } from './print/describe-ratings.ts';
import { printEvaluation } from './print/evaluation.ts';
import { readRatingsFile } from './read-ratings-file.ts';
import type { Terminal } from './terminal.ts';

/** Trains on one file, measures on another, and prints the model beside the baselines. */
export async function evaluateSplit(
  terminal: Terminal,
  files: { readonly train: string; readonly test: string },
  { algorithm, hyperParameters, seed, baselines, json }: EvaluateRun,
): Promise<void> {
  const { onProgress } = terminal;
  const { ratings: train, movies: known } = await readRatingsFile(terminal, files.train);
  const { ratings: test, movies: others } = await readRatingsFile(terminal, files.test);
  const ids = new Set(known.map(({ id }) => id));
  const movies = [...known, ...others.filter(({ id }) => !ids.has(id))];

  const started = performance.now();
  const trial = { train, test, task: rankingTask(train, test) };
  const taskSeconds = (performance.now() - started) / 1000;
  const measured = await measureAlgorithm(algorithm, trial, { hyperParameters, seed, movies, onProgress });
  const { evaluation } = measured;
  const seconds = { ...measured.seconds, evaluate: measured.seconds.evaluate + taskSeconds };
  const peak = peakMemoryBytes();
  const beside = baselines ? await measureBaselines(trial, { seed, besides: algorithm }) : [];

  if (json) {
    terminal.printJson({
      algorithm,
      hyperParameters: measured.hyperParameters,
      seed,
      train: describeRatings(files.train, train),
      test: describeRatings(files.test, test),
      ...evaluation,
      seconds,
      peakMemoryBytes: peak,
      baselines: beside.map(({ evaluation: itsOwn, ...baseline }) => ({ ...baseline, ...itsOwn })),
    });
    return;
  }
  terminal.print(
    `${algorithm}: trained on ${formatCount(train.length)} ratings in ${formatSeconds(seconds.fit)}, measured on ${formatCount(test.length)} in ${formatSeconds(seconds.evaluate)}; peak memory ${formatBytes(peak)}`,
  );
  terminal.print();
  printEvaluation(terminal, algorithm, evaluation, beside);
}
