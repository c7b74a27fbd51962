import type { DriftSignal } from './drift-signal.ts';
import { genreDistance } from './genre-js.ts';
import { modelMae } from './model-mae.ts';
import { modelRmse } from './model-rmse.ts';
import { modelSkill } from './model-skill.ts';
import { newMovieShare } from './new-movie-share.ts';
import { newUserShare } from './new-user-share.ts';
import { rankingSkill } from './ranking-skill.ts';
import { ratingDistribution } from './rating-distribution.ts';
import { ratingMean } from './rating-mean.ts';
import { ratingStd } from './rating-std.ts';
import { userMeanShift } from './user-mean-shift.ts';

/** Every drift signal, in the order in which a check reports them. */
export const DRIFT_SIGNALS = [
  ratingDistribution,
  ratingMean,
  ratingStd,
  userMeanShift,
  genreDistance,
  newMovieShare,
  newUserShare,
  modelSkill,
  rankingSkill,
  modelRmse,
  modelMae,
] as const;

export type SignalName = (typeof DRIFT_SIGNALS)[number]['name'];

const BY_NAME: ReadonlyMap<string, DriftSignal> = new Map(
  DRIFT_SIGNALS.map((signal) => [signal.name, signal]),
);

export function signalNamed(name: SignalName): DriftSignal {
  return BY_NAME.get(name) as DriftSignal;
}

/** Whether this version has a signal of that name. Data of another version may have other signals. */
export function isSignalName(name: string): name is SignalName {
  return BY_NAME.has(name);
}

/** The size of an effect in the direction that counts as drift, to compare with the threshold. */
export function effectSize(name: SignalName, effect: number): number {
  return signalNamed(name).onlyGrowth ? effect : Math.abs(effect);
}
