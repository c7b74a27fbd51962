import type { SyntheticCatalogue } from './synthetic-catalogue.ts';

/** A change of the ratings in a time range. Omitted properties do not change. */
export interface Drift {
  /** Begin, seconds since 1970, inclusive. */
  readonly from: number;
  /** End, seconds since 1970, exclusive. @default the end of the data */
  readonly to?: number;
  /** Added to every rating before rounding, stars. */
  readonly meanShift?: number;
  /** Factor on each rating's distance from the mean, before rounding to half stars: 1 is no change. */
  readonly spread?: number;
  /** How far the tastes of all users rotate: 0 is no change, 1 is complete. */
  readonly tasteRotation?: number;
  /** Share of the ratings on movies that nobody rated before the drift, 0 to 1. */
  readonly newMovies?: number;
}

/** A drift and its state. */
export interface Phase {
  readonly drift: Drift;
  /** The movies that it adds; null when there are none. */
  readonly added: SyntheticCatalogue | null;
  ratings: number;
  onAddedMovies: number;
}

export function isActive({ drift: { from, to } }: Phase, time: number): boolean {
  return time >= from && (to === undefined || time < to);
}

/** The combined effect of all active phases. */
export interface CombinedEffect {
  /** Stars. */
  readonly shift: number;
  readonly spread: number;
  readonly rotation: number;
}

export function effectOf(active: readonly Phase[]): CombinedEffect {
  return {
    shift: active.reduce((sum, { drift }) => sum + (drift.meanShift ?? 0), 0),
    spread: active.reduce((product, { drift }) => product * (drift.spread ?? 1), 1),
    rotation: active.reduce((most, { drift }) => Math.max(most, drift.tasteRotation ?? 0), 0),
  };
}

/** The phase, if any, whose share of ratings on added movies is below its target. */
export function phaseWantingMovie(active: readonly Phase[]): Phase | undefined {
  return active.find(
    ({ drift, ratings, onAddedMovies }) => onAddedMovies < (drift.newMovies ?? 0) * (ratings + 1),
  );
}

export function countRating(phase: Phase, catalogue: SyntheticCatalogue): void {
  phase.ratings++;
  if (catalogue === phase.added) phase.onAddedMovies++;
}
