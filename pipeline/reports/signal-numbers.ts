import type { SignalResult } from '../drift/signal.ts';
import type { SignalUnit } from '../drift/signals/drift-signal.ts';
import { DRIFT_SIGNALS, type SignalName, signalNamed } from '../drift/signals/list.ts';
import {
  formatChange,
  formatFixed,
  formatNumber,
  formatPercent,
  formatPoints,
  formatStars,
  NO_VALUE,
} from './numbers.ts';

/** What each signal measures, in plain words. */
export const SIGNAL_LABELS = Object.fromEntries(
  DRIFT_SIGNALS.map(({ name, label }) => [name, label]),
) as Readonly<Record<SignalName, string>>;

/** How a signal's level (value, reference) and its effect (effect, interval, threshold) are written. */
interface Units {
  readonly level: (value: number) => string;
  readonly effect: (effect: number) => string;
  readonly threshold: (threshold: number) => string;
  /** A difference of two levels, or a part of it. */
  readonly difference: (difference: number) => string;
  /** The unit of an axis of effects, and what an effect is multiplied by to be in it. */
  readonly axis: { readonly label: string; readonly scale: number };
}

const distanceChange: Units = {
  level: (value) => formatNumber(value),
  effect: (effect) => formatNumber(effect, 'signed'),
  threshold: (threshold) => formatNumber(threshold),
  difference: (difference) => formatNumber(difference, 'signed'),
  axis: { label: 'distance', scale: 1 },
};

const UNITS: Readonly<Record<SignalUnit, Units>> = {
  distance: { ...distanceChange, effect: (effect) => formatNumber(effect) },
  'distance-change': distanceChange,
  'relative-stars': {
    level: (value) => `${formatFixed(value, 3)}★`,
    effect: (effect) => formatChange(effect),
    threshold: (threshold) => formatPercent(threshold),
    difference: (difference) => formatStars(difference, 'signed', 3),
    axis: { label: '%', scale: 100 },
  },
  stars: {
    level: (value) => formatStars(value),
    effect: (effect) => formatStars(effect, 'signed'),
    threshold: (threshold) => formatStars(threshold),
    difference: (difference) => formatStars(difference, 'signed', 3),
    axis: { label: 'stars', scale: 1 },
  },
  share: {
    level: (value) => formatPercent(value),
    effect: formatPoints,
    threshold: (threshold) => `${formatFixed(100 * threshold, 1)} pt`,
    difference: formatPoints,
    axis: { label: 'percentage points', scale: 100 },
  },
};

const unitsOf = (name: SignalName): Units => UNITS[signalNamed(name).unit];

/** A signal's value or reference in its own unit: `3.76★`, `2.0%`, `0.0975`. */
export function formatSignalValue(name: SignalName, value: number | null): string {
  return value === null ? NO_VALUE : unitsOf(name).level(value);
}

/** A signal's effect in its own unit: `+0.24★`, `+1.0 pt`, `+7.2%`, `0.0975`. */
export function formatEffect({ name, effect }: Pick<SignalResult, 'name' | 'effect'>): string {
  return effect === null ? NO_VALUE : unitsOf(name).effect(effect);
}

/** The interval of a signal's effect: `[+0.17★, +0.31★]`. */
export function formatInterval({ name, interval }: Pick<SignalResult, 'name' | 'interval'>): string {
  return interval === null ? NO_VALUE : `[${interval.map((end) => unitsOf(name).effect(end)).join(', ')}]`;
}

/** The threshold of a signal, without a sign: `0.10★`, `5.0 pt`, `3.0%`. */
export function formatThreshold({ name, threshold }: Pick<SignalResult, 'name' | 'threshold'>): string {
  return threshold === null ? NO_VALUE : unitsOf(name).threshold(threshold);
}

/**
 * One sentence for each signal with a paired form: `RMSE of the champion, newest: +7.2% by itself, +1.1% [−0.4%, +2.7%]
 * beyond the bias baseline on the same ratings.`
 */
export function pairedLines(signals: readonly SignalResult[]): readonly string[] {
  return signals.flatMap(({ name, window, effect, paired }) => {
    if (paired === null) return [];
    const change = formatEffect({ name, effect: paired.effect });
    const interval =
      paired.interval === null ? '' : ` ${formatInterval({ name, interval: paired.interval })}`;
    return [
      `${SIGNAL_LABELS[name]}, ${window}: ${formatEffect({ name, effect })} by itself, ${change}${interval} beyond the bias baseline on the same ratings.`,
    ];
  });
}

/** A difference of two levels of a signal, or a part of one: `+0.241★`, `−1.3 pt`, `+0.0042`. */
export function formatDifference(name: SignalName, difference: number): string {
  return unitsOf(name).difference(difference);
}

/** Whether a signal is about the errors of the champion, and not about the ratings alone. */
export const isAboutChampion = (name: SignalName): boolean => signalNamed(name).parts.of === 'errors';

/** How a chart shows a signal's effects. */
export function effectAxis(name: SignalName): Units['axis'] {
  return unitsOf(name).axis;
}
