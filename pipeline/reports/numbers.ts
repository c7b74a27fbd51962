/** Shown where there is no number. */
export const NO_VALUE = '–';

type Maybe = number | null;

/** `200,000` */
export function formatCount(count: Maybe): string {
  return count === null ? NO_VALUE : formatFixed(count, 0);
}

/** A plain number with four decimals, `0.0975`, or a difference of two as `+0.0042`. */
export function formatNumber(value: Maybe, sign?: 'signed'): string {
  return value === null ? NO_VALUE : (sign === 'signed' ? signed : formatFixed)(value, 4);
}

/** A rating as `3.76★`, or a difference of ratings as `+0.24★`. */
export function formatStars(stars: Maybe, sign?: 'signed', decimals = 2): string {
  return stars === null ? NO_VALUE : `${(sign === 'signed' ? signed : formatFixed)(stars, decimals)}★`;
}

/** Self-information as `8.12 bits`, or a difference as `+0.24 bits`. */
export function formatBits(bits: Maybe, sign?: 'signed'): string {
  return bits === null ? NO_VALUE : `${(sign === 'signed' ? signed : formatFixed)(bits, 2)} bits`;
}

/** A share, 0 to 1, as `7.2%`. */
export function formatPercent(share: Maybe, decimals = 1): string {
  return share === null ? NO_VALUE : `${formatFixed(100 * share, decimals)}%`;
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

const grouped = new Map<number, Intl.NumberFormat>();

/** Fixed decimals with thousands separated and a true minus sign; what rounds to zero has no sign. */
export function formatFixed(value: number, decimals: number): string {
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
  const text = formatFixed(value, decimals);
  return text.startsWith('−') || !/[1-9]/.test(text) ? text : `+${text}`;
}
