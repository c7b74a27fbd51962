import { join } from 'node:path';
import { evaluateInDetail } from '../../pipeline/evaluate/evaluate.ts';
import { rankingTask } from '../../pipeline/evaluate/ranking.ts';
import type { Model } from '../../pipeline/model/model.ts';
import type { Movie } from '../../pipeline/ratings/movie.ts';
import { concatRatings, type Ratings } from '../../pipeline/ratings/ratings.ts';
import { generateDataset, readDataset } from '../../pipeline/source/load-dataset.ts';
import { type PreparedDataset, prepareDataset } from '../../pipeline/source/prepare.ts';
import { writeMovies } from '../../pipeline/source/write-ratings.ts';
import { loadReleasedPackage } from '../../pipeline/stages/champion/champion.ts';
import { ingestRatings } from '../../pipeline/stages/ingest/ingest-ratings.ts';
import { parseConfig } from '../../pipeline/stages/load-config.ts';
import { publishModel } from '../../pipeline/stages/release/publish-model.ts';
import { fitModel } from '../../pipeline/stages/training/fit-model.ts';
import { trainModel } from '../../pipeline/stages/training/train-model.ts';
import { runWeek } from '../../pipeline/stages/week/run-week.ts';
import { openTestPipeline } from '../support/pipeline.ts';

const INITIAL_SHARE = 0.6;
const WEEK_MS = 7 * 86_400_000;

interface ReplayOptions {
  /** A MovieLens file or folder; synthetic ratings when it is missing. */
  readonly data?: string | undefined;
  readonly weeks: number;
}

/** What one model answered to one batch, before it was ingested. */
interface Served {
  readonly squaredErrors: number;
  readonly ratings: number;
  readonly ndcg: number;
  readonly rankedUsers: number;
}

interface PolicyResult {
  readonly served: readonly Served[];
  readonly trainings: number;
  readonly alerts: number;
  readonly verdicts: readonly string[];
}

/**
 * Lives through a data set week by week, with the whole loop and its default settings, and compares what was
 * served with two other policies: the first model for ever, and a model fitted to everything before each batch.
 * Each model is measured on the next batch: RMSE over all ratings, NDCG@10 over all ranked users.
 */
export async function benchReplay(
  print: (line: string) => void,
  { data, weeks }: ReplayOptions,
): Promise<void> {
  const { ratings, movies } =
    data === undefined
      ? generateDataset({ weeks, drift: 1, seed: 1 })
      : await readDataset(data, { now: new Date(), onProgress: () => {} });
  const prepared = prepareDataset(ratings, { weeks, initialShare: INITIAL_SHARE });
  const first = prepared.train.length + prepared.test.length;
  print(
    `${data === undefined ? 'synthetic ratings' : 'ratings of --data'}: ${first} to start with, then ${weeks} batches of about ${prepared.batches[0]?.length}`,
  );
  const every = await everyWeek(prepared, movies);
  const loop = await throughTheLoop(prepared, movies);
  const rows: readonly (readonly [string, PolicyResult])[] = [
    ['never', loop.never],
    ['default settings', loop.ours],
    ['every week', every],
  ];
  print('| Policy | RMSE | against every week | NDCG@10 | against every week | Trainings | Alerts |');
  print('| --- | --- | --- | --- | --- | --- | --- |');
  for (const [name, result] of rows) {
    print(
      `| ${name} | ${rmse(result.served).toFixed(4)} | ${change(rmse(result.served), rmse(every.served))} | ${ndcg(result.served).toFixed(4)} | ${change(ndcg(result.served), ndcg(every.served))} | ${result.trainings} | ${result.alerts} |`,
    );
  }
  print(`verdicts of the default settings, by week: ${loop.ours.verdicts.join(', ')}`);
}

const rmse = (served: readonly Served[]): number =>
  Math.sqrt(sum(served, ({ squaredErrors }) => squaredErrors) / sum(served, ({ ratings }) => ratings));

const ndcg = (served: readonly Served[]): number =>
  sum(served, (one) => one.ndcg * one.rankedUsers) / sum(served, ({ rankedUsers }) => rankedUsers);

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

const change = (value: number, reference: number): string =>
  `${value < reference ? '−' : '+'}${Math.abs(100 * (value / reference - 1)).toFixed(2)}%`;

function serve(model: Model, seen: Ratings, batch: Ratings): Served {
  const trial = { train: seen, test: batch, task: rankingTask(seen, batch) };
  const { evaluation, errors, lists } = evaluateInDetail(model, trial);
  return {
    squaredErrors: errors.reduce((total, error) => total + error * error, 0),
    ratings: batch.length,
    ndcg: evaluation.ndcgAt10 ?? 0,
    rankedUsers: lists.length,
  };
}

/** The ratings known before each batch. */
const knownBefore = ({ train, test, batches }: PreparedDataset, week: number): Ratings =>
  concatRatings([train, test, ...batches.slice(0, week)]);

async function everyWeek(prepared: PreparedDataset, movies: readonly Movie[]): Promise<PolicyResult> {
  const config = parseConfig({}, 'the bench');
  const served: Served[] = [];
  for (const [week, batch] of prepared.batches.entries()) {
    const known = knownBefore(prepared, week);
    const { model } = await fitModel({ training: known, movies }, config, {
      stopwatch: () => performance.now(),
      onProgress: () => {},
    });
    served.push(serve(model, known, batch));
  }
  return { served, trainings: prepared.batches.length, alerts: 0, verdicts: [] };
}

/** The whole loop over a database and a local forge, and beside it what its first model would have served for ever. */
async function throughTheLoop(
  prepared: PreparedDataset,
  movies: readonly Movie[],
): Promise<{ readonly ours: PolicyResult; readonly never: PolicyResult }> {
  const defaults = parseConfig({}, 'the bench');
  const pipeline = await openTestPipeline(
    { train: defaults.train, gate: defaults.gate, retraining: defaults.retraining },
    { database: 'embedded' },
  );
  const begin = pipeline.clock().getTime();
  try {
    await writeMovies(join(pipeline.home, 'movies.csv'), movies);
    await ingestRatings(pipeline, await pipeline.write('train.parquet', prepared.train), 'train');
    await ingestRatings(pipeline, await pipeline.write('test.parquet', prepared.test), 'holdout');
    await publishModel(pipeline, await trainModel(pipeline, 'manual'));
    const first = (await loadReleasedPackage(pipeline.forge, 1)).model;
    let champion = first;
    let trainings = 0;
    let alerts = 0;
    const ours: Served[] = [];
    const never: Served[] = [];
    const verdicts: string[] = [];
    for (const [week, batch] of prepared.batches.entries()) {
      const known = knownBefore(prepared, week);
      ours.push(serve(champion, known, batch));
      never.push(champion === first ? (ours.at(-1) as Served) : serve(first, known, batch));
      pipeline.setTime(new Date(begin + (week + 1) * WEEK_MS).toISOString());
      const path = await pipeline.write(`week-${week + 1}.parquet`, batch);
      const { drift, published, candidate } = await runWeek(pipeline, path);
      if (drift.status === 'checked') {
        verdicts.push(drift.check.verdict);
        if (drift.alert === 'raised') alerts++;
      }
      if (candidate === null) continue;
      trainings++;
      if (published?.status === 'promoted') {
        champion = (await loadReleasedPackage(pipeline.forge, candidate.manifest.version)).model;
      }
    }
    return {
      ours: { served: ours, trainings, alerts, verdicts },
      never: { served: never, trainings: 0, alerts: 0, verdicts: [] },
    };
  } finally {
    await pipeline.close();
  }
}
