import type postgres from 'postgres';
import { isFindingKind } from '../drift/findings/finding.ts';
import type { RetrainingDecision } from '../drift/retraining.ts';
import type { DriftCheck, SignalResult } from '../drift/signal.ts';
import { isSignalName } from '../drift/signals/list.ts';
import { withoutErasedUsersIn } from './erase-mentions.ts';
import { holdErasures } from './erasures.ts';
import { jsonValue } from './json.ts';
import type { Store } from './store.ts';

/** A stored drift check with its inputs. */
export interface CheckRecord {
  readonly checkId: number;
  readonly checkedAt: Date;
  /** The champion at that time. */
  readonly modelVersion: number;
  readonly check: DriftCheck;
  readonly newestBatchId: number;
  readonly bufferBatchIds: readonly number[];
  readonly bufferRatings: number;
  /** Settings, digests and other inputs of the check. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface Alert {
  readonly alertId: number;
  readonly checkId: number;
  readonly modelVersion: number;
  readonly raisedAt: Date;
}

/**
 * Stores a check with its signals, and raises an alert when it found drift. The same newest batch, champion and preset
 * raise at most one alert. It is raised again when it was acknowledged before ratings were quarantined or released: the
 * check is then about other ratings. A user who was erased during the check is not named.
 */
export async function recordDriftCheck(
  store: Store,
  record: Omit<CheckRecord, 'checkId'>,
): Promise<{ readonly checkId: number; readonly alert: 'raised' | 'already-raised' | 'none' }> {
  const { check } = record;
  return store.sql.begin(async (sql) => {
    await holdErasures(sql);
    const explanations = await withoutErasedUsersIn(sql, check.explanations);
    const checkId = await insertCheck(sql, { ...record, check: { ...check, explanations } });
    if (check.signals.length > 0) await insertSignals(sql, checkId, check.signals);
    if (check.verdict !== 'drift') return { checkId, alert: 'none' };
    const alert = await sql`
      insert into drift_alerts ${sql({
        check_id: checkId,
        model_version: record.modelVersion,
        newest_batch_id: record.newestBatchId,
        preset: check.preset,
        raised_at: record.checkedAt,
      })}
      on conflict (model_version, newest_batch_id, preset) do update
        set check_id = excluded.check_id, raised_at = excluded.raised_at, acknowledged_at = null,
          acknowledged_by = null, acknowledged_by_version = null
        where drift_alerts.acknowledged_at
          <= (select max(greatest(quarantined_at, released_at)) from quarantines)`;
    return { checkId, alert: alert.count === 1 ? 'raised' : 'already-raised' };
  });
}

async function insertCheck(
  sql: postgres.TransactionSql,
  record: Omit<CheckRecord, 'checkId'>,
): Promise<number> {
  const { check } = record;
  const [row] = await sql<{ checkId: number }[]>`
    insert into drift_checks ${sql({
      checked_at: record.checkedAt,
      model_version: record.modelVersion,
      preset: check.preset,
      verdict: check.verdict,
      newest_batch_id: record.newestBatchId,
      buffer_batch_ids: [...record.bufferBatchIds],
      buffer_ratings: record.bufferRatings,
      windows: jsonValue(sql, check.windows),
      reference: jsonValue(sql, check.reference),
      contributors: jsonValue(sql, check.contributors),
      quality: jsonValue(sql, check.quality),
      explanations: jsonValue(sql, check.explanations),
      findings: jsonValue(sql, check.findings),
      inputs: jsonValue(sql, record.inputs),
    })}
    returning check_id`;
  return (row as { checkId: number }).checkId;
}

async function insertSignals(
  sql: postgres.TransactionSql,
  checkId: number,
  signals: readonly SignalResult[],
): Promise<void> {
  const rows = signals.map(({ window, interval, pValue, evidence, paired, ...signal }, position) => ({
    ...signal,
    check_id: checkId,
    position,
    time_window: window,
    interval_low: interval?.[0] ?? null,
    interval_high: interval?.[1] ?? null,
    p_value: pValue,
    evidence: evidence && jsonValue(sql, evidence),
    paired: paired && jsonValue(sql, paired),
  }));
  await sql`insert into drift_signals ${sql(rows)}`;
}

/**
 * The newest `limit` checks with their signals, newest first. Signals that this version does not know are omitted.
 */
export async function listChecks({ sql }: Store, limit: number): Promise<readonly CheckRecord[]> {
  const rows = await sql<CheckRow[]>`
    select check_id, checked_at, model_version, newest_batch_id, buffer_batch_ids, buffer_ratings, inputs,
      preset, verdict, windows, reference, contributors, quality, explanations, findings,
      (select coalesce(json_agg(json_build_object(
          'name', name, 'window', time_window, 'value', value, 'reference', drift_signals.reference,
          'effect', effect,
          'interval', case when interval_low is null then null else json_build_array(interval_low, interval_high) end,
          'threshold', threshold, 'verdict', drift_signals.verdict, 'pValue', p_value, 'note', note, 'evidence', evidence,
          'paired', paired
        ) order by position), '[]')
       from drift_signals where drift_signals.check_id = drift_checks.check_id) as signals
    from drift_checks order by check_id desc limit ${limit}`;
  return rows.map(
    ({
      preset,
      verdict,
      signals,
      windows,
      reference,
      contributors,
      quality,
      explanations,
      findings,
      ...record
    }) => ({
      ...record,
      check: {
        preset,
        verdict,
        signals: signals.filter(({ name }) => isSignalName(name)),
        windows,
        reference,
        contributors,
        quality,
        explanations: explanations.filter(({ signal }) => isSignalName(signal)),
        findings: findings.filter(
          ({ kind, remains }) => isFindingKind(kind) && (remains === null || isSignalName(remains.signal)),
        ),
      },
    }),
  );
}

type CheckRow = Omit<CheckRecord, 'check'> & DriftCheck;

/** The newest check, or null before the first. */
export async function latestCheck(store: Store): Promise<CheckRecord | null> {
  const [latest] = await listChecks(store, 1);
  return latest ?? null;
}

/** The alerts raised at `since` or later that were not acknowledged, oldest first. */
export function openAlerts({ sql }: Store, { since }: { readonly since: Date }): Promise<readonly Alert[]> {
  return sql<Alert[]>`
    select alert_id, check_id, model_version, raised_at from drift_alerts
    where acknowledged_at is null and raised_at >= ${since} order by alert_id`;
}

/**
 * Acknowledges all open alerts without a new model.
 *
 * @param by login of the user who acknowledged them; null when the drift ended without action.
 * @returns the number of acknowledged alerts.
 */
export async function acknowledgeAlerts(
  { sql }: Store,
  { by, at }: { readonly by: string | null; readonly at: Date },
): Promise<number> {
  const acknowledged = await sql`
    update drift_alerts set acknowledged_at = ${at}, acknowledged_by = ${by}
    where acknowledged_at is null`;
  return acknowledged.count;
}

/** Who acknowledged the newest alert, and when. */
export interface Acknowledgement {
  readonly by: string;
  readonly at: Date;
}

/** The acknowledgement of a model's newest alert by a user, or null. Acknowledgements of earlier alerts do not count. */
export async function newestAcknowledgement(
  { sql }: Store,
  modelVersion: number,
): Promise<Acknowledgement | null> {
  const [newest] = await sql<{ by: string | null; at: Date }[]>`
    select acknowledged_by as by, acknowledged_at as at from drift_alerts
    where model_version = ${modelVersion} order by alert_id desc limit 1`;
  return newest === undefined || newest.by === null ? null : { by: newest.by, at: newest.at };
}

/** Stores the retraining decision after a check. */
export async function recordDecision(
  { sql }: Store,
  record: {
    readonly checkId: number;
    readonly decidedAt: Date;
    readonly decision: RetrainingDecision;
    readonly inputs: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  await sql`
    insert into retraining_decisions ${sql({
      check_id: record.checkId,
      decided_at: record.decidedAt,
      decision: record.decision.decision,
      reason: record.decision.reason,
      expected_gain: record.decision.expectedGain,
      reasons: [...record.decision.reasons],
      inputs: jsonValue(sql, record.inputs),
    })}`;
}

/** A stored decision with what it was based on. */
export interface DecisionRecord extends RetrainingDecision {
  readonly decidedAt: Date;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/**
 * The newest retraining decision and its time, or null before the first.
 *
 * @param only.decision returns the newest decision of this kind.
 * @param only.modelVersion returns the newest decision under this champion.
 */
export async function latestDecision(
  { sql }: Store,
  only: { readonly decision?: 'retrain'; readonly modelVersion?: number } = {},
): Promise<DecisionRecord | null> {
  const { decision = null, modelVersion = null } = only;
  const [newest] = await sql<DecisionRecord[]>`
    select decision, reason, expected_gain, reasons, decided_at, retraining_decisions.inputs
    from retraining_decisions join drift_checks using (check_id)
    where (${decision}::text is null or decision = ${decision})
      and (${modelVersion}::integer is null or model_version = ${modelVersion})
    order by decision_id desc limit 1`;
  return newest ?? null;
}

/** The number of trainings that were requested at the `batches` newest batches that were checked before this one. */
export async function countRecentTrainings(
  { sql }: Store,
  newestBatchId: number,
  batches: number,
): Promise<number> {
  const [found] = await sql<{ trainings: number }[]>`
    with checked as (
      select distinct newest_batch_id from drift_checks where newest_batch_id < ${newestBatchId}
      order by newest_batch_id desc limit ${batches})
    select count(distinct newest_batch_id)::integer as trainings
    from retraining_decisions join drift_checks using (check_id) join checked using (newest_batch_id)
    where decision = 'retrain'`;
  return found?.trainings ?? 0;
}
