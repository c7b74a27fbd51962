import { type FoundPattern, patternOf } from './finding.ts';
import { type Profile, sum } from './profiles.ts';
import { MIN_BOTS } from './rating-bots.ts';

const MIN_SHARE = 0.05;
/** Nobody gives so many ratings of one value by chance, so a smaller share of the window is enough. */
const CONSTANT_FLOOD = { ratings: 100, share: 0.01 };
/** Users of the training data with fewer ratings are not compared: the mean of a few ratings can be anything. */
const MIN_RATINGS = 10;
/** The distance of a mean from those of the users of the training data, in their standard deviations. */
const MIN_DEVIATIONS = 4;
const CONSTANT = 0.15;
const TIMES_AS_MANY = 2;

/**
 * A user with a large share of the window whose ratings are unlike those of the users of the training data: another mean,
 * always the same value, or twice as many ratings as any of them ever gave. With 100 ratings or more of the same value, 1%
 * of the window is enough, unless there are several such users: they are a wave.
 */
export function userFlood(window: readonly Profile[], reference: readonly Profile[]): FoundPattern | null {
  const all = sum(window, ({ count }) => count);
  const before = reference.filter(({ count }) => count >= MIN_RATINGS);
  if (before.length < 2) return null;
  const mean = sum(before, (user) => user.mean) / before.length;
  const sd = Math.sqrt(sum(before, (user) => (user.mean - mean) ** 2) / (before.length - 1));
  const most = before.reduce((largest, { count }) => Math.max(largest, count), 0);
  const alike = window.filter(
    ({ count, sd: spread }) =>
      spread < CONSTANT && count >= Math.max(CONSTANT_FLOOD.ratings, CONSTANT_FLOOD.share * all),
  );
  const constant = alike.length < MIN_BOTS ? alike : [];
  const [found] = window
    .filter((user) => user.count >= MIN_SHARE * all || constant.includes(user))
    .filter(
      (user) =>
        Math.abs(user.mean - mean) > MIN_DEVIATIONS * sd ||
        user.sd < CONSTANT ||
        user.count > TIMES_AS_MANY * most,
    )
    .sort((a, b) => b.count - a.count);
  if (found === undefined) return null;
  return patternOf(
    'user-flood',
    'user',
    [found.id],
    found.count,
    all,
    `One user gave ${found.count} ratings with mean ${found.mean.toFixed(2)}★ and spread ${found.sd.toFixed(2)}★. The means of users of the training data are ${mean.toFixed(2)} ± ${sd.toFixed(2)}★, and nobody gave more than ${most} ratings.`,
  );
}
