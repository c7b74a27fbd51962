/** `2005-04-02`, `2005-04-02 23:53:47`, `2005-04-02T23:53:47.5Z`, `2005-04-02T23:53:47+02:00`. */
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(?:\.\d+)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?$/i;

/** Whether a text is a date, or a date with a time, as in ISO 8601. */
export const isDateTime = (text: string): boolean => DATE_TIME.test(text);

/** Whole seconds since 1970 of a date with or without a time. Without a time zone it is UTC. NaN for any other text. */
export function secondsOf(text: string): number {
  const [, day, minute = '00:00', second = ':00', zone = 'Z'] = DATE_TIME.exec(text) ?? [];
  if (day === undefined) return Number.NaN;
  const offset = /^[+-]/.test(zone) ? zone.replace(/^(...):?/, '$1:') : 'Z';
  return Math.floor(Date.parse(`${day}T${minute}${second}${offset}`) / 1000);
}
