import type postgres from 'postgres';
import type { InteractionKind } from '../model/interactions.ts';
import { isValidKey } from './api-keys.ts';
import { unpackHistories } from './history-codec.ts';
import { readIdsOf } from './id-names.ts';
import type { Store } from './store.ts';

export interface FeedbackWithdrawal {
  /** Digest of the API key, 64 lower-case hex digits. */
  readonly keySha256: string;
  /** The id of the user, or the name. */
  readonly userId: number | string;
  readonly movieId: number;
  /** What is withdrawn; null for everything. */
  readonly kind: 'rated' | InteractionKind | null;
}

export type WithdrawalOutcome =
  | { readonly status: 'unauthorised' }
  | {
      readonly status: 'withdrawn';
      /** Null for a name that nobody has. */
      readonly userId: number | null;
      /** Ratings that no batch had ingested. */
      readonly ratings: number;
      readonly interactions: number;
      /** Whether batches have ingested a rating of the movie by the user, which stays. */
      readonly ingested: boolean;
    };

/**
 * Deletes what was sent to the API of a user and a movie, with whatever key: ratings that no batch has ingested yet, and
 * interactions. Where nothing is left to delete, nothing is deleted.
 *
 * @throws OperatorError `state-conflict` while data is moved into the database, `store-damaged`.
 */
export function withdrawFeedback(store: Store, withdrawal: FeedbackWithdrawal): Promise<WithdrawalOutcome> {
  const { keySha256, userId: sent, movieId, kind } = withdrawal;
  return store.sql.begin(async (sql): Promise<WithdrawalOutcome> => {
    if (!(await isValidKey(sql, store, keySha256))) return { status: 'unauthorised' };
    const userId = typeof sent === 'number' ? sent : ((await readIdsOf(sql, 'user', [sent]))[0] as number);
    if (userId < 0)
      return { status: 'withdrawn', userId: null, ratings: 0, interactions: 0, ingested: false };
    const [deleted] = await sql<{ ratings: number; interactions: number }[]>`
      with given as (
        delete from feedback
        where user_id = ${userId} and movie_id = ${movieId} and batch_id is null
          and ${kind === null || kind === 'rated'} returning 1),
      told as (
        delete from interactions
        where user_id = ${userId} and movie_id = ${movieId} and (${kind}::text is null or kind = ${kind}) returning 1)
      select (select count(*)::integer from given) as ratings, (select count(*)::integer from told) as interactions`;
    const ingested = (kind === null || kind === 'rated') && (await isIngested(sql, userId, movieId));
    return { status: 'withdrawn', userId, ratings: 0, interactions: 0, ...deleted, ingested };
  }) as Promise<WithdrawalOutcome>;
}

/** Whether batches have ingested a rating of a movie by a user: it is current, packed, or in quarantine. */
async function isIngested(sql: postgres.TransactionSql, userId: number, movieId: number): Promise<boolean> {
  const own = sql`user_id = ${userId} and movie_id = ${movieId}`;
  const rows = await sql<{ userId: number; history: Buffer | null }[]>`
    select user_id, null::bytea as history from ratings where ${own}
    union all
    select user_id, null from quarantined_ratings where ${own}
    union all
    select user_id, history from packed_histories where user_id = ${userId}`;
  return rows.some(
    ({ history }) => history === null || unpackHistories([{ userId, history }]).movieIds.includes(movieId),
  );
}
