import type { ServingStatus } from '../serving/serving-status.ts';
import type { Store } from './store.ts';

/** Reads the status of the pipeline in one query. @param settings after how many hours the schedules are overdue */
export async function readServingStatus(
  { sql }: Store,
  settings: { readonly now: Date; readonly ingestHours: number; readonly driftHours: number },
): Promise<ServingStatus> {
  const { now, ingestHours, driftHours } = settings;
  const [row] = await sql<[StatusRow]>`
    select
      (select json_build_object('version', version, 'promotedAt', promoted_at)
       from models where status = 'champion') as champion,
      (select json_build_object(
          'batchId', batch_id, 'source', source, 'at', ingested_at, 'new', rows_new, 'updated', rows_updated,
          'unchanged', rows_unchanged, 'rejected', rows_rejected)
       from ingestion_ledger order by batch_id desc limit 1) as last_ingest,
      (select json_build_object(
          'at', checked_at, 'verdict', verdict, 'modelVersion', model_version, 'signals',
          (select coalesce(json_agg(json_build_object(
              'name', name, 'window', time_window, 'value', value, 'effect', effect, 'threshold', threshold,
              'verdict', drift_signals.verdict) order by position), '[]')
           from drift_signals
           where drift_signals.check_id = drift_checks.check_id and drift_signals.verdict <> 'ok'))
       from drift_checks order by check_id desc limit 1) as last_check,
      (select count(*)::integer from drift_alerts join models on version = model_version
       where acknowledged_at is null and status = 'champion') as open_alerts,
      (select coalesce(sum(ratings), 0)::integer
       from batch_summaries join ingestion_ledger using (batch_id) where role = 'buffer') as buffer_ratings,
      (select count(*)::integer from feedback where batch_id is null) as feedback_waiting`;
  const { champion, lastIngest, lastCheck, ...counts } = row;
  return {
    at: now.toISOString(),
    champion: champion && {
      ...champion,
      promotedAt: champion.promotedAt && toIso(champion.promotedAt),
    },
    lastIngest: lastIngest && { ...lastIngest, at: toIso(lastIngest.at) },
    lastCheck: lastCheck && { ...lastCheck, at: toIso(lastCheck.at) },
    ...counts,
    ingestHours,
    driftHours,
  };
}

/** Like `ServingStatus`, with times in the JSON format of PostgreSQL. */
type StatusRow = Pick<
  ServingStatus,
  'champion' | 'lastIngest' | 'lastCheck' | 'openAlerts' | 'bufferRatings' | 'feedbackWaiting'
>;

const toIso = (text: string): string => new Date(text).toISOString();
