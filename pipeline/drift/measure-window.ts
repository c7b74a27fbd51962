import type { PerformanceSummary } from '../ratings/performance.ts';
import type { RatingSummary } from '../ratings/summary.ts';
import type { Effect } from './effect.ts';
import { type Measurement, measured, unmeasured } from './measurement.ts';
import type { ChosenPast, PastEffect, PastWindow } from './past-windows.ts';
import type { SignalName } from './signal.ts';
import { measureGenres } from './signals/genre-js.ts';
import { measureMae } from './signals/model-mae.ts';
import { measureRmse } from './signals/model-rmse.ts';
import { measureNewMovies } from './signals/new-movie-share.ts';
import { measureNewUsers } from './signals/new-user-share.ts';
import { measureDistribution } from './signals/rating-distribution.ts';
import { ratingMeanChange } from './signals/rating-mean.ts';
import { ratingStdChange } from './signals/rating-std.ts';
import { userMeanShift } from './signals/user-mean-shift.ts';
import type { UserMoments } from './user-moments.ts';

/** One side of the comparison, counted once for all signals. */
export interface Side {
  readonly summary: RatingSummary;
  readonly performance: PerformanceSummary | null;
  readonly moments: UserMoments;
  /** Ratings of each genre, columns as on the other side. */
  readonly genres: Float64Array;
}

/** Every signal on one window. */
export function measureWindow(
  window: Side,
  reference: Side,
  past: ChosenPast | null,
): Readonly<Record<SignalName, Measurement>> {
  const pair = [window.moments, reference.moments] as const;
  const basis = {
    ratings: window.summary.count,
    users: Math.min(window.moments.users, reference.moments.users),
  };
  const pastWindows = past?.windows ?? [];
  const changeOf = (change: Effect | null, of: (past: PastWindow) => PastEffect | null): Measurement =>
    change
      ? measured(
          change,
          pastWindows.flatMap((one) => of(one) ?? []),
          basis,
        )
      : unmeasured('All reference ratings are equal, so that no change is relative to their spread.');
  return {
    rating_distribution_ks: measureDistribution(
      ...pair,
      pastWindows.map(({ cuts }) => cuts),
      basis,
    ),
    rating_mean: changeOf(ratingMeanChange(...pair), ({ ratingMean }) => ratingMean),
    rating_std: changeOf(ratingStdChange(...pair), ({ ratingStd }) => ratingStd),
    user_mean_shift: changeOf(userMeanShift(...pair), ({ userMean }) => userMean),
    genre_js: measureGenres(window.genres, reference.genres, past, basis),
    new_movie_share: measureNewMovies(window.summary, reference.summary, past, basis),
    new_user_share: measureNewUsers(window.summary, reference.summary, past, basis),
    model_rmse: measureRmse(window.performance, reference.performance),
    model_mae: measureMae(window.performance, reference.performance),
  };
}
