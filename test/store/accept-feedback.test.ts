/** Ratings sent to the API: API keys, idempotency keys and rate limits. */
import { expect, test } from 'vitest';
import {
  acceptFeedback,
  type FeedbackRequest,
  IDEMPOTENCY_HOURS,
  type SentRating,
} from '../../pipeline/store/accept-feedback.ts';
import { apiKeyOf, createApiKey } from '../../pipeline/store/api-keys.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { feedbackRequest } from '../support/feedback-requests.ts';
import { onEachHome, onServer } from '../support/stores.ts';

const NOW = new Date('2026-03-02T06:17:00.500Z');
const SECONDS = Math.floor(NOW.getTime() / 1000);
const KEY = apiKeyOf(new Uint8Array(32));
const OTHER = apiKeyOf(new Uint8Array(32).fill(7));

const later = (seconds: number): Date => new Date(NOW.getTime() + 1000 * seconds);
const ask = (parts: Partial<FeedbackRequest> = {}, key = KEY): FeedbackRequest =>
  feedbackRequest(key, { now: NOW, ...parts });
const ratings = (count: number): readonly SentRating[] =>
  Array.from({ length: count }, (_, movieId) => ({ userId: 1, movieId, half: 8 }));

async function withKey(store: Store, key = KEY): Promise<Store> {
  await createApiKey(store, { name: key.slice(-8), key }, NOW);
  return store;
}

const rows = ({ sql }: Store) =>
  sql`select user_id, movie_id, half, rated_at from feedback order by feedback_id`;

