import type { BatchProfile, QualitySettings, TrainingProfile } from '../finding.ts';
import type { Found } from '../rule.ts';
import { count, percent } from '../text.ts';
import { absenceOf, type UsersGiving, usersGiving } from '../users-giving.ts';

/** With a smaller share of values between half stars, the others may be right. */
const MANY = 0.05;
/** Fewer such values are single errors. */
const FEWEST = 10;
/** Half stars that so few of the expected users gave before are new. */
const NEW_SHARE = 0.1;
const FEWEST_USERS = 10;

const isHalfStar = (level: number): boolean => level % 2 === 1;

/** Steps that are coarser or finer than in training: whole stars only, values such as 3.7, the first half stars. */
export function ratingStep(
  batch: BatchProfile,
  training: TrainingProfile | null,
  settings: QualitySettings,
): Found | null {
  return betweenSteps(batch) ?? (training === null ? null : wholeStars(batch, training, settings));
}

function betweenSteps({ rows, values }: BatchProfile): Found | null {
  const share = values.offStep / rows;
  if (share < MANY || values.offStep < FEWEST) return null;
  return {
    severity: 'severe',
    seen: `${count(values.offStep)} of ${count(rows)} rows (${percent(share)}) have ratings between half stars, such as ${values.offStepExample}`,
    expected: 'steps of half a star',
    remedy: 'Look at how the source computes its ratings: they may be scaled, averaged or rounded otherwise.',
  };
}

function wholeStars(
  { summary }: BatchProfile,
  training: TrainingProfile,
  { errorRate }: QualitySettings,
): Found | null {
  const absent = absenceOf(summary, training.summary, isHalfStar, errorRate);
  if (absent === null) return firstHalfStars(usersGiving(summary, training.summary, isHalfStar));
  return {
    severity: 'severe',
    seen: `whole stars: ${count(absent.seen)} of ${count(absent.users)} users give half stars`,
    expected: `about ${count(Math.round(absent.expected))} users, as in training`,
    remedy: 'Look for the place where the source rounds its ratings.',
  };
}

/** Half stars that came in after the training. */
function firstHalfStars({ users, seen, expected }: UsersGiving): Found | null {
  if (users < FEWEST_USERS || seen < users / 2 || expected > NEW_SHARE * users) return null;
  return {
    severity: 'info',
    seen: `half stars: ${count(seen)} of ${count(users)} users give them`,
    expected: `about ${count(Math.round(expected))} users, as in training`,
    remedy: 'If the application offers half stars now, train when enough ratings with them have arrived.',
  };
}
