import type { Explanation } from '../drift/explain/explanation.ts';
import type { GateDecision } from '../evaluate/evaluation.ts';
import { gateSchema } from '../evaluate/gate-schema.ts';
import {
  HISTORY_LIMITS,
  type PastAlert,
  type PastCheck,
  type PastGate,
  type PastModel,
  type StoredHistory,
} from '../history/pipeline-history.ts';
import { type QualityFinding, withoutUser } from '../quality/finding.ts';
import { type CheckRecord, listChecks } from './drift-log.ts';
import { activeMute } from './drift-mutes.ts';
import { type LedgerEntry, listBatches } from './ledger.ts';
import { listModels, type ModelRecord } from './models.ts';
import { listGains, listOutcomes } from './retraining-gains.ts';
import { readStoreSize } from './size.ts';
import type { Store } from './store.ts';

const TABLES = 6;

/**
 * Reads what the page shows: the newest of everything, oldest first. Users are left out: what a check found out about
 * single users is not for everyone.
 *
 * @param settings.limitMegabytes the configured limit of the database; null for that of the hosting plan.
 */
export async function readHistory(
  store: Store,
  { now, limitMegabytes }: { readonly now: Date; readonly limitMegabytes: number | null },
): Promise<StoredHistory> {
  const gates = await readGates(store);
  const decisions = await readDecisions(store);
  const models = (await listModels(store)).slice(-HISTORY_LIMITS.models);
  const checks = (await listChecks(store, HISTORY_LIMITS.checks)).toReversed();
  const gains = await listGains(store, HISTORY_LIMITS.gains);
  const { bytes, limitBytes, tables, ratings } = await readStoreSize(store, limitMegabytes);
  return {
    at: now.toISOString(),
    models: models.map((model) => modelOf(model, gates.get(model.version) ?? null)),
    checks: checks.map((check, index) => {
      const isLastOfBatch = checks[index + 1]?.newestBatchId !== check.newestBatchId;
      return checkOf(check, decisions.get(check.checkId) ?? null, isLastOfBatch);
    }),
    gains: gains
      .filter(({ timeWindow }) => timeWindow === 0)
      .map(({ kind, modelVersion, batchId, gain: { rmse, ndcgAt10 } }) => ({
        kind,
        modelVersion,
        batchId,
        rmse,
        ndcgAt10,
      }))
      .toReversed(),
    trainings: (await listOutcomes(store, HISTORY_LIMITS.models))
      .map(({ gain, ...outcome }) => ({ ...outcome, realised: gain.rmse }))
      .toReversed(),
    batches: (await listBatches(store)).slice(-HISTORY_LIMITS.batches).map(batchOf),
    alerts: await readAlerts(store),
    mutedUntil: (await activeMute(store, now))?.until.toISOString() ?? null,
    size: { bytes, limitBytes, tables: tables.slice(0, TABLES), ratings },
  };
}

/** The newest gate decision about each model. */
async function readGates({ sql }: Store): Promise<ReadonlyMap<number, PastGate>> {
  const rows = await sql<{ champion: number | null; challenger: number; at: Date; decision: unknown }[]>`
    select distinct on (challenger_version) challenger_version as challenger, champion_version as champion,
      decided_at as at, decision
    from gate_decisions order by challenger_version, decision_id desc`;
  return new Map(
    rows.map(({ champion, challenger, at, decision }) => [
      challenger,
      { at: at.toISOString(), champion, ...gateOf(gateSchema.parse(decision)) },
    ]),
  );
}

const gateOf = ({
  outcome,
  rules,
  holdout,
  confidence,
}: GateDecision): Omit<PastGate, 'at' | 'champion'> => ({
  outcome,
  rules: rules.map(({ metric, champion, challenger, difference, interval, bar, passed }) => ({
    metric,
    champion,
    challenger,
    difference,
    interval,
    bar,
    passed,
  })),
  ratings: holdout.ratings,
  users: holdout.users,
  confidence,
});

function modelOf({ version, status, promotedAt, manifest }: ModelRecord, gate: PastGate | null): PastModel {
  const { snapshot, files, ...facts } = manifest;
  const { algorithm, hyperParameters, seed, trainedAt, fitSeconds, reason, parent, metrics } = facts;
  const { because, run, refitProblem } = facts;
  const { quarantines: _, holdoutShare: __, ...trainedOn } = snapshot;
  return {
    version,
    status,
    promotedAt: promotedAt?.toISOString() ?? null,
    bytes: Object.values(files).reduce((sum, file) => sum + file.bytes, 0),
    manifest: {
      algorithm,
      hyperParameters,
      seed,
      trainedAt,
      fitSeconds,
      reason,
      parent,
      metrics,
      snapshot: trainedOn,
      ...(because === undefined ? {} : { because }),
      ...(run === undefined ? {} : { run }),
      ...(refitProblem === undefined ? {} : { refitProblem }),
    },
    gate,
  };
}

/** The newest retraining decision after each check. */
async function readDecisions({ sql }: Store): Promise<ReadonlyMap<number, PastCheck['decision']>> {
  const rows = await sql<{ checkId: number; decision: 'retrain' | 'wait'; reasons: string[] }[]>`
    select distinct on (check_id) check_id, decision, reasons from retraining_decisions
    order by check_id desc, decision_id desc limit ${HISTORY_LIMITS.checks}`;
  return new Map(rows.map(({ checkId, decision, reasons }) => [checkId, { decision, reasons }]));
}

/** @param isLastOfBatch a repeated check is explained by the last of the same batch only, because explanations are long. */
function checkOf(record: CheckRecord, decision: PastCheck['decision'], isLastOfBatch: boolean): PastCheck {
  const { checkId, checkedAt, modelVersion, newestBatchId, bufferRatings, check } = record;
  return {
    checkId,
    at: checkedAt.toISOString(),
    modelVersion,
    newestBatchId,
    bufferRatings,
    ...check,
    explanations: isLastOfBatch ? check.explanations.map((one) => ({ ...one, ...withoutUsers(one) })) : [],
    quality: check.quality.map(anonymous),
    findings: check.findings.map((finding) => (finding.of === 'user' ? { ...finding, who: [] } : finding)),
    decision,
  };
}

const anonymous = <F extends QualityFinding>(finding: F): F =>
  withoutUser(finding, { called: 'a user', remedy: 'See who it is: cinematch batches.' });

const withoutUsers = ({ contributions, influence }: Explanation): Explanation => ({
  contributions: contributions.filter(({ partition }) => partition !== 'user'),
  influence: influence.filter(({ kind }) => kind !== 'user'),
});

const batchOf = ({
  sha256: _,
  scale: __,
  firstRatedAt: ___,
  lastRatedAt: ____,
  ingestedAt,
  quality,
  ...batch
}: LedgerEntry) => ({
  ...batch,
  quality: quality.map(anonymous),
  at: ingestedAt.toISOString(),
});

async function readAlerts({ sql }: Store): Promise<readonly PastAlert[]> {
  const rows = await sql<
    (Pick<PastAlert, 'checkId' | 'modelVersion' | 'acknowledgedByVersion'> & {
      readonly at: Date;
      readonly acknowledgedAt: Date | null;
    })[]
  >`
    select check_id, model_version, raised_at as at, acknowledged_at, acknowledged_by_version
    from drift_alerts order by alert_id desc limit ${HISTORY_LIMITS.alerts}`;
  return rows
    .map(({ at, acknowledgedAt, ...alert }) => ({
      ...alert,
      at: at.toISOString(),
      acknowledgedAt: acknowledgedAt?.toISOString() ?? null,
    }))
    .toReversed();
}
