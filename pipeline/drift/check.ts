import type { DriftConfig } from '../config.ts';
import type { PerformanceSummary } from '../ratings/performance.ts';
import type { RatingSummary } from '../ratings/summary.ts';
import { contributorsOf } from './contributors.ts';
import { type GenresOf, genreCounts } from './genre-counts.ts';
import { judge } from './judge.ts';
import { measureWindow, type Side } from './measure-window.ts';
import { type ChosenPast, pastLike } from './past-windows.ts';
import type { DriftReference } from './reference.ts';
import { type DriftCheck, SIGNAL_NAMES, type SignalResult, type Verdict, type WindowName } from './signal.ts';
import { userMoments } from './user-moments.ts';

/** New ratings, and how well the champion predicted them. */
export interface Sample {
  readonly summary: RatingSummary;
  /** Null when no champion was scored. */
  readonly performance: PerformanceSummary | null;
}

interface Window extends Sample {
  readonly name: WindowName;
  /** Windows of the training period like this one. */
  readonly past: ChosenPast | null;
}

const SEVERITY: readonly Verdict[] = ['insufficient', 'ok', 'watch', 'drift'];

/**
 * Measures every signal on the newest window and on the whole buffer and judges them together. All of it is
 * arithmetic over counts: nothing is drawn at random, and equal input gives equal output.
 *
 * @param input.newest the newest batch; not empty.
 * @param input.buffer everything since the champion's training data, the newest batch included, or null
 * when that is the newest batch alone.
 */
export function checkDrift(
  input: {
    readonly reference: DriftReference;
    readonly newest: Sample;
    readonly buffer: Sample | null;
    readonly genresOf: GenresOf;
  },
  config: DriftConfig,
): DriftCheck {
  const { reference, newest, buffer } = input;
  // The newest window ends where the buffer ends, so both lie equally far from the training data.
  const reach = reference.heldOut + (buffer ?? newest).summary.count;
  const windowOf = (name: WindowName, sample: Sample): Window => ({
    name,
    ...sample,
    past: pastLike(reference.past, sample.summary.count, reach),
  });
  const first = windowOf('newest', newest);
  const windows = buffer ? [first, windowOf('buffer', buffer)] : [first];
  const genres = genreCounts(
    [reference, ...windows].map(({ summary }) => summary),
    input.genresOf,
  );
  const [referenceSide, ...sides] = [reference, ...windows].map(
    ({ summary, performance }, side): Side => ({
      summary,
      performance,
      moments: userMoments(summary.userLevels),
      genres: genres.counts[side] as Float64Array,
    }),
  ) as [Side, ...Side[]];
  const candidates = windows.flatMap(({ name: window, past }, index) => {
    const measurements = measureWindow(sides[index] as Side, referenceSide, past);
    return SIGNAL_NAMES.map((name) => ({ name, window, measurement: measurements[name] }));
  });
  const signals = judge(candidates, config);
  const shown = Math.max(
    0,
    windows.findIndex(({ name }) => name === mostAlarming(signals)),
  );
  return {
    preset: config.preset,
    verdict: worst(signals.filter(({ threshold }) => threshold !== null)),
    signals,
    windows: windows.map(({ name, summary }) => ({ name, ...sizesOf(summary) })),
    reference: sizesOf(reference.summary),
    contributors: contributorsOf(
      sides[shown] as Side,
      referenceSide,
      windows[shown]?.past?.windows ?? [],
      genres.names,
    ),
  };
}

const sizesOf = ({ count, userIds, movieIds }: RatingSummary) => ({
  ratings: count,
  users: userIds.length,
  movies: movieIds.length,
});

function worst(signals: readonly SignalResult[]): Verdict {
  const severity = Math.max(0, ...signals.map(({ verdict }) => SEVERITY.indexOf(verdict)));
  return SEVERITY[severity] ?? 'insufficient';
}

/** The window with the worst verdict, the newest of equals: where to look for what contributes. */
function mostAlarming(signals: readonly SignalResult[]): WindowName {
  const of = (name: WindowName): number =>
    SEVERITY.indexOf(worst(signals.filter(({ window, threshold }) => window === name && threshold !== null)));
  return of('buffer') > of('newest') ? 'buffer' : 'newest';
}
