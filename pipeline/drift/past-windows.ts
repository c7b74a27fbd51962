/** What one signal showed on one past window: as many numbers as the signal says, NaN where one is unknown. */
export type PastRow = readonly number[];

/**
 * One stretch of the training period, compared with what came before it the way a new window is compared
 * with the training period: a row by the name of each signal. A signal that is younger than the reference
 * has none.
 */
export type PastWindow = Readonly<Record<string, PastRow>>;

/** Consecutive past windows of one size, each at one distance from what it is compared with. */
export interface PastWindows {
  /** Ratings in a window. */
  readonly size: number;
  /** Ratings from the end of what it is compared with to the end of the window; `size` or more. */
  readonly reach: number;
  readonly windows: readonly PastWindow[];
}

/** Fewer past windows than this say nothing of how windows vary. */
export const MIN_PAST_WINDOWS = 4;

/** How many times larger or smaller a past window may be, or reach, and still be a yardstick for shares. */
const COMPARABLE = 2;

/** The past windows that a new window is compared with. */
export interface ChosenPast {
  readonly windows: readonly PastWindow[];
  /**
   * Whether they are of about the same size and reach. Shares of unseen users and movies grow with both, and
   * Jensen–Shannon distances shrink with size, so they are compared with nothing else.
   */
  readonly comparable: boolean;
}

/** The same for one signal. */
export interface SignalPast extends Pick<ChosenPast, 'comparable'> {
  readonly rows: readonly PastRow[];
}

/**
 * The past windows most like a window of `size` ratings that ends `reach` ratings after the training
 * period: nearest in the logarithms of both.
 *
 * @returns null when the training period was too short to have any.
 */
export function pastLike(past: readonly PastWindows[], size: number, reach: number): ChosenPast | null {
  const ratio = (a: number, b: number): number => Math.abs(Math.log(a / b));
  let nearest: PastWindows | null = null;
  let smallest = Number.POSITIVE_INFINITY;
  for (const candidate of past) {
    const distance = ratio(candidate.size, size) + ratio(candidate.reach, reach);
    if (candidate.windows.length < MIN_PAST_WINDOWS || distance >= smallest) continue;
    smallest = distance;
    nearest = candidate;
  }
  if (nearest === null) return null;
  const within = Math.log(COMPARABLE);
  return {
    windows: nearest.windows,
    comparable: ratio(nearest.size, size) <= within && ratio(nearest.reach, reach) <= within,
  };
}
