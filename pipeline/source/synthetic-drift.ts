import type { Catalogue } from './synthetic-catalogue.ts';

/** A change planted into the ratings of a range of time. What is not said does not change. */
export interface Drift {
  /** Seconds since 1970 at which it begins (inclusive). */
  readonly from: number;
  /** Seconds since 1970 at which it ends (exclusive); without it, it lasts to the end of the data. */
  readonly to?: number;
  /** Added to what everyone would have given, stars. */
  readonly meanShift?: number;
  /** Factor on each rating's distance from the mean, before rounding to half stars: 1 is no change. */
  readonly spread?: number;
  /** How far everyone's taste turns to another: 0 not at all, 1 wholly. */
  readonly tasteRotation?: number;
  /** Share of the ratings that go to movies never rated before it began, 0 to 1. */
  readonly newMovies?: number;
  /** Share of the ratings by users never seen before it began, 0 to 1, instead of the usual share. */
  readonly newUsers?: number;
}

/** A drift and what came of it so far. */
export interface Phase {
  readonly drift: Drift;
  /** Movies that appear with it; null when it brings none. */
  readonly added: Catalogue | null;
  /** Users there were when it began; null until then. */
  usersBefore: number | null;
  ratings: number;
  onAddedMovies: number;
  byNewUsers: number;
}

export function isActive({ drift: { from, to } }: Phase, time: number): boolean {
  return time >= from && (to === undefined || time < to);
}

/** What phases that are active at the same time do together. */
export interface Effect {
  /** Stars. */
  readonly shift: number;
  readonly spread: number;
  readonly rotation: number;
}

export function effectOf(active: readonly Phase[]): Effect {
  return {
    shift: active.reduce((sum, { drift }) => sum + (drift.meanShift ?? 0), 0),
    spread: active.reduce((product, { drift }) => product * (drift.spread ?? 1), 1),
    rotation: active.reduce((most, { drift }) => Math.max(most, drift.tasteRotation ?? 0), 0),
  };
}

/** The phase, if any, that wants its next rating to go to a movie it added. */
export function phaseWantingMovie(active: readonly Phase[]): Phase | undefined {
  return active.find(
    ({ drift, ratings, onAddedMovies }) => onAddedMovies < (drift.newMovies ?? 0) * (ratings + 1),
  );
}

/** The phase, if any, that decides who rates. */
export function phaseChoosingUsers(active: readonly Phase[]): Phase | undefined {
  return active.find(({ drift }) => drift.newUsers !== undefined && drift.newUsers > 0);
}

export function wantsNewUser({ drift, ratings, byNewUsers }: Phase): boolean {
  return byNewUsers < (drift.newUsers ?? 0) * (ratings + 1);
}

export function countRating(phase: Phase, shelf: Catalogue, userId: number): void {
  phase.ratings++;
  if (shelf === phase.added) phase.onAddedMovies++;
  if (userId > (phase.usersBefore ?? 0)) phase.byNewUsers++;
}
