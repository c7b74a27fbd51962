import { type PackedHistory, unpackHistories } from './history-codec.ts';
import type { Store } from './store.ts';

/**
 * The users among these whose ratings differ from those that a model has learned: a later batch or the API has newer
 * ones, or some are in quarantine.
 *
 * @param learned the batches that the model has learned.
 */
export async function readUnlearnedUsers(
  { sql }: Store,
  userIds: readonly number[],
  learned: readonly number[],
): Promise<ReadonlySet<number>> {
  const users = sql`user_id = any(${[...userIds]}::integer[])`;
  const isUnlearned = sql`batch_id <> all(${[...learned]}::smallint[])`;
  // After a rollback, histories have ratings that the model has not learned. Otherwise none is read.
  const rows = await sql<{ userId: number; history: Buffer | null }[]>`
    select user_id, null::bytea as history from ratings where ${users} and ${isUnlearned}
    union all
    select user_id, history from packed_histories
    where ${users} and exists (select from ingestion_ledger where packed > 0 and ${isUnlearned})
    union all
    select user_id, null from feedback where ${users} and (batch_id is null or ${isUnlearned})
    union all
    select user_id, null from quarantined_ratings where ${users}`;
  const packed = rows.filter((row): row is PackedHistory & typeof row => row.history !== null);
  const { userIds: packedUsers, batchIds } = unpackHistories(packed);
  const known = new Set(learned);
  return new Set([
    ...rows.filter(({ history }) => history === null).map(({ userId }) => userId),
    ...packedUsers.filter((_, row) => !known.has(batchIds[row] as number)),
  ]);
}
