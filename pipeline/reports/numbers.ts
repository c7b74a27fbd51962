import type { SignalResult } from '../drift/signal.ts';
import type { SignalUnit } from '../drift/signals/drift-signal.ts';
import { DRIFT_SIGNALS, type SignalName, signalNamed } from '../drift/signals/list.ts';

/** What stands where there is no number. */
export const NO_VALUE = '–';

type Maybe = number | null;

/** `200,000` */
export function formatCount(count: Maybe): string {
  return count === null ? NO_VALUE : fixed(count, 0);
}

/** A plain number with four decimals, `0.0975`, or a difference of two as `+0.0042`. */
export function formatNumber(value: Maybe, sign?: 'signed'): string {
  return value === null ? NO_VALUE : (sign === 'signed' ? signed : fixed)(value, 4);
}

/** A rating as `3.76★`, or a difference of ratings as `+0.24★`. */
export function formatStars(stars: Maybe, sign?: 'signed'): string {
  return stars === null ? NO_VALUE : `${(sign === 'signed' ? signed : fixed)(stars, 2)}★`;
}

/** Self-information as `8.12 bits`, or a difference as `+0.24 bits`. */
export function formatBits(bits: Maybe, sign?: 'signed'): string {
  return bits === null ? NO_VALUE : `${(sign === 'signed' ? signed : fixed)(bits, 2)} bits`;
}

/** A share, 0 to 1, as `7.2%`. */
export function formatPercent(share: Maybe, decimals = 1): string {
  return share === null ? NO_VALUE : `${fixed(100 * share, decimals)}%`;
}

/** A relative change as `+7.2%`. */
export function formatChange(change: Maybe, decimals = 1): string {
  return change === null ? NO_VALUE : `${signed(100 * change, decimals)}%`;
}

/** A difference of two shares as `+1.3 pt` (percentage points). */
export function formatPoints(difference: Maybe): string {
  return difference === null ? NO_VALUE : `${signed(100 * difference, 1)} pt`;
}

/** `38 ms`, `4.2 s`, `3 min 5 s`, `2 h 10 min` */
export function formatSeconds(seconds: Maybe): string {
  if (seconds === null) return NO_VALUE;
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes} min ${whole % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `512 B`, `1.4 kB`, `3.2 MB`; a kB is 1,000 bytes. */
export function formatBytes(bytes: Maybe): string {
  if (bytes === null) return NO_VALUE;
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'] as const;
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** `2026-03-07 09:30 UTC` */
export function formatInstant(instant: Date | null): string {
  return instant === null ? NO_VALUE : `${instant.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `2026-03-07`, from seconds since 1970. */
export function formatDay(seconds: Maybe): string {
  return seconds === null ? NO_VALUE : new Date(seconds * 1000).toISOString().slice(0, 10);
}

/** What each signal measures, in plain words. */
export const SIGNAL_LABELS = Object.fromEntries(
  DRIFT_SIGNALS.map(({ name, label }) => [name, label]),
) as Readonly<Record<SignalName, string>>;

/** How a signal's level (value, reference) and its effect (effect, interval, threshold) are written. */
interface Units {
  readonly level: (value: number) => string;
  readonly effect: (effect: number) => string;
  readonly threshold: (threshold: number) => string;
  /** The unit of an axis of effects, and what an effect is multiplied by to be in it. */
  readonly axis: { readonly label: string; readonly scale: number };
}

const distanceChange: Units = {
  level: (value) => fixed(value, 4),
  effect: (effect) => signed(effect, 4),
  threshold: (threshold) => fixed(threshold, 4),
  axis: { label: 'distance', scale: 1 },
};

const UNITS: Readonly<Record<SignalUnit, Units>> = {
  distance: { ...distanceChange, effect: (effect) => fixed(effect, 4) },
  'distance-change': distanceChange,
  'relative-stars': {
    level: (value) => `${fixed(value, 3)}★`,
    effect: (effect) => formatChange(effect),
    threshold: (threshold) => formatPercent(threshold),
    axis: { label: '%', scale: 100 },
  },
  stars: {
    level: (value) => formatStars(value),
    effect: (effect) => formatStars(effect, 'signed'),
    threshold: (threshold) => formatStars(threshold),
    axis: { label: 'stars', scale: 1 },
  },
  share: {
    level: (value) => formatPercent(value),
    effect: formatPoints,
    threshold: (threshold) => `${fixed(100 * threshold, 1)} pt`,
    axis: { label: 'percentage points', scale: 100 },
  },
};

const unitsOf = (name: SignalName): Units => UNITS[signalNamed(name).unit];

/** A signal's value or reference in its own unit: `3.76★`, `2.0%`, `0.0975`. */
export function formatValue(name: SignalName, value: Maybe): string {
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

/** The bar of a signal, without a sign: `0.10★`, `5.0 pt`, `3.0%`. */
export function formatThreshold({ name, threshold }: Pick<SignalResult, 'name' | 'threshold'>): string {
  return threshold === null ? NO_VALUE : unitsOf(name).threshold(threshold);
}

/** How a chart shows a signal's effects. */
export function effectAxis(name: SignalName): Units['axis'] {
  return unitsOf(name).axis;
}

const grouped = new Map<number, Intl.NumberFormat>();

/** Fixed decimals with thousands separated and a true minus sign; what rounds to zero has no sign. */
function fixed(value: number, decimals: number): string {
  let format = grouped.get(decimals);
  if (format === undefined) {
    format = new Intl.NumberFormat('en-US', {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      signDisplay: 'negative',
    });
    grouped.set(decimals, format);
  }
  return format.format(value).replace('-', '−');
}

function signed(value: number, decimals: number): string {
  const text = fixed(value, decimals);
  return text.startsWith('−') || !/[1-9]/.test(text) ? text : `+${text}`;
}
