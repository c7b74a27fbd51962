/** A whole number in a URL, as JSON has it: 7, and also 7.0. */
export const WHOLE_NUMBER = /^[0-9]{1,10}(\.0+)?$/;
/** The same, several with commas between them. */
export const WHOLE_NUMBERS = /^[0-9]{1,10}(\.0+)?(,[0-9]{1,10}(\.0+)?)*$/;

const YEAR = '(19[7-9][0-9]|[2-9][0-9]{3})';
const LEAP_YEAR =
  '(19(7[26]|8[048]|9[26])|[2-9][0-9](0[48]|[2468][048]|[13579][26])|([2468][048]|[3579][26])00)';
const DAY =
  '((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))';
const CLOCK = '([01][0-9]|2[0-3]):[0-5][0-9]';

/** A time of RFC 3339 from 1970 on. The pattern is exact, also in leap years, so that the OpenAPI document can state it. */
export const TIME_SINCE_1970 = new RegExp(
  `^(${YEAR}-${DAY}|${LEAP_YEAR}-02-29)T${CLOCK}:[0-5][0-9](\\.[0-9]+)?(Z|[+-]${CLOCK})$`,
);
