import { type BatchFinding, isSevere } from '../quality/finding.ts';
import { RATING_LEVELS } from '../ratings/ratings.ts';
import type { RatingSummary } from '../ratings/summary.ts';
import { contributorsOf } from './contributors.ts';
import { explainSignals } from './explain/explain.ts';
import type { MeasuredAgain } from './explain/influence.ts';
import { findPatterns } from './findings/find.ts';
import { type GenresOf, genreCounts } from './genre-counts.ts';
import { type DriftSettings, judge } from './judge.ts';
import { measureWindow } from './measure-window.ts';
import { type ChosenPast, nearestPast } from './past-windows.ts';
import type { DriftReference } from './reference.ts';
import type { ComparedSample, Sample } from './sample.ts';
import type { DriftCheck, SampleSize, SignalResult, Verdict, WindowName } from './signal.ts';
import { userMoments } from './user-moments.ts';

interface Window extends Sample {
  readonly name: WindowName;
  /** The past windows that this one is compared with. */
  readonly past: ChosenPast | null;
}

const SEVERITY: readonly Verdict[] = ['insufficient', 'ok', 'watch', 'drift'];

/**
 * Measures every signal on the newest window and on the whole buffer and judges them together. Nothing is random:
 * equal input gives equal output.
 *
 * @param input.newest the newest batch; not empty.
 * @param input.buffer all ratings since the champion's training data, including the newest batch, and the number of
 * batches they came in; null when the newest batch is the only one.
 * @param input.quality what is wrong with these batches apart from drift. @default nothing
 */
export function checkDrift(
  input: {
    readonly reference: DriftReference;
    readonly newest: Sample;
    readonly buffer: (Sample & { readonly batches: number }) | null;
    readonly genresOf: GenresOf;
    readonly quality?: readonly BatchFinding[];
  },
  settings: DriftSettings,
): DriftCheck {
  const { reference, newest, buffer, quality = [] } = input;
  // The newest window ends where the buffer ends, so both have the same distance from the training data.
  const reach = reference.heldOut + (buffer ?? newest).summary.count;
  const windowOf = (name: WindowName, sample: Sample, batches: number): Window => ({
    name,
    ...sample,
    past: nearestPast(reference.past, sample.summary.count, reach, batches),
  });
  const first = windowOf('newest', newest, 1);
  const windows = buffer ? [first, windowOf('buffer', buffer, buffer.batches)] : [first];
  const genres = genreCounts(
    [reference, ...windows].map(({ summary }) => summary),
    input.genresOf,
  );
  const [referenceSide, ...sides] = [reference, ...windows].map(
    ({ summary, performance }, side): ComparedSample => ({
      summary,
      performance,
      moments: userMoments(summary.userLevels),
      genres: genres.counts[side] as Float64Array,
    }),
  ) as [ComparedSample, ...ComparedSample[]];
  const candidates = windows.flatMap(({ name: window, past }, index) =>
    measureWindow(sides[index] as ComparedSample, referenceSide, past).map((measured) => ({
      ...measured,
      window,
    })),
  );
  const signals = judge(
    candidates,
    { name: buffer ? 'buffer' : 'newest', batches: buffer?.batches ?? 1 },
    settings,
  );
  const shown = Math.max(
    0,
    windows.findIndex(({ name }) => name === mostAlarming(signals)),
  );
  const again = new Map(
    windows.map(({ name, past, ...window }) => [name, { window, reference, past, genresOf: input.genresOf }]),
  );
  const findings = findPatterns(
    again.get('newest') as MeasuredAgain,
    signals.filter(({ window }) => window === 'newest'),
  );
  return {
    preset: settings.preset,
    verdict:
      findings.length > 0
        ? 'drift'
        : withQuality(worst(signals.filter(({ threshold }) => threshold !== null)), quality),
    signals,
    windows: windows.map(({ name, summary }) => ({ name, ...sizesOf(summary) })),
    reference: sizesOf(reference.summary),
    contributors: contributorsOf(
      sides[shown] as ComparedSample,
      referenceSide,
      windows[shown]?.past?.windows ?? [],
      genres.names,
    ),
    quality,
    explanations: explainSignals(signals, again),
    findings,
  };
}

function sizesOf({ count, userIds, movieIds, userLevels }: RatingSummary): SampleSize {
  const levels = new Array<number>(RATING_LEVELS).fill(0);
  for (let cell = 0; cell < userLevels.length; cell++) {
    const level = cell % RATING_LEVELS;
    levels[level] = (levels[level] as number) + (userLevels[cell] as number);
  }
  return { ratings: count, users: userIds.length, movies: movieIds.length, levels };
}

/** Signals about values that are not what they say cannot be `ok`. */
const withQuality = (verdict: Verdict, quality: readonly BatchFinding[]): Verdict =>
  verdict === 'ok' && quality.some(isSevere) ? 'watch' : verdict;

function worst(signals: readonly SignalResult[]): Verdict {
  const severity = Math.max(0, ...signals.map(({ verdict }) => SEVERITY.indexOf(verdict)));
  return SEVERITY[severity] ?? 'insufficient';
}

/** The window with the worst verdict, whose contributors are shown; of equal ones the newest. */
function mostAlarming(signals: readonly SignalResult[]): WindowName {
  const of = (name: WindowName): number =>
    SEVERITY.indexOf(worst(signals.filter(({ window, threshold }) => window === name && threshold !== null)));
  return of('buffer') > of('newest') ? 'buffer' : 'newest';
}
