const HOUR = 3_600_000;

export interface RetrainingDecision {
  readonly decision: 'retrain' | 'wait';
  /** One phrase for each condition, with its numbers. */
  readonly reasons: readonly string[];
}

/**
 * Decides whether to train now: there must be enough recent alerts and enough new ratings.
 *
 * @param input.alerts the open alerts; those older than the alert window are not counted.
 * @param input.bufferRatings number of ratings since the champion's training data.
 */
export function decideRetraining(
  input: {
    readonly alerts: readonly { readonly raisedAt: Date }[];
    readonly bufferRatings: number;
    readonly now: Date;
  },
  settings: {
    readonly minAlerts: number;
    readonly alertWindowHours: number;
    readonly minBufferRatings: number;
  },
): RetrainingDecision {
  const { minAlerts, alertWindowHours, minBufferRatings } = settings;
  const since = input.now.getTime() - alertWindowHours * HOUR;
  const recent = input.alerts.filter(({ raisedAt }) => raisedAt.getTime() >= since).length;
  const count = (value: number): string => value.toLocaleString('en-US');
  return {
    decision: recent >= minAlerts && input.bufferRatings >= minBufferRatings ? 'retrain' : 'wait',
    reasons: [
      `${count(recent)} ${recent === 1 ? 'alert' : 'alerts'} in the last ${count(alertWindowHours)} h (needs ${count(minAlerts)})`,
      `buffer holds ${count(input.bufferRatings)} ${input.bufferRatings === 1 ? 'rating' : 'ratings'} (needs ${count(minBufferRatings)})`,
    ],
  };
}
