import { holmAdjusted } from '../math/holm.ts';
import { intervalOf, type Measurement, pValueOf } from './measurement.ts';
import type { SignalResult, Verdict, WindowName } from './signal.ts';
import { effectSize, type SignalName } from './signals/list.ts';

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

type Judgement = Pick<SignalResult, 'threshold' | 'verdict' | 'pValue' | 'note'>;

/** Judges every candidate by the configured preset, in the same order. */
export function judge(
  candidates: readonly MeasuredSignal[],
  settings: DriftSettings,
): readonly SignalResult[] {
  const judgements =
    settings.preset === 'robust' ? judgeRobust(candidates, settings) : judgeClassic(candidates, settings);
  return candidates.map(({ name, window, measurement }, index) => {
    const { value, reference } = measurement;
    const spread = measurement.status === 'measured' ? measurement.spread : null;
    return {
      name,
      window,
      value,
      reference,
      effect: measurement.status === 'measured' ? measurement.effect : null,
      interval:
        measurement.status === 'measured' && spread
          ? intervalOf(measurement.effect, spread, settings.robust.familyWiseErrorRate)
          : null,
      ...(judgements[index] as Judgement),
    };
  });
}

const insufficient = (threshold: number | null, note: string): Judgement => ({
  threshold,
  verdict: 'insufficient',
  pValue: null,
  note,
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
 * family-wise error rate after Holm's adjustment over all signals and windows of the check.
 */
function judgeRobust(candidates: readonly MeasuredSignal[], settings: DriftSettings): readonly Judgement[] {
  const { thresholds, familyWiseErrorRate, minUsers } = settings.robust;
  const pValues = candidates.map(({ measurement }) =>
    measurement.status === 'measured' && measurement.spread !== null && measurement.basis.users >= minUsers
      ? pValueOf(measurement.effect, measurement.spread)
      : null,
  );
  const adjusted = holmOverKnown(pValues);
  return candidates.map(({ name, measurement }, index): Judgement => {
    const threshold = thresholds[name];
    const pValue = pValues[index] ?? null;
    const adjustedP = adjusted[index] ?? null;
    if (measurement.status === 'unmeasured') return insufficient(threshold, measurement.note);
    if (pValue === null || adjustedP === null) {
      const { users } = measurement.basis;
      return insufficient(
        threshold,
        `The window or its reference has only ${users} users; ${minUsers} are needed.`,
      );
    }
    const size = effectSize(name, measurement.effect);
    const verdict = (verdict: Verdict, note: string): Judgement => ({ threshold, verdict, pValue, note });
    if (size > threshold) {
      const chance = `(adjusted p ${adjustedP.toPrecision(2)})`;
      return adjustedP <= familyWiseErrorRate
        ? verdict('drift', `The effect is beyond its threshold and chance does not explain it ${chance}.`)
        : verdict('watch', `The effect is beyond its threshold, but chance may explain it ${chance}.`);
    }
    return size >= settings.watchFraction * threshold && pValue < familyWiseErrorRate
      ? verdict('watch', nearThreshold(settings.watchFraction))
      : verdict('ok', 'The effect is within its threshold or explained by chance.');
  });
}

function holmOverKnown(pValues: readonly (number | null)[]): readonly (number | null)[] {
  const adjusted = holmAdjusted(pValues.filter((p) => p !== null)).values();
  return pValues.map((p) => (p === null ? null : (adjusted.next().value ?? null)));
}
