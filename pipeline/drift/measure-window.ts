import { RATING_LEVELS } from '../ratings/ratings.ts';
import { type Measurement, unmeasured } from './measurement.ts';
import type { ChosenPast, PastRow, PastWindow } from './past-windows.ts';
import type { ComparedSample } from './sample.ts';
import type { DriftSignal, NewComparison } from './signals/drift-signal.ts';
import { DRIFT_SIGNALS, type SignalName } from './signals/list.ts';
import { ratingsOfUnseen } from './unseen.ts';

/** Measures every signal on one window of new ratings. */
export function measureWindow(
  window: ComparedSample,
  reference: ComparedSample,
  past: ChosenPast | null,
): readonly { readonly name: SignalName; readonly measurement: Measurement }[] {
  const { count, movieIds, movieCounts, userIds, userLevels } = window.summary;
  const comparison = {
    window,
    reference,
    newMovieShare: ratingsOfUnseen(movieIds, movieCounts, 1, reference.summary.movieIds) / count,
    newUserShare: ratingsOfUnseen(userIds, userLevels, RATING_LEVELS, reference.summary.userIds) / count,
    performance: { window: window.performance, holdout: reference.performance },
    basis: { ratings: count, users: Math.min(window.moments.users, reference.moments.users) },
  };
  return DRIFT_SIGNALS.map((signal) => ({
    name: signal.name,
    measurement: measureSignal(signal, comparison, past),
  }));
}

/** A signal that is newer than the reference has a value, but no past windows to judge it by. */
function measureSignal(
  signal: DriftSignal,
  comparison: Omit<NewComparison, 'past'>,
  past: ChosenPast | null,
): Measurement {
  if (signal.past === null || past === null) return signal.measure({ ...comparison, past: null });
  const rowsOf = (windows: readonly PastWindow[]): readonly PastRow[] =>
    windows.flatMap((window) => {
      const row = window[signal.name];
      return row === undefined ? [] : [row];
    });
  const { comparable, batches } = past;
  const rows = rowsOf(past.windows);
  if (rows.length === past.windows.length) {
    const ofBatches = { rows: rowsOf(batches.windows), count: batches.count };
    return signal.measure({ ...comparison, past: { rows, comparable, batches: ofBatches } });
  }
  const { value, reference } = signal.measure({ ...comparison, past: null });
  return unmeasured(
    'The reference of the champion was written before this signal existed. The next training adds it.',
    value,
    reference,
  );
}
