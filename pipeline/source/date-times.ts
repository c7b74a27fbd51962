/** `2005-04-02`, `2005/04/02 23:53`, `2005-04-02T23:53:47.5Z`, `2005-04-02 23:53:47 +02:00`. */
const DATE_TIME =
  /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/** Seconds of a day. */
export const SECONDS_A_DAY = 86_400;

/** Whether a text is a date with the year first, or such a date with a time. */
export const isDateTime = (text: string): boolean => !Number.isNaN(secondsOf(text));

/**
 * Whole seconds since 1970 of a date with or without a time, the year first, as in ISO 8601. Without a time zone it is UTC.
 * NaN for any other text, and for days that no calendar has.
 */
export function secondsOf(text: string): number {
  const found = DATE_TIME.exec(text);
  if (found === null) return Number.NaN;
  const [, year, , month, day, hour = '0', minute = '0', second = '0', zone = 'Z'] = found;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isDay = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  if (!isDay || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return Number.NaN;
  const clock = 3600 * Number(hour) + 60 * Number(minute) + Number(second);
  return date.getTime() / 1000 + clock - offsetOf(zone);
}

/** Seconds that a time zone is before UTC: 7200 for `+02:00`. */
function offsetOf(zone: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  const seconds = 3600 * Number(hours) + 60 * Number(minutes);
  return sign === '-' ? -seconds : seconds;
}

/** A unit of times that are numbers. */
export type TimeUnit = 'seconds' | 'milliseconds' | 'microseconds' | 'nanoseconds';

/**
 * The units by the smallest number that means one: 1973 in this unit, which is the year 5138 or later in the next
 * larger unit. So their ranges do not overlap for times of ratings.
 */
const UNITS: readonly { readonly unit: TimeUnit; readonly from: number; readonly aSecond: number }[] = [
  { unit: 'nanoseconds', from: 1e17, aSecond: 1e9 },
  { unit: 'microseconds', from: 1e14, aSecond: 1e6 },
  { unit: 'milliseconds', from: 1e11, aSecond: 1e3 },
];

/** The unit that more than half of the times have by their size. Seconds when none has that many. */
export function unitOf(times: Float64Array): TimeUnit {
  const counts = UNITS.map(() => 0);
  for (let row = 0; row < times.length; row++) {
    const time = times[row] as number;
    if (!(time >= 1e11)) continue;
    const at = UNITS.findIndex(({ from }) => time >= from);
    counts[at] = (counts[at] as number) + 1;
  }
  return UNITS.find((_, at) => 2 * (counts[at] as number) > times.length)?.unit ?? 'seconds';
}

/** Turns times of a unit into whole seconds, in place. Fractions of a second are cut off. */
export function toSeconds(times: Float64Array, unit: TimeUnit): void {
  const aSecond = UNITS.find((each) => each.unit === unit)?.aSecond ?? 1;
  for (let row = 0; row < times.length; row++) {
    const time = times[row] as number;
    const seconds = Math.floor(time / aSecond);
    if (seconds !== time) times[row] = seconds;
  }
}
