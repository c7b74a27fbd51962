/** `12,345` */
export const count = (value: number): string => value.toLocaleString('en-US');

/** A share, 0 to 1, as `7.2%`. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

/** `2018-09-24 14:27 UTC` */
export const minuteOf = (seconds: number): string =>
  `${new Date(1000 * seconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
