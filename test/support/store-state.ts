import { canonicalJson, sha256 } from '../../pipeline/lib/digest.ts';
import { snapshotDigest } from '../../pipeline/ratings/snapshot.ts';
import { listBatches } from '../../pipeline/store/ledger.ts';
import { readStoredRatings } from '../../pipeline/store/read-ratings.ts';
import type { Store } from '../../pipeline/store/store.ts';

export interface StoreState {
  readonly batches: number;
  /** Digest of all ratings. */
  readonly ratings: string;
  /** Digest of the ledger, without durations. */
  readonly ledger: string;
  /** Batches whose parts are missing or disagree. */
  readonly partial: readonly number[];
}

/** The contents of a store, in a form that can be compared with another store. */
export async function storeState(store: Store): Promise<StoreState> {
  const entries = await listBatches(store);
  const ledger = entries.map(({ durationMs: _, ...entry }) => entry);
  return {
    batches: entries.length,
    ratings: snapshotDigest(await readStoredRatings(store)),
    ledger: sha256(canonicalJson(ledger)),
    partial: await partialBatches(store),
  };
}

async function partialBatches({ sql }: Store): Promise<readonly number[]> {
  const rows = await sql<{ batchId: number }[]>`
    with
      stored as (
        select batch_id, sum(ratings) as stands
        from (
          select batch_id, count(*) as ratings from ratings group by batch_id
          union all select batch_id, packed from ingestion_ledger where packed > 0) as both_kinds
        group by batch_id),
      replaced as (select previous_batch_id as batch_id, count(*) as lost from rating_revisions group by 1),
      replacing as (select batch_id, count(*) as won from rating_revisions group by 1),
      rejected as (select batch_id, count(*) as kept from rejected_ratings group by 1),
      known as (
        select batch_id from ingestion_ledger union select batch_id from stored union
        select batch_id from replacing union select batch_id from rejected union
        select batch_id from batch_summaries)
    select batch_id from known
    left join ingestion_ledger using (batch_id) left join batch_summaries using (batch_id)
    left join stored using (batch_id) left join replaced using (batch_id)
    left join replacing using (batch_id) left join rejected using (batch_id)
    where (sha256 is not null and rows_new + rows_updated = coalesce(stands, 0) + coalesce(lost, 0)
      and rows_updated = coalesce(won, 0) and rows_rejected = coalesce(kept, 0)
      and ratings = coalesce(stands, 0)) is not true
    order by batch_id`;
  return rows.map(({ batchId }) => batchId);
}

/** A digest of every row of every table. */
export async function rowsDigest({ sql }: Store): Promise<string> {
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public' order by 1`;
  const digests: string[] = [];
  for (const { name } of tables) {
    const [table] = await sql`select md5(string_agg(t::text, ' ' order by t::text)) from ${sql(name)} t`;
    digests.push(`${name} ${table?.['md5']}`);
  }
  return digests.join('\n');
}
