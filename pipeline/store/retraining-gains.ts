import type { Gain } from '../drift/gain.ts';
import type { TrainingReason } from '../lib/training-reason.ts';
import { jsonValue } from './json.ts';
import type { Store } from './store.ts';

/**
 * `measured`: the challenger of a check over the champion. `curve`: a model over one that had learned the newest ratings
 * less. `realised`: a promoted model over the one that it replaced.
 */
export type GainKind = 'measured' | 'curve' | 'realised';

/** A gain of a newer model over an older one on ratings that came after both. */
export interface GainRecord {
  readonly kind: GainKind;
  /** The champion of the check; for `realised` the model that gained. */
  readonly modelVersion: number;
  /** The newest batch of the check. */
  readonly batchId: number;
  /** 0: scored on this batch. Otherwise on as many older ratings, 1 for the newest of them. */
  readonly timeWindow: number;
  /** Ratings that the newer model had learned in addition, as a share of those of the older one. */
  readonly newShare: number;
  readonly gain: Gain;
  readonly measuredAt: Date;
}

/** Stores gains. A gain that was measured before is not changed. */
export async function recordGains({ sql }: Store, gains: readonly GainRecord[]): Promise<void> {
  if (gains.length === 0) return;
  const rows = gains.map(({ kind, modelVersion, batchId, timeWindow, newShare, gain, measuredAt }) => ({
    kind,
    model_version: modelVersion,
    batch_id: batchId,
    time_window: timeWindow,
    new_share: newShare,
    gain: jsonValue(sql, gain),
    measured_at: measuredAt,
  }));
  await sql`insert into retraining_gains ${sql(rows)} on conflict do nothing`;
}

/** What a training brought: the gain of the promoted model, and the gain that was expected of it. */
export interface TrainingOutcome {
  readonly modelVersion: number;
  /** The model that it replaced. */
  readonly parent: number;
  readonly reason: TrainingReason;
  readonly batchId: number;
  /** In RMSE, relative; null when it was unknown. */
  readonly expected: number | null;
  readonly gain: Gain;
}

/** The outcomes of the newest trainings, the newest first. */
export function listOutcomes({ sql }: Store, limit: number): Promise<readonly TrainingOutcome[]> {
  return sql<TrainingOutcome[]>`
    select model_version, (models.manifest ->> 'parent')::integer as parent, models.manifest ->> 'reason' as reason,
      batch_id, gain,
      (select expected_gain from retraining_decisions join drift_checks using (check_id)
       where decision = 'retrain' and drift_checks.model_version = (models.manifest ->> 'parent')::integer
       order by decision_id desc limit 1) as expected
    from retraining_gains join models on version = model_version
    where kind = 'realised' order by model_version desc limit ${limit}`;
}

/** The stored gains, those on the newest ratings first. */
export function listGains({ sql }: Store, limit: number): Promise<readonly GainRecord[]> {
  return sql<GainRecord[]>`
    select kind, model_version, batch_id, time_window, new_share, gain, measured_at from retraining_gains
    order by batch_id desc, time_window, gain_id desc limit ${limit}`;
}
