/** What the server on one machine remembers of ratings is what the database would say, which it does not ask. */
import { expect, test } from 'vitest';
import type { Database } from '../../api/database.ts';
import { embeddedDatabase } from '../../api/embedded-database.ts';
import { sha256 } from '../../pipeline/lib/digest.ts';
import type { GivenRating } from '../../pipeline/model/model.ts';
import { emptyRatings } from '../../pipeline/ratings/ratings.ts';
import type { SentRating } from '../../pipeline/store/accept-feedback.ts';
import { createApiKey } from '../../pipeline/store/api-keys.ts';
import { waitingFeedback } from '../../pipeline/store/feedback.ts';
import { readInteractions } from '../../pipeline/store/interactions.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { readRatingsOfUser } from '../../pipeline/store/user-feedback.ts';
import { onEachHome } from '../support/stores.ts';

const NOW = new Date('2026-03-04T12:00:00Z');
const USER = 10;

const ratingsOf = async (database: Database): Promise<readonly GivenRating[]> =>
  (await database.ratingsOf([USER], () => [])).get(USER) ?? [];

onEachHome(({ openStore }) => {
  async function opened(): Promise<{ store: Store; database: Database }> {
    const store = await openStore();
    await createApiKey(store, { name: 'site', key: 'cm_site' }, NOW);
    return { store, database: openedOn(store, null) };
  }
  const openedOn = (store: Store, waiting: Parameters<typeof embeddedDatabase>[1]): Database =>
    embeddedDatabase({ use: (work) => work(store), clock: () => NOW, onFailure: () => {} }, waiting);

  const give = (
    database: Database,
    idempotencyKey: string,
    ratings: readonly Omit<SentRating, 'userId'>[],
    seconds = 0,
  ) =>
    database.accept({
      keySha256: sha256('cm_site'),
      idempotencyKey,
      ratings: ratings.map((rating) => ({ ...rating, userId: USER })),
      now: new Date(NOW.getTime() + 1000 * seconds),
      limit: { ratings: 100, windowSeconds: 3600 },
    });

  async function expectSame(store: Store, database: Database): Promise<void> {
    const remembered = (await ratingsOf(database)).toSorted((a, b) => a.movieId - b.movieId);
    expect(remembered).toEqual(await readRatingsOfUser(store, USER));
  }

  test('a request that is sent again does not undo what was rated since', async () => {
    const { store, database } = await opened();
    await give(database, 'one', [{ movieId: 7, half: 10 }]);
    await give(database, 'two', [{ movieId: 7, half: 2 }], 5);
    expect(await give(database, 'one', [{ movieId: 7, half: 10 }], 9)).toMatchObject({ repeated: true });
    expect(await ratingsOf(database)).toEqual([{ movieId: 7, stars: 1 }]);
    await expectSame(store, database);
  });

  test('a rating of long ago does not take the place of a newer one', async () => {
    const { store, database } = await opened();
    await give(database, 'one', [{ movieId: 7, half: 10 }]);
    await give(database, 'two', [
      { movieId: 7, half: 2, ratedAt: 1_500_000_000 },
      { movieId: 8, half: 3, ratedAt: 1_500_000_000 },
      { movieId: 8, half: 4, ratedAt: 1_500_000_000 },
    ]);
    expect(await ratingsOf(database)).toHaveLength(2);
    await expectSame(store, database);
    await expectSame(store, openedOn(store, await waitingFeedback(store, NOW)));
  });

  test('a request that is sent again does not bring back what was withdrawn since', async () => {
    const { store, database } = await opened();
    const hidden = { userId: USER, movieId: 8, kind: 'hidden', times: 1 } as const;
    const request = {
      keySha256: sha256('cm_site'),
      idempotencyKey: 'one',
      ratings: [{ userId: USER, movieId: 7, half: 10 }],
      interactions: [hidden],
      now: NOW,
      limit: { ratings: 100, windowSeconds: 3600 },
    };
    const known = async () => [await ratingsOf(database), await database.sinceTraining([USER], [])];
    await database.accept(request);
    expect(await known()).toMatchObject([[{ movieId: 7 }], { interactions: [{ movieId: 8 }] }]);
    for (const movieId of [7, 8]) {
      await database.withdraw({ keySha256: sha256('cm_site'), userId: USER, movieId, kind: null });
    }
    for (let time = 0; time < 2; time++) {
      expect(await known()).toEqual([[], { unlearned: new Set(), interactions: [] }]);
      expect(await database.accept(request)).toMatchObject({ recorded: 2, repeated: true });
    }
    await database.accept({ ...request, idempotencyKey: 'two' });
    await expectSame(store, database);
    const { interactions } = await database.sinceTraining([USER], []);
    expect(interactions).toEqual(await readInteractions(store));
    const restarted = openedOn(store, { ratings: emptyRatings(0), interactions });
    expect((await restarted.sinceTraining([USER], [])).interactions).toEqual(interactions);
  });
});
