import { predictionErrors } from '../../evaluate/errors.ts';
import type { OnProgress } from '../../lib/progress.ts';
import type { Stopwatch } from '../../lib/stopwatch.ts';
import { goldenPredictions } from '../../model/golden.ts';
import type { Model } from '../../model/model.ts';
import { sortByUser } from '../../ratings/order.ts';
import { concatRatings, filterRatings, type Ratings } from '../../ratings/ratings.ts';
import { snapshotDigest } from '../../ratings/snapshot.ts';
import { algorithmNamed } from '../../train/algorithms.ts';
import type { TrainingSet } from './export-training.ts';
import type { FittedModel } from './fit-model.ts';

/** The limits between a judged model and its refit. */
const LIMITS = {
  /** The RMSE on the judged training ratings may grow by this share. */
  rmse: 0.02,
  /** Mean error of the refit on its own ratings, stars. */
  meanError: 0.05,
  /** Difference of the mean predictions on the judged training ratings, stars. */
  meanPrediction: 0.1,
  /** Relative difference of the standard deviations of these predictions. */
  deviation: 0.2,
} as const;

/** So many ratings are predicted at most by each check. */
const CHECKED = 200_000;

/** The released model of a training, and the ratings it was fitted to. */
export interface Refit extends FittedModel {
  readonly training: Ratings;
}

/**
 * Fits a judged model once more, with its settings and seed, to all ratings of the training: also those that it was
 * judged on. Equal ratings give an equal model.
 *
 * @returns the refit, or the first reason why it cannot replace the judged model.
 */
export async function refitModel(
  { training, holdout, revised, movies }: Pick<TrainingSet, 'training' | 'holdout' | 'revised' | 'movies'>,
  judged: FittedModel,
  { stopwatch, onProgress }: { readonly stopwatch: Stopwatch; readonly onProgress?: OnProgress | undefined },
): Promise<Refit | { readonly problem: string }> {
  const { hyperParameters, seed } = judged;
  const all = sortByUser(concatRatings([training, holdout, revised]));
  const started = stopwatch();
  const algorithm = algorithmNamed(judged.model.algorithm);
  const model = await algorithm.fit(all, {
    hyperParameters,
    seed,
    movies,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const fitSeconds = judged.fitSeconds + (stopwatch() - started) / 1000;
  const problem = refitProblem({ judged: judged.model, refit: model, training, all });
  return problem === null
    ? { model, training: all, fitSeconds, hyperParameters, seed, snapshot: snapshotDigest(all) }
    : { problem };
}

/**
 * The reason why a refit must not replace the judged model: predictions that are no numbers, predictions that are
 * distributed otherwise, errors that grew on the ratings both were fitted to, or a mean error. Null when there is none.
 *
 * @param models.training the ratings of the judged model.
 * @param models.all the ratings of the refit.
 */
export function refitProblem({
  judged,
  refit,
  training,
  all,
}: {
  readonly judged: Model;
  readonly refit: Model;
  readonly training: Ratings;
  readonly all: Ratings;
}): string | null {
  const broken = goldenPredictions(refit).find(({ rating }) => !Number.isFinite(rating));
  if (broken !== undefined) {
    return `it predicts ${broken.rating} for user ${broken.user} and movie ${broken.movie}`;
  }
  const shared = sampleOf(training);
  const before = describe(judged, shared);
  const after = describe(refit, shared);
  const own = describe(refit, sampleOf(all));
  if (after.rmse > before.rmse * (1 + LIMITS.rmse)) {
    return `its RMSE on the training ratings is ${after.rmse.toFixed(4)}, that of the judged model ${before.rmse.toFixed(4)}`;
  }
  if (Math.abs(after.mean - before.mean) > LIMITS.meanPrediction) {
    return `its mean prediction is ${after.mean.toFixed(2)}★, that of the judged model ${before.mean.toFixed(2)}★`;
  }
  if (Math.abs(after.deviation - before.deviation) > LIMITS.deviation * before.deviation) {
    return `the standard deviation of its predictions is ${after.deviation.toFixed(2)}★, that of the judged model ${before.deviation.toFixed(2)}★`;
  }
  return Math.abs(own.meanError) > LIMITS.meanError
    ? `its predictions are ${own.meanError.toFixed(3)}★ from the ratings on average`
    : null;
}

/** Every k-th rating, so that at most `CHECKED` are left. */
function sampleOf(ratings: Ratings): Ratings {
  const step = Math.ceil(ratings.length / CHECKED);
  return step <= 1 ? ratings : filterRatings(ratings, (row) => row % step === 0);
}

/** RMSE and mean error of a model on ratings, mean and standard deviation of its predictions; stars. */
function describe(model: Model, ratings: Ratings) {
  const { errors } = predictionErrors(model, ratings);
  let [squares, sum, predictions, squaredPredictions] = [0, 0, 0, 0];
  errors.forEach((error, row) => {
    const prediction = error + (ratings.halves[row] as number) / 2;
    squares += error ** 2;
    sum += error;
    predictions += prediction;
    squaredPredictions += prediction ** 2;
  });
  const mean = predictions / ratings.length;
  return {
    rmse: Math.sqrt(squares / ratings.length),
    meanError: sum / ratings.length,
    mean,
    deviation: Math.sqrt(Math.max(0, squaredPredictions / ratings.length - mean ** 2)),
  };
}
