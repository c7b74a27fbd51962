import { sha256 } from '../lib/digest.ts';
import { OperatorError } from '../lib/errors.ts';
import type { Store } from './store.ts';

/** A key of the API, of which the store knows only the digest. */
export interface ApiKey {
  readonly name: string;
  readonly createdAt: Date;
  /** Null while it opens the door. */
  readonly revokedAt: Date | null;
}

/** How many random bytes a key is made of. */
export const API_KEY_BYTES = 32;

/** A key as it is handed to the person who will use it: `cm_` and 43 characters of base64url. */
export function apiKeyOf(random: Uint8Array): string {
  if (random.length !== API_KEY_BYTES) throw new RangeError(`a key takes ${API_KEY_BYTES} random bytes`);
  return `cm_${Buffer.from(random).toString('base64url')}`;
}

/**
 * Lets a new key in. Of keys that were not revoked, one has a name.
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
    `There is a key named ${name} already.`,
    `Give the new one another name, or revoke the old one first: cinematch keys revoke ${name}.`,
  );
}

/** Every key there is or was, in the order they were made. */
export function listApiKeys({ sql }: Store): Promise<readonly ApiKey[]> {
  return sql<ApiKey[]>`select name, created_at, revoked_at from api_keys order by key_id`;
}

/**
 * Closes the door to a key. What was rated with it stays, unless it shall be withdrawn: then what no batch has taken
 * in yet is removed.
 *
 * @returns the key, and how many ratings were withdrawn.
 * @throws OperatorError `key-unknown` when no key that opens the door has the name.
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
      where ${withdraw} and batch_id is null and key_id in (select key_id from revoked) returning 1)
    select name, created_at, revoked_at, (select count(*)::integer from withdrawn) as withdrawn from revoked`;
  if (revoked !== undefined) return revoked;
  throw new OperatorError(
    'key-unknown',
    `No key named ${name} is in use.`,
    'See which there are: cinematch keys list.',
  );
}
