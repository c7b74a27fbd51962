import { holmAdjusted } from '../math/holm.ts';
import { evidenceOf, hasAddedUp } from './evidence.ts';
import { halfWidthOf, intervalOf, type Measurement, pValueOf, type Spread } from './measurement.ts';
import type { DriftEvidence, SignalResult, Verdict, WindowName } from './signal.ts';
import { effectSize, type SignalName, signalNamed } from './signals/list.ts';

/** A signal measured on one window, before its verdict. */
export interface MeasuredSignal {
  readonly name: SignalName;
  readonly window: WindowName;
  readonly measurement: Measurement;
}

/** The settings of a check, documented in `pipeline/config.ts`. */
export interface DriftSettings {
  readonly preset: 'robust' | 'classic';
  readonly watchFraction: number;
  readonly robust: {
    readonly thresholds: Readonly<Record<SignalName, number>>;
    readonly familyWiseErrorRate: number;
    readonly minUsers: number;
  };
  readonly classic: {
    /** A signal without a threshold is reported and never raises an alert. */
    readonly thresholds: Readonly<Partial<Record<SignalName, number>>>;
    readonly minRatings: number;
  };
}

/** The window with all batches since the training, and how many they are. */
export interface WholeBuffer {
  readonly name: WindowName;
  readonly batches: number;
}

type Judgement = Pick<SignalResult, 'threshold' | 'verdict' | 'pValue' | 'note' | 'evidence'>;

/** Probability that a check without change says `watch`, over all signals. */
const WATCH_ERROR_RATE = 0.05;

/** Judges every candidate by the configured preset, in the same order. */
export function judge(
  candidates: readonly MeasuredSignal[],
  whole: WholeBuffer,
  settings: DriftSettings,
): readonly SignalResult[] {
  const judgements =
    settings.preset === 'robust'
      ? judgeRobust(candidates, whole, settings)
      : judgeClassic(candidates, settings);
  return candidates.map(({ name, window, measurement }, index) => {
    const { value, reference } = measurement;
    const spread = measurement.status === 'measured' ? measurement.spread : null;
    const paired = (measurement.status === 'measured' ? measurement.paired : null) ?? null;
    const interval = (effect: number, spread: Spread | null) =>
      spread && intervalOf(effect, spread, settings.robust.familyWiseErrorRate);
    return {
      name,
      window,
      value,
      reference,
      effect: measurement.status === 'measured' ? measurement.effect : null,
      interval: measurement.status === 'measured' ? interval(measurement.effect, spread) : null,
      paired: paired && {
        value: paired.value,
        reference: paired.reference,
        effect: paired.effect,
        interval: interval(paired.effect, paired.spread),
      },
      ...(judgements[index] as Judgement),
    };
  });
}

const insufficient = (threshold: number | null, note: string): Judgement => ({
  threshold,
  verdict: 'insufficient',
  pValue: null,
  note,
  evidence: null,
});

/** Fixed thresholds on pooled statistics, as in common monitoring tools. Any signal beyond its threshold is drift. */
function judgeClassic(candidates: readonly MeasuredSignal[], settings: DriftSettings): readonly Judgement[] {
  const { thresholds, minRatings } = settings.classic;
  return candidates.map(({ name, measurement }): Judgement => {
    const threshold = thresholds[name] ?? null;
    if (measurement.status === 'unmeasured') return insufficient(threshold, measurement.note);
    const { ratings } = measurement.basis;
    if (ratings < minRatings) {
      return insufficient(threshold, `The window has ${ratings} ratings; ${minRatings} are needed.`);
    }
    const verdict = (verdict: Verdict, note: string): Judgement => ({
      threshold,
      verdict,
      pValue: null,
      note,
      evidence: null,
    });
    if (threshold === null) return verdict('ok', 'The classic preset has no threshold for this signal.');
    const size = effectSize(name, measurement.effect);
    if (size > threshold) return verdict('drift', 'The effect is beyond its threshold.');
    return size >= settings.watchFraction * threshold
      ? verdict('watch', nearThreshold(settings.watchFraction))
      : verdict('ok', 'The effect is within its threshold.');
  });
}

const nearThreshold = (fraction: number): string =>
  `The effect is at least ${Math.round(fraction * 100)}% of its threshold.`;

