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
  const rows = await sql<{ userId: number }[]>`
    select user_id from ratings where ${users} and batch_id <> all(${[...learned]}::smallint[])
    union
    select user_id from feedback
    where ${users} and (batch_id is null or batch_id <> all(${[...learned]}::smallint[]))
    union
    select user_id from quarantined_ratings where ${users}`;
  return new Set(rows.map(({ userId }) => userId));
}
