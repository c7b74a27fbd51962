import type { DriftSignal } from './drift-signal.ts';
import { growthOverPast } from './growth-over-past.ts';

/** Share of the window's ratings on movies unseen in training, 0 to 1, against the same share of past windows. */
export const newMovieShare = {
  name: 'new_movie_share',
  label: 'Share on new movies',
  unit: 'share',
  onlyGrowth: true,
  thresholds: { robust: 0.05, classic: null },
  thresholdMeaning:
    'Share of ratings of movies that the training data does not contain, minus its value in past windows.',
  parts: { of: 'new-movies' },
  ...growthOverPast((comparison) => comparison.newMovieShare, [0, 1]),
} as const satisfies DriftSignal;
