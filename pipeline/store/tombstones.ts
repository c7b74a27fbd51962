import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type postgres from 'postgres';

/** By what a user is recognised: the number in the database, or the name where ids are names. */
type Mark = 'id' | 'name';

/** A user as the database knows it. */
export interface StoredUser {
  /** Null for a name that has no id. */
  readonly id: number | null;
  /** Null where ids are numbers. */
  readonly name: string | null;
}

/** The erased users of a database. They are recognised, and cannot be listed. */
export interface Tombstones {
  /** The last erasure of a user. Null for a user who was never erased. */
  of(mark: Mark, value: number | string): Tombstone | null;
  /** The number of the last erasure; 0 before the first. */
  readonly newest: number;
}

interface Tombstone {
  readonly erasureId: number;
  /** Whether rows of the user are dropped. If not, the user was allowed to come back. */
  readonly isKeptOut: boolean;
}

export const NOBODY_ERASED: Tombstones = { of: () => null, newest: 0 };

/** HMAC-SHA-256 of the text that stands for a user, as 64 hex digits. */
const hashOf = (key: KeyObject, mark: Mark, value: number | string): string =>
  createHmac('sha256', key).update(`${mark} ${value}`).digest('hex');

/** The tombstones with the key of their hashes, in one query. */
export async function readTombstones(sql: postgres.ISql): Promise<Tombstones> {
  const rows = await sql<(Tombstone & { readonly hash: string; readonly secret: Buffer })[]>`
    select hash, erasure_id, allowed_at is null as is_kept_out, case when row_number() over () = 1 then secret end as secret
    from tombstones join erasures using (erasure_id) cross join tombstone_key`;
  const secret = rows[0]?.secret;
  if (secret === undefined) return NOBODY_ERASED;
  // A key that is prepared once makes each hash ten times faster.
  const key = createSecretKey(secret);
  const byHash = new Map(rows.map(({ hash, erasureId, isKeptOut }) => [hash, { erasureId, isKeptOut }]));
  const newest = rows.reduce((most, { erasureId }) => Math.max(most, erasureId), 0);
  return { of: (mark, value) => byHash.get(hashOf(key, mark, value)) ?? null, newest };
}

/** The tombstones that keep somebody out; null when nobody is kept out. */
export async function readKeptOut(sql: postgres.ISql): Promise<Tombstones | null> {
  const [some] = await sql`
    select from tombstones join erasures using (erasure_id) where allowed_at is null limit 1`;
  return some === undefined ? null : readTombstones(sql);
}

/** The last erasure of a user; null for a user who was never erased. */
export async function lastErasureOf(sql: postgres.ISql, { id, name }: StoredUser): Promise<Tombstone | null> {
  const tombstones = await readTombstones(sql);
  const found = [
    ...(id === null ? [] : [tombstones.of('id', id)]),
    ...(name === null ? [] : [tombstones.of('name', name)]),
  ].filter((one) => one !== null);
  return found.sort((a, b) => b.erasureId - a.erasureId)[0] ?? null;
}

/** Keeps a user out from now on. Makes the key of the hashes with the first erasure: 244 random bits of the database. */
export async function raiseTombstones(
  sql: postgres.TransactionSql,
  { id, name }: StoredUser,
  erasureId: number,
): Promise<void> {
  const [made] = await sql<{ secret: Buffer }[]>`
    insert into tombstone_key (secret)
    values (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())))
    on conflict (key_id) do update set secret = tombstone_key.secret returning secret`;
  const key = createSecretKey((made as { secret: Buffer }).secret);
  const hashes = [
    ...(id === null ? [] : [hashOf(key, 'id', id)]),
    ...(name === null ? [] : [hashOf(key, 'name', name)]),
  ];
  await sql`
    insert into tombstones (hash, erasure_id)
    select unnest(${hashes}::text[]), ${erasureId}
    on conflict (hash) do update set erasure_id = excluded.erasure_id`;
}