onEachHome(({ openStore }) => {
  test('ratings are stored in their order; one without a time gets the current time', async () => {
    const store = await withKey(await openStore());
    const sent = [
      { userId: 3, movieId: 9, half: 10, ratedAt: SECONDS - 60 },
      { userId: 3, movieId: 4, half: 1 },
    ];
    expect(await acceptFeedback(store, ask({ ratings: sent }))).toEqual({
      status: 'recorded',
      recorded: 2,
      requestId: 1,
      repeated: false,
      userIds: [3, 3],
    });
    expect(await rows(store)).toEqual([sent[0], { ...sent[1], ratedAt: SECONDS }]);
  });

  test('an unknown API key is unauthorised, and nothing is stored', async () => {
    const store = await withKey(await openStore());
    expect(await acceptFeedback(store, ask({}, OTHER))).toEqual({ status: 'unauthorised' });
    expect(await rows(store)).toEqual([]);
    expect(await store.sql`select from feedback_requests`).toHaveLength(0);
  });

  test('a repeated request gets the same outcome, also later and with a full window', async () => {
    const store = await withKey(await openStore());
    const request = ask({ ratings: ratings(10) });
    const first = await acceptFeedback(store, request);
    const again = await acceptFeedback(store, { ...request, now: later(1800) });
    expect(again).toEqual({ ...first, repeated: true });
    expect(await rows(store)).toHaveLength(10);
  });

  test('the same idempotency key with other ratings is a conflict, and nothing is stored', async () => {
    const store = await withKey(await openStore());
    await acceptFeedback(store, ask());
    const other = ask({ ratings: [{ userId: 1, movieId: 2, half: 8 }] });
    expect(await acceptFeedback(store, other)).toEqual({ status: 'conflict' });
    expect(await rows(store)).toHaveLength(1);
  });

  test('two API keys may use one idempotency key', async () => {
    const store = await withKey(await withKey(await openStore()), OTHER);
    expect(await acceptFeedback(store, ask())).toMatchObject({ status: 'recorded', requestId: 1 });
    const other = ask({ ratings: ratings(2) }, OTHER);
    expect(await acceptFeedback(store, other)).toMatchObject({ repeated: false, requestId: 2 });
  });

  test('an idempotency key expires after a day, and older requests are deleted', async () => {
    const store = await withKey(await openStore());
    await acceptFeedback(store, ask());
    await acceptFeedback(store, ask({ idempotencyKey: 'second' }));
    const lastMoment = ask({ now: later(3600 * IDEMPOTENCY_HOURS) });
    expect(await acceptFeedback(store, lastMoment)).toMatchObject({ repeated: true });
    const afterwards = ask({ now: later(3600 * IDEMPOTENCY_HOURS + 1), ratings: ratings(3) });
    expect(await acceptFeedback(store, afterwards)).toMatchObject({ repeated: false, recorded: 3 });
    expect(await store.sql`select idempotency_key from feedback_requests`).toEqual([
      { idempotencyKey: 'first' },
    ]);
  });

  test('a request that exceeds the window is limited with a retry time, and uses nothing of the limit', async () => {
    const store = await withKey(await openStore());
    await acceptFeedback(store, ask({ ratings: ratings(6) }));
    const tooMany = ask({ idempotencyKey: 'second', ratings: ratings(5), now: later(600.2) });
    const limited = { status: 'limited', retryAfterSeconds: 3000, limit: 10, windowSeconds: 3600 };
    expect(await acceptFeedback(store, tooMany)).toEqual(limited);
    expect(await rows(store)).toHaveLength(6);
    const fitting = ask({ idempotencyKey: 'third', ratings: ratings(4), now: later(600.2) });
    expect(await acceptFeedback(store, fitting)).toMatchObject({ status: 'recorded' });
    expect(await acceptFeedback(store, { ...tooMany, now: later(3599.9) })).toEqual({
      ...limited,
      retryAfterSeconds: 1,
    });
    expect(await acceptFeedback(store, { ...tooMany, now: later(3600) })).toMatchObject({
      status: 'recorded',
      recorded: 5,
    });
  });

  test('a request larger than a window is limited, with a full window to wait', async () => {
    const store = await withKey(await openStore());
    expect(await acceptFeedback(store, ask({ ratings: ratings(11) }))).toMatchObject({
      status: 'limited',
      retryAfterSeconds: 3600,
    });
  });

  test('with a window in the future, the retry time is at most one window', async () => {
    const store = await withKey(await openStore());
    await acceptFeedback(store, ask({ ratings: ratings(10), now: later(90) }));
    expect(await acceptFeedback(store, ask({ idempotencyKey: 'second' }))).toMatchObject({
      status: 'limited',
      retryAfterSeconds: 3600,
    });
  });

  test('each key has its own limit', async () => {
    const store = await withKey(await withKey(await openStore()), OTHER);
    await acceptFeedback(store, ask({ ratings: ratings(10) }));
    expect(await acceptFeedback(store, ask({}, OTHER))).toMatchObject({ status: 'recorded' });
  });
});

onServer(({ openStore, openSecondStore }) => {
  test('concurrent equal requests are stored once', async () => {
    const store = await withKey(await openStore());
    const stores = [store, await openSecondStore(), await openSecondStore()];
    const request = ask({ ratings: ratings(2) });
    const outcomes = await Promise.all(
      Array.from({ length: 24 }, (_, turn) => acceptFeedback(stores[turn % stores.length] as Store, request)),
    );
    const repeated = outcomes.map((outcome) => outcome.status === 'recorded' && outcome.repeated);
    expect(repeated.filter((isRepeated) => !isRepeated)).toEqual([false]);
    expect(new Set(outcomes.map((outcome) => JSON.stringify({ ...outcome, repeated: null }))).size).toBe(1);
    expect(await rows(store)).toHaveLength(2);
  });

  test('concurrent different requests do not exceed the limit', async () => {
    const store = await withKey(await openStore());
    const stores = [store, await openSecondStore(), await openSecondStore()];
    const outcomes = await Promise.all(
      Array.from({ length: 24 }, (_, turn) =>
        acceptFeedback(
          stores[turn % stores.length] as Store,
          ask({ idempotencyKey: `request ${turn}`, ratings: ratings(3) }),
        ),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'recorded')).toHaveLength(3);
    expect(outcomes.filter(({ status }) => status === 'limited')).toHaveLength(21);
    expect(await rows(store)).toHaveLength(9);
  });
});
