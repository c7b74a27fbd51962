import { jensenShannonDistance, total } from '../../math/histogram.ts';
import { unmeasured } from '../measurement.ts';
import type { DriftSignal } from './drift-signal.ts';
import { growthOverPast } from './growth-over-past.ts';

/**
 * The distance of the genre shares of the window from those of the training data, minus this distance for the newest
 * past windows. Value and reference are Jensen–Shannon distances (natural logarithm, 0 to 0.833); the effect is their
 * difference.
 */
export const genreDistance = {
  name: 'genre_js',
  label: 'Genre shares (JS distance)',
  unit: 'distance-change',
  onlyGrowth: true,
  thresholds: { robust: 0.05, classic: null },
  thresholdMeaning: 'Jensen-Shannon distance between the shares of genres, minus its value in past windows.',
  parts: { of: 'genres' },
  ...growthOverPast(
    ({ window, reference }) =>
      total(window.genres) > 0 && total(reference.genres) > 0
        ? jensenShannonDistance(window.genres, reference.genres)
        : unmeasured('No genres are known for the rated movies.'),
    [0, Math.sqrt(Math.LN2)],
  ),
} as const satisfies DriftSignal;
