import { MIN_PAST_WINDOWS, type PastWindow, type PastWindows } from './past-windows.ts';
import type { Comparison } from './signals/drift-signal.ts';
import { DRIFT_SIGNALS } from './signals/list.ts';
import type { History, SampleStatistics, WindowLayout } from './training-history.ts';

/** The oldest share of the ratings, which has no windows and only serves as a reference. */
const BURN_IN = 0.4;
/** Numbers of large windows in the rest. Fewer than four would not show how windows vary. */
const LARGEST_SPLITS = [4, 6, 12];
/** Of smaller windows, only this many of the newest are measured. Each size is half of the one before. */
const MAX_WINDOWS = 24;
/** Smaller windows are not measured. */
const MIN_SIZE = 500;
const GAPS = [0, 1, 2, 4, 8, 16];

/**
 * Compares windows of the training ratings with the ratings before them, for several window sizes and several distances.
 * The results are the effects that a drift check would have found there: the ordinary variation without drift.
 *
 * @param heldOut number of ratings that are always between a window and its reference.
 */
export function measurePast(history: History, heldOut: number): readonly PastWindows[] {
  const layouts = layoutsOf(history.length, heldOut);
  const before = history.statisticsBefore(layouts.flatMap(({ ends }) => ends));
  return layouts.flatMap((layout) => {
    const { size, ends, gaps } = layout;
    const statistics = history.windowStatistics(layout);
    return gaps.map((gap, column) => ({
      size,
      reach: heldOut + size * (gap + 1),
      windows: statistics.slice(gap).flatMap((window, first) => {
        const reference = before.get(ends[first] as number) as SampleStatistics;
        // The variance between users needs at least two users on each side.
        if (window.moments.users < 2 || reference.moments.users < 2) return [];
        const newMovieShare = (window.newMovieRatings[column] as number) / size;
        const newUserShare = (window.newUserRatings[column] as number) / size;
        return [pastWindow({ window, reference, newMovieShare, newUserShare })];
      }),
    }));
  });
}

function layoutsOf(length: number, heldOut: number): readonly WindowLayout[] {
  const rest = length - heldOut - Math.floor((length - heldOut) * BURN_IN);
  const layouts: WindowLayout[] = [];
  let splits = MAX_WINDOWS;
  for (const split of LARGEST_SPLITS)
    layouts.push(layoutOf(length, heldOut, Math.floor(rest / split), split));
  for (; rest / splits >= MIN_SIZE; splits *= 2) {
    layouts.push(layoutOf(length, heldOut, Math.floor(rest / splits), MAX_WINDOWS));
  }
  return layouts.filter(({ size }) => size >= MIN_SIZE);
}

function layoutOf(length: number, heldOut: number, size: number, count: number): WindowLayout {
  const starts = Array.from({ length: count }, (_, window) => length - (count - window) * size);
  return {
    size,
    starts,
    ends: starts.map((start) => start - heldOut),
    gaps: GAPS.filter((gap) => count - gap >= MIN_PAST_WINDOWS),
  };
}

function pastWindow(comparison: Comparison): PastWindow {
  return Object.fromEntries(
    DRIFT_SIGNALS.flatMap(({ name, past }) => (past === null ? [] : [[name, past.measure(comparison)]])),
  );
}
