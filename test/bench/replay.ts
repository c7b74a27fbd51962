import { join } from 'node:path';
import { type DetailedEvaluation, evaluateInDetail } from '../../pipeline/evaluate/evaluate.ts';
import type { Model } from '../../pipeline/model/model.ts';
import type { Movie } from '../../pipeline/ratings/movie.ts';
import { concatRatings, type Ratings, sliceRatings } from '../../pipeline/ratings/ratings.ts';
import { generateDataset, readDataset } from '../../pipeline/source/load-dataset.ts';
import { type PreparedDataset, prepareDataset } from '../../pipeline/source/prepare.ts';
import { writeMovies } from '../../pipeline/source/write-ratings.ts';
import { preparedHistory } from '../../pipeline/stages/calibrate/history.ts';
import { servedQuality } from '../../pipeline/stages/calibrate/live-through.ts';
import { openReplay } from '../../pipeline/stages/calibrate/replay.ts';
import { loadReleasedPackage } from '../../pipeline/stages/champion/released-package.ts';
import { ingestRatings } from '../../pipeline/stages/ingest/ingest-ratings.ts';
import { parseConfig } from '../../pipeline/stages/load-config.ts';
import { publishModel } from '../../pipeline/stages/release/publish-model.ts';
import { trainModel } from '../../pipeline/stages/training/train-model.ts';
import { runWeek } from '../../pipeline/stages/week/run-week.ts';
import { openTestPipeline } from '../support/pipeline.ts';
import { AS_STARS } from '../support/reading.ts';
import { liveModel } from './live-model.ts';

const INITIAL_SHARE = 0.6;
const WEEK_MS = 7 * 86_400_000;

interface ReplayOptions {
  /** A MovieLens file or folder; synthetic ratings when it is missing. */
  readonly data?: string | undefined;
  readonly weeks: number;
}

/** One week of the whole loop. */
interface LoopWeek {
  readonly served: DetailedEvaluation;
  /** With the ratings since the training folded in. */
  readonly live: DetailedEvaluation;
  readonly verdict: string;
  readonly isAlert: boolean;
  /** Why a model was trained; null when none was. */
  readonly trained: string | null;
}

/**
 * Lives through a data set week by week, with the whole loop and its default settings, and compares what was served with
 * two other policies: the first model for ever, and a model fitted to everything before each batch. Each model is
 * measured on the next batch: by itself, and live, which is what the API answers when it has a database: users who have
 * rated since the training are folded in. `cinematch drift calibrate` computes the first without a loop.
 */
export async function benchReplay(
  print: (line: string) => void,
  { data, weeks: count }: ReplayOptions,
): Promise<void> {
  const { ratings, movies } =
    data === undefined
      ? generateDataset({ weeks: count, drift: 1, seed: 1 })
      : await readDataset(data, { now: new Date(), reading: AS_STARS, onProgress: () => {} });
  const prepared = prepareDataset(ratings, { weeks: count, initialShare: INITIAL_SHARE });
  const history = preparedHistory(prepared, movies, new Date());
  const replay = openReplay(history, parseConfig({}, 'the bench'), () => {});
  print(
    `${data === undefined ? 'synthetic ratings' : 'ratings of --data'}: ${replay.seen(0).length} to start with, then ${count} batches of about ${prepared.batches[0]?.length}`,
  );
  const first = await replay.first();
  const never = prepared.batches.map((_, week) => replay.serve(first, week));
  const start = replay.seen(0).length;
  const neverLive = prepared.batches.map((test, week) =>
    evaluateLive(first.model, replay.seen(week), start, test),
  );
  const every: DetailedEvaluation[] = [];
  for (const week of prepared.batches.keys()) every.push(await replay.serveNewest(week));
  const weeks = await throughTheLoop(prepared, movies);
  const trainings = weeks.filter(({ trained }) => trained !== null).length;
  const alerts = weeks.filter(({ isAlert }) => isAlert).length;
  const best = servedQuality(every);
  const ours = weeks.map(({ served }) => served);
  const oursLive = weeks.map(({ live }) => live);
  const rows: readonly (readonly [string, readonly DetailedEvaluation[], number, number])[] = [
    ['never', never, 0, 0],
    ['default settings', ours, trainings, alerts],
    ['never, live', neverLive, 0, 0],
    ['default settings, live', oursLive, trainings, alerts],
    ['every week', every, count, 0],
  ];
  print('| Policy | RMSE | against every week | NDCG@10 | against every week | Trainings | Alerts |');
  print('| --- | --- | --- | --- | --- | --- | --- |');
  for (const [name, served, trained, alarms] of rows) {
    const { rmse, ndcgAt10 } = servedQuality(served);
    print(
      `| ${name} | ${rmse.toFixed(4)} | ${change(rmse, best.rmse)} | ${ndcgAt10?.toFixed(4)} | ${change(ndcgAt10 ?? 0, best.ndcgAt10 ?? 0)} | ${trained} | ${alarms} |`,
    );
  }
  print('| Week | Verdict | Alert | Training |');
  print('| --- | --- | --- | --- |');
  for (const [week, { verdict, isAlert, trained }] of weeks.entries()) {
    print(`| ${week + 1} | ${verdict} | ${isAlert ? 'raised' : ''} | ${trained ?? ''} |`);
  }
}

/** @param learned number of ratings that the model has learned, the first of those seen. */
function evaluateLive(model: Model, seen: Ratings, learned: number, test: Ratings): DetailedEvaluation {
  const live = liveModel(model, seen, sliceRatings(seen, learned));
  return evaluateInDetail(live, { train: seen, test });
}

const change = (value: number, reference: number): string =>
  `${value < reference ? '−' : '+'}${Math.abs(100 * (value / reference - 1)).toFixed(2)}%`;

/** The whole loop over a database and a local forge. */
async function throughTheLoop(
  prepared: PreparedDataset,
  movies: readonly Movie[],
): Promise<readonly LoopWeek[]> {
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
    let champion = (await loadReleasedPackage(pipeline, 1)).model;
    let seen = concatRatings([prepared.train, prepared.test]);
    let learned = seen.length;
    const weeks: LoopWeek[] = [];
    for (const [week, batch] of prepared.batches.entries()) {
      const served = evaluateInDetail(champion, { train: seen, test: batch });
      const live = evaluateLive(champion, seen, learned, batch);
      seen = concatRatings([seen, batch]);
      pipeline.setTime(new Date(begin + (week + 1) * WEEK_MS).toISOString());
      const path = await pipeline.write(`week-${week + 1}.parquet`, batch);
      const { drift, published, candidate } = await runWeek(pipeline, path);
      const isChecked = drift.status === 'checked';
      const outcome = published?.status === 'promoted' ? '' : ', refused by the gate';
      weeks.push({
        served,
        live,
        verdict: isChecked ? drift.check.verdict : '',
        isAlert: isChecked && drift.alert === 'raised',
        trained: candidate && `${candidate.manifest.reason}${outcome}`,
      });
      if (candidate === null || published?.status !== 'promoted') continue;
      champion = (await loadReleasedPackage(pipeline, candidate.manifest.version)).model;
      learned = seen.length;
    }
    return weeks;
  } finally {
    await pipeline.close();
  }
}
