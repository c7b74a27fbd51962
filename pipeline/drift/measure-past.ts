import { MIN_PAST_WINDOWS, type PastWindow, type PastWindows } from './past-windows.ts';
import type { Comparison } from './signals/drift-signal.ts';
import { DRIFT_SIGNALS } from './signals/list.ts';
import type { History, Layout, Portrait } from './training-history.ts';

/** The oldest share of the ratings, which only serves to be compared with. */
const BURN_IN = 0.4;
/** No window is larger than a fourth of the rest: fewer would not show how windows vary. */
const LARGEST_SPLITS = [4, 6, 12];
/** Of smaller windows this many newest are measured, and sizes halve from there. */
const MAX_WINDOWS = 24;
/** Smaller windows are not measured. */
const MIN_SIZE = 500;
const GAPS = [0, 1, 2, 4, 8, 16];

/**
 * How each stretch of the past differed from what came before it: for a ladder of window sizes, at a ladder
 * of distances, the effects a drift check would have found. These are what "no drift" looks like here.
 *
 * @param heldOut ratings that always lie between a window and what it is compared with.
 */
export function measurePast(history: History, heldOut: number): readonly PastWindows[] {
  const layouts = layoutsOf(history.length, heldOut);
  const before = history.portraitsBefore(layouts.flatMap(({ ends }) => ends));
  return layouts.flatMap((layout) => {
    const { size, ends, gaps } = layout;
    const portraits = history.windowPortraits(layout);
    return gaps.map((gap, column) => ({
      size,
      reach: heldOut + size * (gap + 1),
      windows: portraits.slice(gap).flatMap((window, first) => {
        const reference = before.get(ends[first] as number) as Portrait;
        // When one user gave all the ratings of a side, nothing can be said of how users differ.
        if (window.moments.users < 2 || reference.moments.users < 2) return [];
        const newMovieShare = (window.newMovieRatings[column] as number) / size;
        const newUserShare = (window.newUserRatings[column] as number) / size;
        return [pastWindow({ window, reference, newMovieShare, newUserShare })];
      }),
    }));
  });
}

function layoutsOf(length: number, heldOut: number): readonly Layout[] {
  const rest = length - heldOut - Math.floor((length - heldOut) * BURN_IN);
  const layouts: Layout[] = [];
  let splits = MAX_WINDOWS;
  for (const split of LARGEST_SPLITS)
    layouts.push(layoutOf(length, heldOut, Math.floor(rest / split), split));
  for (; rest / splits >= MIN_SIZE; splits *= 2) {
    layouts.push(layoutOf(length, heldOut, Math.floor(rest / splits), MAX_WINDOWS));
  }
  return layouts.filter(({ size }) => size >= MIN_SIZE);
}

function layoutOf(length: number, heldOut: number, size: number, count: number): Layout {
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
