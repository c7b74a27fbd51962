import type postgres from 'postgres';
import { sha256 } from '../lib/digest.ts';
import { OperatorError } from '../lib/errors.ts';
import { parseTenant } from '../ratings/tenant.ts';
import { type IdKind, readIdKind } from './id-names.ts';
import type { Store } from './store.ts';
import { moveIsUnfinished, UNFINISHED_MOVE } from './unfinished-move.ts';

/**
 * What a key may do. `read`: what concerns one user. `write`: send and take back what users did. `admin`: erase users, and
 * everything else.
 */
export const SCOPES = ['read', 'write', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** What a key may do, and for whom. It never changes: another right is another key. */
export interface KeyRights {
  /** In the order of `SCOPES`. */
  readonly scopes: readonly Scope[];
  /** The users, as `parseTenant` reads them. Null for all users. */
  readonly users: string | null;
}

/** An API key. The store has only its digest. */
export interface ApiKey extends KeyRights {
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

/** What a key may do that is created without saying it. */
export const DEFAULT_RIGHTS: KeyRights = { scopes: ['read', 'write'], users: null };

/**
 * Creates a key. The names of valid keys are unique.
 *
 * @param rights a range of ids is for ids that are numbers, and the beginning of ids for those that are texts. @default DEFAULT_RIGHTS
 * @throws OperatorError `key-exists`; `usage` for no list of users, and for one that no user of this database is in.
 */
export async function createApiKey(
  store: Store,
  { name, key, ...rights }: { readonly name: string; readonly key: string } & Partial<KeyRights>,
  now: Date,
): Promise<ApiKey> {
  const { sql } = store;
  const { scopes, users } = { ...DEFAULT_RIGHTS, ...rights };
  if (users !== null) requireUsableTenant(users, await readIdKind(sql));
  const [created] = await sql<ApiKey[]>`
    insert into api_keys ${sql({ name, sha256: sha256(key), scopes: inOrder(scopes), users, created_at: now })}
    on conflict (name) where revoked_at is null do nothing
    returning name, scopes, users, created_at, revoked_at`;
  if (created !== undefined) return created;
  throw new OperatorError(
    'key-exists',
    `There is already a key with the name ${name}.`,
    `Use another name, or revoke the old key first: cinematch keys revoke ${name}.`,
  );
}

const inOrder = (scopes: readonly Scope[]): Scope[] => SCOPES.filter((scope) => scopes.includes(scope));

/** @param kind how the ids of the database are written; null while it has no ratings. */
function requireUsableTenant(users: string, kind: IdKind | null): void {
  const tenant = parseTenant(users);
  if (tenant === null) {
    throw new OperatorError(
      'usage',
      `${JSON.stringify(users)} is no list of users.`,
      'Write ids with commas between them (7,9), ranges of ids that are numbers (1000-1999), or the beginning of ids that are texts (app1:*).',
    );
  }
  if (kind === 'numbers' && (tenant.prefixes.length > 0 || [...tenant.ids].some((id) => !/^\d+$/.test(id)))) {
    throw new OperatorError(
      'usage',
      `The ids of users in this database are numbers, so ${JSON.stringify(users)} would leave some of its parts without a user.`,
      'Write ids with commas between them (7,9), or ranges (1000-1999).',
    );
  }
  if (kind === 'text' && tenant.ranges.length > 0) {
    throw new OperatorError(
      'usage',
      `The ids of users in this database are texts, so a range such as in ${JSON.stringify(users)} has no users.`,
      'Write ids with commas between them, or how they begin (app1:*).',
    );
  }
}

/** What valid keys may do, by their digests. */
export interface ValidKey extends KeyRights {
  readonly name: string;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
}

/** Every valid key with what it may do. */
export function readValidKeys({ sql }: Store): Promise<readonly ValidKey[]> {
  return sql<ValidKey[]>`select name, sha256, scopes, users from api_keys where revoked_at is null`;
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
  return sql<ApiKey[]>`select name, scopes, users, created_at, revoked_at from api_keys order by key_id`;
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
    select name, scopes, users, created_at, revoked_at,
      (select count(*)::integer from withdrawn) + (select count(*)::integer from untold) as withdrawn
    from revoked`;
  if (revoked !== undefined) return revoked;
  throw new OperatorError(
    'key-unknown',
    `There is no valid key with the name ${name}.`,
    'List the keys: cinematch keys list.',
  );
}
