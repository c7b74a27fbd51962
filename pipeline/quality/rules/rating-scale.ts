import { RATING_LEVELS } from '../../ratings/ratings.ts';
import { scaleEnd } from '../../ratings/suspicions.ts';
import type { BatchProfile, QualitySettings, TrainingProfile } from '../finding.ts';
import type { Found } from '../rule.ts';
import { count, percent } from '../text.ts';
import { absenceOf, type InSet, type UsersGiving } from '../users-giving.ts';

/** Without half stars the lowest rating is absent too, so the lower end begins with one star. */
const LOWEST_CUT = 2;
/** Tests of one batch: above each of nine cuts, and below each of eight. */
const TESTS = 2 * RATING_LEVELS - 1 - LOWEST_CUT;
const STARS = RATING_LEVELS / 2;
const SCALE = '0.5 to 5★';
/** With a smaller share of values above the scale, the others may be right. */
const MANY = 0.05;
/** Fewer such values are single errors. */
const FEWEST = 10;

/**
 * Values above the highest rating, or an end of the scale that nobody uses any more: a batch on 1–10, halved by
 * error, on 0–1. Opinions can shift so far that the lowest or the highest ratings disappear. They do not take the
 * upper half of the scale with them.
 */
export function ratingScale(
  batch: BatchProfile,
  training: TrainingProfile | null,
  settings: QualitySettings,
): Found | null {
  return tooHigh(batch) ?? (training === null ? null : narrowed(batch, training, settings));
}

function tooHigh({ rows, values }: BatchProfile): Found | null {
  if (values.above === 0) return null;
  const share = values.above / rows;
  const counted = `${count(values.above)} of ${count(rows)} rows (${percent(share)}) are above ${STARS}`;
  if (share < MANY || values.above < FEWEST) {
    return {
      severity: 'warning',
      seen: `ratings up to ${values.largest}: ${counted}`,
      expected: SCALE,
      remedy: 'Look at the rejected rows: they may come from one part of the source.',
    };
  }
  const end = scaleEnd(values);
  return {
    severity: 'severe',
    seen: `${counted}, as on a scale that ends at ${end}`,
    expected: SCALE,
    remedy: `If it is one, state it: --scale 1-${end}, or source.scale in the configuration.`,
  };
}

function narrowed(
  { summary }: BatchProfile,
  training: TrainingProfile,
  { errorRate }: QualitySettings,
): Found | null {
  const absence = (inSet: InSet): UsersGiving | null =>
    absenceOf(summary, training.summary, inSet, errorRate / TESTS);
  for (let cut = 1; cut < RATING_LEVELS; cut++) {
    const above = absence((level) => level > cut);
    if (above !== null) return describe(above, 'above', cut / 2);
  }
  for (let cut = RATING_LEVELS - 1; cut >= LOWEST_CUT; cut--) {
    const below = absence((level) => level <= cut);
    if (below !== null) return describe(below, 'below', (cut + 1) / 2);
  }
  return null;
}

function describe({ users, seen, expected }: UsersGiving, side: 'above' | 'below', stars: number): Found {
  const factor = STARS / stars;
  const isHalf = side === 'above' && factor >= 2;
  const cause = factor === 2 ? ', as if the ratings were halved' : `, as on a scale that ends at ${stars}`;
  return {
    severity: isHalf ? 'severe' : 'warning',
    seen: `${count(seen)} of ${count(users)} users rate ${side} ${stars}★${isHalf ? cause : ''}`,
    expected: `about ${count(Math.round(expected))} users, on a scale of ${SCALE}`,
    remedy: isHalf
      ? `Multiply the ratings of the source by ${Number(factor.toFixed(2))}.`
      : 'Look at how the source writes its ratings. If they are right, it is a large drift.',
  };
}
