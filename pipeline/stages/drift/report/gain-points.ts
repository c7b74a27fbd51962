import type { GainPoint } from '../../../reports/charts/gain-chart.ts';
import type { GainRecord } from '../../../store/retraining-gains.ts';

const SHOWN = 60;

/** The gains in RMSE on batches, oldest first. Points of the learning curve on older ratings are left out. */
export function gainPoints(gains: readonly GainRecord[]): readonly GainPoint[] {
  return gains
    .flatMap(({ kind, modelVersion, batchId, timeWindow, gain: { rmse } }) =>
      timeWindow !== 0 || rmse === null
        ? []
        : [{ kind, modelVersion, batchId, gain: rmse.gain, interval: rmse.interval }],
    )
    .sort((a, b) => a.batchId - b.batchId)
    .slice(-SHOWN);
}
