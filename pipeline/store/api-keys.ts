import type postgres from 'postgres';
import { sha256 } from '../lib/digest.ts';
import { OperatorError } from '../lib/errors.ts';
import type { Store } from './store.ts';
import { moveIsUnfinished, UNFINISHED_MOVE } from './unfinished-move.ts';

/** An API key. The store has only its digest. */
export interface ApiKey {
  readonly name: string;
  readonly createdAt: Date;
  /** Null while the key is valid. */
  readonly revokedAt: Date | null;
}

/** Number of random bytes of a key. */
export const API_KEY_BYTES = 32;

/** The text of a key: `cm_` and 43 characters of base64url. */
export function apiKeyOf(random: Uint8Array): string {
  if (random.length !== API_KEY_BYTES) throw new RangeError(`a key needs ${API_KEY_BYTES} random bytes`);
  return `cm_${Buffer.from(random).toString('base64url')}`;
}

/**
 * Creates a key. The names of valid keys are unique.
 *
 * @throws OperatorError `key-exists`.
 */
export async function createApiKey(
  { sql }: Store,
  { name, key }: { readonly name: string; readonly key: string },
  now: Date,
): Promise<ApiKey> {
  const [created] = await sql<ApiKey[]>`
    insert into api_keys ${sql({ name, sha256: sha256(key), created_at: now })}
    on conflict (name) where revoked_at is null do nothing
    returning name, created_at, revoked_at`;
  if (created !== undefined) return created;
  throw new OperatorError(
    'key-exists',
    `There is already a key with the name ${name}.`,
    `Use another name, or revoke the old key first: cinematch keys revoke ${name}.`,
  );
}

/**
 * Whether a valid key has a digest, 64 lower-case hex digits.
 *
 * @param sql of the store, or a transaction of it.
 * @throws OperatorError `state-conflict` while data is moved into the database.
 */
export async function isValidKey(sql: postgres.ISql, store: Store, digest: string): Promise<boolean> {
  const [key] = await sql<{ isMoving: boolean }[]>`
    select exists (select from migrations where version = ${UNFINISHED_MOVE}) as is_moving
    from api_keys where sha256 = ${digest} and revoked_at is null`;
  if (key?.isMoving === true) throw moveIsUnfinished(store);
  return key !== undefined;
}

/** All keys, revoked ones too, in the order of creation. */
export function listApiKeys({ sql }: Store): Promise<readonly ApiKey[]> {
  return sql<ApiKey[]>`select name, created_at, revoked_at from api_keys order by key_id`;
}

/**
 * Revokes a key. With `withdraw`, ratings that were sent with it and that no batch has ingested yet are deleted, and
 * interactions that were sent with it last.
 *
 * @returns the key, and the number of what was deleted.
 * @throws OperatorError `key-unknown` when no valid key has the name.
 */
export async function revokeApiKey(
  { sql }: Store,
  name: string,
  now: Date,
  { withdraw = false }: { readonly withdraw?: boolean } = {},
): Promise<ApiKey & { readonly withdrawn: number }> {
  const [revoked] = await sql<(ApiKey & { withdrawn: number })[]>`
    with revoked as (
      update api_keys set revoked_at = ${now} where name = ${name} and revoked_at is null returning *),
    forgotten as (delete from feedback_requests where key_id in (select key_id from revoked)),
    withdrawn as (
      delete from feedback
      where ${withdraw} and batch_id is null and key_id in (select key_id from revoked) returning 1),
    untold as (
      delete from interactions
      where ${withdraw} and key_id in (select key_id from revoked) returning 1)
    select name, created_at, revoked_at,
      (select count(*)::integer from withdrawn) + (select count(*)::integer from untold) as withdrawn
    from revoked`;
  if (revoked !== undefined) return revoked;
  throw new OperatorError(
    'key-unknown',
    `There is no valid key with the name ${name}.`,
    'List the keys: cinematch keys list.',
  );
}
