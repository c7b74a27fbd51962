/** The errors when the database is not available or not migrated. */
import { expect, test } from 'vitest';
import { OperatorError } from '../../pipeline/lib/errors.ts';
import { acceptFeedback } from '../../pipeline/store/accept-feedback.ts';
import { connectServer } from '../../pipeline/store/connect-server.ts';
import { readRatingsOfUser } from '../../pipeline/store/user-feedback.ts';
import { withStoreErrors } from '../../pipeline/store/with-store-errors.ts';
import { feedbackRequest } from '../support/feedback-requests.ts';
import { onEachHome, onServer } from '../support/stores.ts';

const REQUEST = feedbackRequest('cm_nobody', { now: new Date('2026-03-02T06:17:00Z') });

test('without a server the error is store-unavailable and shows no password', async () => {
  const store = await connectServer('postgres://mia:s3cret@127.0.0.1:1/films', { lazy: true, max: 1 });
  const works: readonly (() => Promise<unknown>)[] = [
    () => acceptFeedback(store, REQUEST),
    () => readRatingsOfUser(store, 1),
  ];
  for (const work of works) {
    const error = await withStoreErrors(store, work).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'store-unavailable' });
    expect((error as Error).message).toContain('127.0.0.1:1/films');
    expect(`${error} ${(error as Error).cause}`).not.toMatch(/s3cret|mia/);
  }
  await store.close();
});

onEachHome(({ openStore, openBareStore }) => {
  test('without migrations the error is store-schema', async () => {
    const store = await openBareStore();
    await expect(withStoreErrors(store, () => acceptFeedback(store, REQUEST))).rejects.toMatchObject({
      code: 'store-schema',
      message: expect.stringContaining('"api_keys"'),
    });
  });

  test('other errors are rethrown', async () => {
    const store = await openStore();
    await expect(withStoreErrors(store, () => store.sql`select 1 / 0`)).rejects.toMatchObject({
      code: '22012',
    });
    const own = new OperatorError('usage', 'no', 'yes');
    await expect(withStoreErrors(store, () => Promise.reject(own))).rejects.toBe(own);
    await expect(withStoreErrors(store, () => Promise.reject(new TypeError('x')))).rejects.toThrow(TypeError);
  });
});

onServer(({ openStore, openSecondStore }) => {
  test('when the server closes the connection, the error is store-unavailable and nothing is stored', async () => {
    const store = await openStore();
    const other = await openSecondStore();
    const work = store.sql.begin(async (sql) => {
      const [self] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
      await sql`insert into feedback (user_id, movie_id, half, rated_at) values (1, 1, 4, 0)`;
      await other.sql`select pg_terminate_backend(${self?.pid ?? 0})`;
      await sql`select 1`;
    });
    await expect(withStoreErrors(store, () => work)).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(await other.sql`select from feedback`).toHaveLength(0);
  });
});
