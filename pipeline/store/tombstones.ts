import type postgres from 'postgres';

/** By what a user is recognised: the number in the database, or the name where ids are names. */
type Mark = 'id' | 'name';

/** So many users are looked up by one statement. */
const BLOCK_USERS = 50_000;

/**
 * HMAC-SHA-256 (RFC 2104) of the text that stands for a user, as 64 hex digits. Null before the first erasure, when there
 * is no key.
 *
 * @param value of type text.
 */
const keyedHash = (sql: postgres.ISql, mark: Mark, value: postgres.Fragment): postgres.Fragment => sql`
  encode(sha256((select outer_key from tombstone_key)
    || sha256((select inner_key from tombstone_key) || convert_to(${`${mark} `}::text || ${value}, 'UTF8'))), 'hex')`;

/** Whether the user of a row was erased, also when the user was allowed to come back. */
export const wasErased = (sql: postgres.ISql, userId: postgres.Fragment): postgres.Fragment => sql`
  (exists (select from tombstones)
    and ${keyedHash(sql, 'id', sql`${userId}::text`)} in (select hash from tombstones))`;

/** Whether an id is kept out. */
export const isKeptOut = (sql: postgres.ISql, userId: number): postgres.Fragment => sql`
  (exists (select from tombstones)
    and ${keyedHash(sql, 'id', sql`${String(userId)}::text`)} in (
      select hash from tombstones join erasures using (erasure_id) where allowed_at is null))`;

/** Whether anybody is kept out. */
export async function someAreKeptOut(sql: postgres.ISql): Promise<boolean> {
  const [some] = await sql`
    select from tombstones join erasures using (erasure_id) where allowed_at is null limit 1`;
  return some !== undefined;
}

/**
 * Which of some users were erased and may not come back, by their positions.
 *
 * @param users ids as text, or names.
 */
export async function keptOutUsers(
  sql: postgres.ISql,
  mark: Mark,
  users: readonly string[],
): Promise<ReadonlySet<number>> {
  const keptOut = new Set<number>();
  for (let from = 0; from < users.length; from += BLOCK_USERS) {
    const some = users.slice(from, from + BLOCK_USERS);
    const rows = await sql<{ position: number }[]>`
      select position::integer as position
      from json_array_elements_text(${sql.json(some)}::json) with ordinality as sought (sought_user, position)
      where ${keyedHash(sql, mark, sql`sought_user`)} in (
        select hash from tombstones join erasures using (erasure_id) where allowed_at is null)`;
    for (const { position } of rows) keptOut.add(from + position - 1);
  }
  return keptOut;
}

/** Those of some users who were erased, and whether each is kept out or was allowed to come back. */
export async function erasedUsers(
  sql: postgres.ISql,
  userIds: Iterable<number>,
): Promise<ReadonlyMap<number, { readonly isKeptOut: boolean }>> {
  const [some] = await sql`select from tombstones limit 1`;
  const erased = new Map<number, { readonly isKeptOut: boolean }>();
  const ids = some === undefined ? [] : [...new Set(userIds)];
  for (let from = 0; from < ids.length; from += BLOCK_USERS) {
    const rows = await sql<{ userId: number; isKeptOut: boolean }[]>`
      select user_id, allowed_at is null as is_kept_out
      from unnest(${ids.slice(from, from + BLOCK_USERS)}::integer[]) as asked (user_id)
        join tombstones on hash = ${keyedHash(sql, 'id', sql`user_id::text`)}
        join erasures using (erasure_id)`;
    for (const { userId, ...state } of rows) erased.set(userId, state);
  }
  return erased;
}

/** A user as the database knows it. */
export interface StoredUser {
  /** Null for a name that has no id. */
  readonly id: number | null;
  /** Null where ids are numbers. */
  readonly name: string | null;
}

const hashesOf = (sql: postgres.ISql, { id, name }: StoredUser): postgres.Fragment => sql`
  (select ${keyedHash(sql, 'id', sql`${id === null ? null : String(id)}::text`)}
    union all select ${keyedHash(sql, 'name', sql`${name}::text`)})`;

/** Keeps a user out from now on. Makes the key of the hashes with the first erasure. */
export async function raiseTombstones(
  sql: postgres.TransactionSql,
  user: StoredUser,
  erasureId: number,
): Promise<void> {
  // 244 random bits of the database server, in a block of SHA-256. 54 and 92 are 0x36 and 0x5c.
  await sql`
    with secret as materialized (
      select sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) as bits),
    bytes as (
      select position, case when position < 32 then get_byte(bits, position) else 0 end as byte
      from secret cross join generate_series(0, 63) as position)
    insert into tombstone_key (inner_key, outer_key)
    select string_agg(decode(lpad(to_hex(byte # 54), 2, '0'), 'hex'), '' order by position),
      string_agg(decode(lpad(to_hex(byte # 92), 2, '0'), 'hex'), '' order by position)
    from bytes
    on conflict (key_id) do nothing`;
  await sql`
    insert into tombstones (hash, erasure_id)
    select hash, ${erasureId} from ${hashesOf(sql, user)} as own (hash) where hash is not null
    on conflict (hash) do update set erasure_id = excluded.erasure_id`;
}

/** The number of the last erasure of a user, and whether the user is kept out; null when never erased. */
export async function lastErasureOf(
  sql: postgres.ISql,
  user: StoredUser,
): Promise<{ readonly erasureId: number; readonly isKeptOut: boolean } | null> {
  const [last] = await sql<{ erasureId: number; isKeptOut: boolean }[]>`
    select erasure_id, allowed_at is null as is_kept_out
    from tombstones join erasures using (erasure_id)
    where hash in ${hashesOf(sql, user)} order by erasure_id desc limit 1`;
  return last ?? null;
}
