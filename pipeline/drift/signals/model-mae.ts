import type { DriftSignal } from './drift-signal.ts';
import { errorGrowth, meanDifference, meanError } from './error-growth.ts';

/** Relative growth of the champion's MAE over its holdout; value and reference in stars. */
export const modelMae = {
  name: 'model_mae',
  label: 'MAE of the champion',
  unit: 'relative-stars',
  onlyGrowth: true,
  thresholds: { robust: 0.1, classic: 0.1 },
  thresholdMeaning: "Relative growth of the champion's MAE, compared with its holdout.",
  parts: {
    of: 'errors',
    ratio: ({ counts, absoluteErrors }) => ({ x: absoluteErrors, n: counts }),
    shown: (error) => error,
  },
  ...errorGrowth({
    own: ({ counts, absoluteErrors }) => meanError(counts, absoluteErrors),
    beyondBaseline: ({ counts, absoluteErrors, baseline }) => {
      const plain = baseline?.biasAbsolute ?? null;
      return (
        plain &&
        meanDifference(
          counts,
          absoluteErrors.map((error, user) => error - (plain[user] as number)),
        )
      );
    },
  }),
} as const satisfies DriftSignal;
