import type postgres from 'postgres';
import { jsonValue } from './json.ts';
import type { ModelStatus } from './model-status.ts';
import type { Store } from './store.ts';

/** How much was removed of a user. */
export interface RemovedRows {
  /** Ingested ratings, each movie once: plain, packed, or in quarantine. */
  readonly ratings: number;
  /** Former values of ratings. */
  readonly revisions: number;
  /** Ratings that were sent to the API. */
  readonly feedback: number;
  readonly interactions: number;
  readonly rejectedRows: number;
  /** Reports of checks and batches that named the user. */
  readonly reports: number;
}

/** An entry of the list of erasures. It does not say who the user is. */
export interface Erasure {
  readonly erasureId: number;
  readonly at: Date;
  /** The name of an API key, or who ran the command. */
  readonly by: string;
  readonly removed: RemovedRows;
  /** When the user was allowed to come back, and by whom; null while the user is kept out. */
  readonly allowedAt: Date | null;
  readonly allowedBy: string | null;
  /** Batches that had rows of the user. */
  readonly batches: readonly number[];
  /** Models that learned from them before the erasure. */
  readonly models: readonly HoldingModel[];
}

/** A model that still knows an erased user. */
export interface HoldingModel {
  readonly version: number;
  readonly status: ModelStatus;
}

/** Whether the model `models` learned from ratings that the erasure `erasures` removed later. */
const stillHolds = (sql: postgres.ISql): postgres.Fragment => sql`
  coalesce((manifest->'snapshot'->>'erasure')::integer, 0) < erasure_id
    and array(select jsonb_array_elements_text(manifest->'snapshot'->'batches')::integer) && batches`;

/** All erasures, in their order. */
export function listErasures({ sql }: Pick<Store, 'sql'>): Promise<readonly Erasure[]> {
  return selectErasures(sql, sql``);
}

export async function readErasure(sql: postgres.ISql, erasureId: number): Promise<Erasure> {
  const [erasure] = await selectErasures(sql, sql`where erasure_id = ${erasureId}`);
  if (erasure === undefined) throw new RangeError(`there is no erasure ${erasureId}`);
  return erasure;
}

function selectErasures(sql: postgres.ISql, where: postgres.Fragment): Promise<readonly Erasure[]> {
  return sql<Erasure[]>`
    select erasure_id, erased_at as at, erased_by as by, removed, allowed_at, allowed_by, batches,
      (select coalesce(json_agg(json_build_object('version', version, 'status', status) order by version), '[]')
        from models where ${stillHolds(sql)}) as models
    from erasures ${where} order by erasure_id`;
}

/** @returns the number of the erasure. */
export async function insertErasure(
  sql: postgres.TransactionSql,
  erasure: Pick<Erasure, 'at' | 'by' | 'removed' | 'batches'>,
): Promise<number> {
  const [row] = await sql<{ erasureId: number }[]>`
    insert into erasures ${sql({
      erased_at: erasure.at,
      erased_by: erasure.by,
      batches: [...erasure.batches],
      removed: jsonValue(sql, erasure.removed),
    })}
    returning erasure_id`;
  return (row as { erasureId: number }).erasureId;
}

/** The number of the last erasure; 0 before the first. Ratings that are read later are without these users. */
export async function lastErasure({ sql }: Pick<Store, 'sql'>): Promise<number> {
  const [last] = await sql<{ erasureId: number }[]>`
    select coalesce(max(erasure_id), 0) as erasure_id from erasures`;
  return last?.erasureId ?? 0;
}

/** Users who were erased after a model had learned their ratings. */
export interface PendingErasures {
  readonly users: number;
  /** When the first of them was erased. */
  readonly since: Date;
}

/** The erased users whom a model has learned. Null when there are none. */
export async function pendingErasures(
  { sql }: Pick<Store, 'sql'>,
  modelVersion: number,
): Promise<PendingErasures | null> {
  const [pending] = await sql<{ users: number; since: Date | null }[]>`
    select count(*)::integer as users, min(erased_at) as since
    from erasures join models on version = ${modelVersion} where ${stillHolds(sql)}`;
  const { users = 0, since = null } = pending ?? {};
  return since === null ? null : { users, since };
}

/**
 * Waits for erasures under way, and keeps others waiting until the transaction ends. So a transaction that writes about
 * users sees who was erased, or its rows are seen by the erasure.
 */
export async function holdErasures(sql: postgres.TransactionSql): Promise<void> {
  await sql`lock table erasures in share mode`;
}
