import type postgres from 'postgres';
import type { Evaluation } from '../evaluate/evaluation.ts';
import { OperatorError } from '../lib/errors.ts';
import type { Manifest } from '../model/manifest.ts';
import { withoutErasedUsers } from './erase-references.ts';
import { holdErasures } from './erasures.ts';
import { jsonValue } from './json.ts';
import { evaluationOf, insertMetrics, metricsColumn, type StoredMetrics } from './model-metrics.ts';
import type { ModelStatus } from './model-status.ts';
import { base64Column } from './packed.ts';
import type { Store } from './store.ts';

/** A stored model. Its files are in its release. */
export interface ModelRecord {
  readonly version: number;
  readonly status: ModelStatus;
  readonly algorithm: string;
  readonly trainedAt: Date;
  /** When it last became champion; null if never. */
  readonly promotedAt: Date | null;
  readonly manifest: Manifest;
  readonly evaluation: Evaluation;
}

/** The version of the next model: the newest version plus one. */
export async function nextVersion({ sql }: Store): Promise<number> {
  const [newest] = await sql<{ version: number }[]>`select coalesce(max(version), 0) as version from models`;
  return (newest?.version ?? 0) + 1;
}

/**
 * Stores a trained model with its metrics and drift reference, without the users who were erased since its ratings were
 * read. Recording the same model again changes nothing.
 *
 * @param model.reference bytes of a drift reference, returned by `readReference`.
 * @throws OperatorError `model-invalid` when another model has the version.
 */
export async function recordModel(
  store: Store,
  model: {
    readonly manifest: Manifest;
    readonly evaluation: Evaluation;
    readonly reference: Uint8Array;
    readonly status: ModelStatus;
  },
): Promise<void> {
  const { evaluation, status } = model;
  await store.sql.begin(async (sql) => {
    await holdErasures(sql);
    const { manifest, reference } = await withoutErasedUsers(sql, model);
    const inserted = await sql`
      insert into models ${sql({
        version: manifest.version,
        status,
        algorithm: manifest.algorithm,
        trained_at: new Date(manifest.trainedAt),
        manifest: jsonValue(sql, manifest),
      })}
      on conflict (version) do nothing`;
    if (inserted.count === 0) return requireSame(sql, manifest);
    await insertMetrics(sql, manifest.version, evaluation);
    await sql`
      insert into model_references ${sql({ model_version: manifest.version, reference: Buffer.from(reference) })}`;
  });
}

/** An erasure takes golden predictions out of a manifest. All else stays as it was recorded. */
async function requireSame(sql: postgres.TransactionSql, manifest: Manifest): Promise<void> {
  const [same] = await sql`
    select from models where version = ${manifest.version}
      and manifest - 'golden' = ${jsonValue(sql, manifest)}::jsonb - 'golden'`;
  if (same !== undefined) return;
  throw new OperatorError(
    'model-invalid',
    `Version ${manifest.version} already belongs to another model: two trainings ran at the same time.`,
    'Train again. The model then gets the next version.',
  );
}

type ModelRow = Omit<ModelRecord, 'evaluation'> & { readonly metrics: StoredMetrics };

async function selectModels(sql: postgres.Sql, where: postgres.Fragment): Promise<readonly ModelRecord[]> {
  const rows = await sql<ModelRow[]>`
    select version, status, algorithm, trained_at, promoted_at, manifest, ${metricsColumn(sql)}
    from models ${where} order by version`;
  return rows.map(({ metrics, ...model }) => ({ ...model, evaluation: evaluationOf(metrics) }));
}

/** Whether any model was recorded. */
export async function hasModels({ sql }: Store): Promise<boolean> {
  return (await sql`select from models limit 1`).length > 0;
}

/** All recorded models, oldest first. */
export function listModels({ sql }: Store): Promise<readonly ModelRecord[]> {
  return selectModels(sql, sql``);
}

/**
 * Reads one recorded model.
 *
 * @throws OperatorError `model-unknown`.
 */
export async function readModel({ sql }: Store, version: number): Promise<ModelRecord> {
  const [model] = await selectModels(sql, sql`where version = ${version}`);
  if (model === undefined) throw unknownModel(version);
  return model;
}

/** The champion, or null before the first promotion. */
export async function championModel({ sql }: Store): Promise<ModelRecord | null> {
  const [champion] = await selectModels(sql, sql`where status = 'champion'`);
  return champion ?? null;
}

/**
 * Reads the drift reference of a model, with the same bytes as recorded.
 *
 * @throws OperatorError `model-unknown`.
 */
export async function readReference({ sql }: Store, version: number): Promise<Uint8Array> {
  const [row] = await sql<{ reference: string }[]>`
    select ${base64Column(sql, 'reference')} from model_references where model_version = ${version}`;
  if (row === undefined) throw unknownModel(version);
  return new Uint8Array(Buffer.from(row.reference, 'base64'));
}

/**
 * Makes a model the champion, in one transaction. The previous champion retires, the batches that the model was trained
 * or evaluated on become `baseline`, and the open alerts of these batches are acknowledged. Promoting the champion again
 * changes nothing.
 *
 * @throws OperatorError `model-unknown`.
 */
export async function promoteModel(
  store: Store,
  promotion: {
    readonly version: number;
    readonly promotedAt: Date;
    readonly trainedBatchIds: readonly number[];
  },
): Promise<void> {
  const { version, promotedAt, trainedBatchIds } = promotion;
  await store.sql.begin(async (sql) => {
    if (!(await becomeChampion(sql, version, promotedAt))) return;
    await sql`
      update ingestion_ledger set role = 'baseline'
      where batch_id = any(${[...trainedBatchIds]}) and role in ('buffer', 'holdout')`;
    await sql`
      update drift_alerts set acknowledged_at = ${promotedAt}, acknowledged_by_version = ${version}
      where acknowledged_at is null and newest_batch_id = any(${[...trainedBatchIds]})`;
  });
}

/**
 * Makes an earlier model champion again. The roles of batches and the alerts do not change.
 *
 * @throws OperatorError `model-unknown`.
 */
export async function rollbackModel(store: Store, version: number, at: Date): Promise<void> {
  await store.sql.begin((sql) => becomeChampion(sql, version, at));
}

/** @returns whether anything changed. */
async function becomeChampion(sql: postgres.TransactionSql, version: number, at: Date): Promise<boolean> {
  // A concurrent promotion waits here and then sees the new champion.
  await sql`lock table models in share row exclusive mode`;
  const [model] = await sql<{ status: string }[]>`select status from models where version = ${version}`;
  if (model === undefined) throw unknownModel(version);
  if (model.status === 'champion') return false;
  await sql`update models set status = 'retired' where status = 'champion'`;
  await sql`update models set status = 'champion', promoted_at = ${at} where version = ${version}`;
  return true;
}

function unknownModel(version: number): OperatorError {
  return new OperatorError(
    'model-unknown',
    `The database has no model v${version}.`,
    'List the models: cinematch models list.',
  );
}
