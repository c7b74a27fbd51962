import { type PackedHistory, unpackHistories } from './history-codec.ts';
import type { UserInteraction } from './interactions.ts';
import type { Store } from './store.ts';

/** What a database says of some users beyond what a model has learned. */
export interface SinceTraining {
  /**
   * The users whose ratings differ from those that the model has learned: a later batch or the API has newer ones, or some
   * are in quarantine.
   */
  readonly unlearned: ReadonlySet<number>;
  readonly interactions: readonly UserInteraction[];
}

/**
 * Reads what is new about users since the training of a model, in one query.
 *
 * @param learned the batches that the model has learned.
 */
export async function readSinceTraining(
  { sql }: Store,
  userIds: readonly number[],
  learned: readonly number[],
): Promise<SinceTraining> {
  const users = sql`user_id = any(${[...userIds]}::integer[])`;
  const isUnlearned = sql`batch_id <> all(${[...learned]}::smallint[])`;
  // After a rollback, histories have ratings that the model has not learned. Otherwise none is read.
  const rows = await sql<Row[]>`
    select user_id, null::bytea as history, null::integer as movie_id, null::text as kind, null::integer as at,
      null::double precision as times
    from ratings where ${users} and ${isUnlearned}
    union all
    select user_id, history, null, null, null, null from packed_histories
    where ${users} and exists (select from ingestion_ledger where packed > 0 and ${isUnlearned})
    union all
    select user_id, null, null, null, null, null from feedback where ${users} and (batch_id is null or ${isUnlearned})
    union all
    select user_id, null, null, null, null, null from quarantined_ratings where ${users}
    union all
    select user_id, null, movie_id, kind, at, times from interactions where ${users}`;
  const packed = rows.filter((row): row is PackedHistory & Row => row.history !== null);
  const { userIds: packedUsers, batchIds } = unpackHistories(packed);
  const known = new Set(learned);
  const unlearned = new Set([
    ...rows.filter(({ history, kind }) => history === null && kind === null).map(({ userId }) => userId),
    ...packedUsers.filter((_, row) => !known.has(batchIds[row] as number)),
  ]);
  const interactions = rows
    .filter((row): row is UserInteraction & Row => row.kind !== null)
    .map(({ history: _, ...interaction }) => interaction);
  return { unlearned, interactions };
}

/** Without a kind, a sign of ratings that were not learned; with one, an interaction. */
type Row = { readonly userId: number; readonly history: Buffer | null } & (
  | { readonly kind: null }
  | UserInteraction
);
