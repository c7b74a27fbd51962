import { expect, test } from 'vitest';
import { sha256 } from '../../pipeline/lib/digest.ts';
import { acceptFeedback } from '../../pipeline/store/accept-feedback.ts';
import {
  apiKeyOf,
  createApiKey,
  DEFAULT_RIGHTS,
  listApiKeys,
  readValidKeys,
  revokeApiKey,
} from '../../pipeline/store/api-keys.ts';
import { storeNames } from '../../pipeline/store/id-names.ts';
import { feedbackRequest } from '../support/feedback-requests.ts';
import { onEachHome } from '../support/stores.ts';

const MONDAY = new Date('2026-03-02T06:17:00Z');
const TUESDAY = new Date('2026-03-03T06:17:00Z');
const KEY = apiKeyOf(new Uint8Array(32));
const OTHER = apiKeyOf(new Uint8Array(32).fill(255));

test('a key is its random bytes in base64url', () => {
  expect(KEY).toBe(`cm_${'A'.repeat(43)}`);
  expect(OTHER).toBe(`cm_${'_'.repeat(42)}8`);
  expect(() => apiKeyOf(new Uint8Array(16))).toThrow(RangeError);
});

onEachHome(({ openStore }) => {
  test('the store has the name of a key but no part of it', async () => {
    const store = await openStore();
    const created = await createApiKey(store, { name: 'site', key: KEY }, MONDAY);
    expect(created).toEqual({ name: 'site', ...DEFAULT_RIGHTS, createdAt: MONDAY, revokedAt: null });
    const [row] = await store.sql<{ text: string }[]>`select api_keys::text as text from api_keys`;
    expect(row?.text).toContain('site');
    expect(row?.text).not.toContain('AAAA');
  });

  test('names of valid keys are unique; the name of a revoked key can be used again', async () => {
    const store = await openStore();
    await createApiKey(store, { name: 'site', key: KEY }, MONDAY);
    const again = () => createApiKey(store, { name: 'site', key: OTHER }, TUESDAY);
    await expect(again()).rejects.toMatchObject({ code: 'key-exists' });
    await revokeApiKey(store, 'site', TUESDAY);
    await again();
    expect(await listApiKeys(store)).toEqual([
      { name: 'site', ...DEFAULT_RIGHTS, createdAt: MONDAY, revokedAt: TUESDAY },
      { name: 'site', ...DEFAULT_RIGHTS, createdAt: TUESDAY, revokedAt: null },
    ]);
  });

  test('a key has its scopes in one order and its users, and only valid keys are read for the API', async () => {
    const store = await openStore();
    const rights = { scopes: ['admin', 'read'], users: '7,1000-1999' } as const;
    await createApiKey(store, { name: 'site', key: KEY, ...rights }, MONDAY);
    await createApiKey(store, { name: 'shop', key: OTHER }, MONDAY);
    await revokeApiKey(store, 'shop', TUESDAY);
    expect(await readValidKeys(store)).toEqual([
      { name: 'site', sha256: sha256(KEY), scopes: ['read', 'admin'], users: '7,1000-1999' },
    ]);
  });

  test('a key for users that the database cannot have is refused', async () => {
    const store = await openStore();
    const create = (users: string) => createApiKey(store, { name: 'site', key: KEY, users }, MONDAY);
    for (const users of ['', '9-7', 'a*b', ',']) {
      await expect(create(users)).rejects.toMatchObject({ code: 'usage' });
    }
    await store.sql.begin((sql) => storeNames(sql, 'user', ['anna']));
    await expect(create('1000-1999')).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('The ids of users in this database are texts'),
    });
    expect(await create('app1:*,anna')).toMatchObject({ users: 'app1:*,anna' });
  });

  test('a revoked key is invalid, and its ratings stay', async () => {
    const store = await openStore();
    await createApiKey(store, { name: 'site', key: KEY }, MONDAY);
    const request = feedbackRequest(KEY, { now: MONDAY });
    expect(await acceptFeedback(store, request)).toMatchObject({ status: 'recorded' });
    await revokeApiKey(store, 'site', TUESDAY);
    expect(await acceptFeedback(store, request)).toEqual({ status: 'unauthorised' });
    expect(await store.sql`select from feedback_requests`).toHaveLength(0);
    expect(await store.sql`select from feedback`).toHaveLength(1);
  });

  test('ratings of a stolen key are withdrawn, except for ingested ones', async () => {
    const store = await openStore();
    await createApiKey(store, { name: 'site', key: KEY }, MONDAY);
    await createApiKey(store, { name: 'shop', key: OTHER }, MONDAY);
    for (const [at, key] of [KEY, KEY, OTHER].entries()) {
      await acceptFeedback(store, feedbackRequest(key, { now: MONDAY, idempotencyKey: `request-${at}` }));
    }
    await store.sql`
      insert into ingestion_ledger (batch_id, sha256, source, role, rows_read, rows_new, rows_updated,
        rows_unchanged, rows_rejected, ingested_at, duration_ms)
      values (1, ${'a'.repeat(64)}, 'feedback', 'buffer', 1, 1, 0, 0, 0, ${MONDAY}, 5)`;
    await store.sql`update feedback set batch_id = 1 where feedback_id = 1`;
    expect(await revokeApiKey(store, 'site', TUESDAY, { withdraw: true })).toEqual({
      name: 'site',
      ...DEFAULT_RIGHTS,
      createdAt: MONDAY,
      revokedAt: TUESDAY,
      withdrawn: 1,
    });
    const left = await store.sql`select feedback_id::integer as id from feedback order by id`;
    expect(left.map(({ id }) => id)).toEqual([1, 3]);
  });

  test('what a stolen key told besides ratings is withdrawn', async () => {
    const store = await openStore();
    await createApiKey(store, { name: 'site', key: KEY }, MONDAY);
    await createApiKey(store, { name: 'shop', key: OTHER }, MONDAY);
    for (const [movieId, key] of [KEY, OTHER].entries()) {
      await acceptFeedback(store, {
        ...feedbackRequest(key, { now: MONDAY, ratings: [] }),
        interactions: [{ userId: 1, movieId, kind: 'hidden', times: 1 }],
      });
    }
    expect(await revokeApiKey(store, 'site', TUESDAY, { withdraw: true })).toMatchObject({ withdrawn: 1 });
    expect(await store.sql`select movie_id from interactions`).toEqual([{ movieId: 1 }]);
  });

  test('an unknown or revoked key cannot be revoked', async () => {
    const store = await openStore();
    await createApiKey(store, { name: 'site', key: KEY }, MONDAY);
    await revokeApiKey(store, 'site', TUESDAY);
    for (const name of ['site', 'shop']) {
      await expect(revokeApiKey(store, name, TUESDAY)).rejects.toMatchObject({
        code: 'key-unknown',
        message: `There is no valid key with the name ${name}.`,
      });
    }
  });
});
