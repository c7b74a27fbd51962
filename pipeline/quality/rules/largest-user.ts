import { total } from '../../math/histogram.ts';
import { RATING_LEVELS } from '../../ratings/ratings.ts';
import type { BatchProfile, QualitySettings, TrainingProfile } from '../finding.ts';
import type { Found } from '../rule.ts';
import { count, percent } from '../text.ts';

/** Among fewer users, one with a large share is ordinary. */
const FEWEST_USERS = 30;

/** One user who gives a large share of the batch. */
export function largestUser(
  { summary, userName }: BatchProfile,
  training: TrainingProfile | null,
  { maxUserShare }: QualitySettings,
): Found | null {
  const { userIds, userLevels } = summary;
  if (userIds.length < FEWEST_USERS) return null;
  const counts = Array.from(userIds, (_, row) =>
    total(userLevels.subarray(row * RATING_LEVELS, (row + 1) * RATING_LEVELS)),
  );
  const most = counts.reduce((largest, ratings) => Math.max(largest, ratings), 0);
  const share = most / summary.count;
  if (share <= maxUserShare) return null;
  const userId = userIds[counts.indexOf(most)] as number;
  const user = userName(userId);
  const isKnown = training?.summary.userIds.includes(userId) === true;
  return {
    severity: 'warning',
    seen: `user ${user}${isKnown ? '' : ', who is new,'} gives ${count(most)} of ${count(summary.count)} ratings (${percent(share)})`,
    expected: `at most ${percent(maxUserShare)} by one of ${count(userIds.length)} users`,
    remedy: `If they are not honest ratings, keep them out: cinematch quarantine --user ${user}.`,
    user,
  };
}