/**
 * Drift is an effect beyond its threshold that chance and ordinary variation do not explain: its p-value is within the
 * family-wise error rate after Holm's adjustment over all signals and windows of the check. It is also an effect beyond
 * the watch fraction of its threshold that lasts: the evidence of several batches together has reached its bar.
 */
function judgeRobust(
  candidates: readonly MeasuredSignal[],
  whole: WholeBuffer,
  settings: DriftSettings,
): readonly Judgement[] {
  const { thresholds, familyWiseErrorRate, minUsers } = settings.robust;
  const tested = candidates.map(({ measurement }): Tested | null =>
    measurement.status === 'measured' && measurement.spread !== null && measurement.basis.users >= minUsers
      ? { effect: measurement.effect, spread: measurement.spread }
      : null,
  );
  const pValues = tested.map((one) => one && pValueOf(one.effect, one.spread));
  const adjusted = holmOverKnown(pValues);
  const signals = new Set(candidates.map(({ name }) => name)).size;
  return candidates.map(({ name, window, measurement }, index): Judgement => {
    const threshold = thresholds[name];
    if (measurement.status === 'unmeasured') return insufficient(threshold, measurement.note);
    const one = tested[index] ?? null;
    if (one === null) {
      const { users } = measurement.basis;
      return insufficient(
        threshold,
        `The window or its reference has only ${users} users; ${minUsers} are needed.`,
      );
    }
    const { onlyGrowth } = signalNamed(name);
    const evidence =
      window === whole.name
        ? evidenceOf({ ...one, scale: threshold, onlyGrowth }, whole.batches, signals)
        : null;
    const judged = verdictOf({
      size: effectSize(name, one.effect),
      threshold,
      watchFraction: settings.watchFraction,
      adjustedP: adjusted[index] as number,
      errorRate: familyWiseErrorRate,
      halfWidth: halfWidthOf(one.spread, familyWiseErrorRate),
      evidence,
    });
    return { threshold, pValue: pValues[index] ?? null, evidence, ...judged };
  });
}

interface Tested {
  readonly effect: number;
  readonly spread: Spread;
}

function verdictOf(tested: {
  /** Of the effect, in the direction that counts as drift. */
  readonly size: number;
  readonly threshold: number;
  readonly watchFraction: number;
  readonly adjustedP: number;
  readonly errorRate: number;
  readonly halfWidth: number;
  readonly evidence: DriftEvidence | null;
}): Pick<Judgement, 'verdict' | 'note'> {
  const { size, threshold, watchFraction, adjustedP, errorRate, halfWidth, evidence } = tested;
  const chance = `(adjusted p ${adjustedP.toPrecision(2)})`;
  const isLarge = size >= watchFraction * threshold;
  if (size > threshold && adjustedP <= errorRate) {
    return {
      verdict: 'drift',
      note: `The effect is beyond its threshold and chance does not explain it ${chance}.`,
    };
  }
  if (isLarge && evidence !== null && hasAddedUp(evidence)) {
    return {
      verdict: 'drift',
      note: `${nearThreshold(watchFraction)} The evidence of ${evidence.batches} batches together is ${rounded(evidence.value)} to 1, beyond the bar of ${rounded(evidence.bar)} to 1.`,
    };
  }
  if (isLarge && adjustedP <= Math.max(WATCH_ERROR_RATE, errorRate)) {
    return { verdict: 'watch', note: `${nearThreshold(watchFraction)} Chance hardly explains it ${chance}.` };
  }
  // An interval that ends below the threshold rules it out, however wide it is.
  if (halfWidth > threshold && size + halfWidth > threshold) {
    return {
      verdict: 'insufficient',
      note: `Blind: the interval of ±${rounded(halfWidth)} is ${(halfWidth / threshold).toPrecision(2)} times the threshold of ${rounded(threshold)}, so that an effect of that size could not be seen.`,
    };
  }
  return { verdict: 'ok', note: 'The effect is within its threshold or explained by chance.' };
}

const rounded = (value: number): string =>
  Number(value.toPrecision(2)).toLocaleString('en-US', { maximumFractionDigits: 10 });

function holmOverKnown(pValues: readonly (number | null)[]): readonly (number | null)[] {
  const adjusted = holmAdjusted(pValues.filter((p) => p !== null)).values();
  return pValues.map((p) => (p === null ? null : (adjusted.next().value ?? null)));
}
