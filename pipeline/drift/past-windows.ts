/** The numbers of one signal on one past window. Unknown ones are NaN; the signal defines how many there are. */
export type PastRow = readonly number[];

/**
 * One window of the training period, compared with the ratings before it in the same way as a new window with the
 * training period: the row of each signal by its name. A signal that is newer than the reference has no row.
 */
export type PastWindow = Readonly<Record<string, PastRow>>;

/** Consecutive past windows of one size, all at one distance from their reference. */
export interface PastWindows {
  /** Ratings in a window. */
  readonly size: number;
  /** Ratings from the end of the reference to the end of the window; at least `size`. */
  readonly reach: number;
  readonly windows: readonly PastWindow[];
}

/** With fewer past windows, their variation is unknown. */
export const MIN_PAST_WINDOWS = 4;

/** Shares are compared when sizes and reaches differ by this factor at most. */
const COMPARABLE = 2;

/** The past windows that a new window is compared with. */
export interface ChosenPast {
  readonly windows: readonly PastWindow[];
  /**
   * Whether they have about the same size and reach as the window. Shares of new users and movies grow with both, and
   * Jensen–Shannon distances shrink with size, so these signals are only compared with comparable windows.
   */
  readonly comparable: boolean;
}

/** The chosen past of one signal. */
export interface SignalPast extends Pick<ChosenPast, 'comparable'> {
  readonly rows: readonly PastRow[];
}

/**
 * The past windows that are nearest in the logarithms of size and reach to a window of `size` ratings that ends `reach`
 * ratings after the training period.
 *
 * @returns null when the training period was too short for past windows.
 */
export function nearestPast(past: readonly PastWindows[], size: number, reach: number): ChosenPast | null {
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
