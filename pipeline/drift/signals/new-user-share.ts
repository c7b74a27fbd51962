import type { DriftSignal } from './drift-signal.ts';
import { growthOverPast } from './growth-over-past.ts';

/** Share of the window's ratings by users unseen in training, 0 to 1, against the same share of past windows. */
export const newUserShare = {
  name: 'new_user_share',
  label: 'Share by new users',
  unit: 'share',
  onlyGrowth: true,
  thresholds: { robust: 0.1, classic: null },
  thresholdMeaning:
    'Share of ratings by users that the training data does not contain, minus its value in past windows.',
  parts: { of: 'new-users' },
  ...growthOverPast((comparison) => comparison.newUserShare, [0, 1]),
} as const satisfies DriftSignal;
