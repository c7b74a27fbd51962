import { studentCritical } from '../math/student-t.ts';

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
  /** Windows of about the same size and reach as the new window, oldest first. */
  readonly windows: readonly PastWindow[];
  /**
   * Whether they have about the same size and reach as the window. Shares of new users and movies grow with both, and
   * Jensen–Shannon distances shrink with size, so these signals are only compared with comparable windows.
   */
  readonly comparable: boolean;
  /** Windows of about the size of one batch of the new window, oldest first, which show how batches vary. */
  readonly batches: {
    readonly windows: readonly PastWindow[];
    /** Number of batches in the new window. The variation between them averages out. */
    readonly count: number;
  };
}

/** The chosen past of one signal. */
export interface SignalPast extends Pick<ChosenPast, 'comparable'> {
  readonly rows: readonly PastRow[];
  readonly batches: { readonly rows: readonly PastRow[]; readonly count: number };
}

const ratio = (a: number, b: number): number => Math.abs(Math.log(a / b));

/**
 * The past windows for a window of `size` ratings in `batches` batches that ends `reach` ratings after the training
 * period: the nearest in the logarithms of size and reach. A size or reach that is a little further away is preferred
 * when it has more windows, because few windows make wide intervals.
 *
 * @returns null when the training period was too short for past windows.
 */
export function nearestPast(
  past: readonly PastWindows[],
  size: number,
  reach: number,
  batches = 1,
): ChosenPast | null {
  const within = Math.log(COMPARABLE);
  const isComparable = (one: PastWindows): boolean =>
    ratio(one.size, size) <= within && ratio(one.reach, reach) <= within;
  const distance = (one: PastWindows): number => ratio(one.size, size) + ratio(one.reach, reach);
  const nearest = smallestBy(past.filter(isComparable), distance) ?? smallestBy(past, distance);
  // Neighbouring windows share their reference, so its distance does not matter here.
  const ofBatch = smallestBy(past, (one) => ratio(one.size, size / batches));
  if (nearest === null || ofBatch === null) return null;
  return {
    windows: nearest.windows,
    comparable: isComparable(nearest),
    batches: { windows: ofBatch.windows, count: batches },
  };
}

function smallestBy(
  past: readonly PastWindows[],
  distanceOf: (one: PastWindows) => number,
): PastWindows | null {
  let nearest: PastWindows | null = null;
  let smallest = Number.POSITIVE_INFINITY;
  for (const candidate of past) {
    const count = candidate.windows.length;
    if (count < MIN_PAST_WINDOWS) continue;
    const distance = distanceOf(candidate) + widening(count);
    if (distance >= smallest) continue;
    smallest = distance;
    nearest = candidate;
  }
  return nearest;
}

/** The logarithm of how much wider an interval from so many windows is than one from many. */
function widening(windows: number): number {
  const differences = windows - 1;
  const df = (2 * differences ** 2) / (3 * differences - 1);
  return Math.log(studentCritical(0.01, df) / studentCritical(0.01, Number.POSITIVE_INFINITY));
}
