import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Movie } from '../../pipeline/ratings/movie.ts';
import { filterRatings } from '../../pipeline/ratings/ratings.ts';
import type { Reject } from '../../pipeline/ratings/raw.ts';
import { snapshotDigest } from '../../pipeline/ratings/snapshot.ts';
import { summariseRatings } from '../../pipeline/ratings/summary.ts';
import { type Batch, ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import { countBufferRatings, findBatch, listBatches, listRejects } from '../../pipeline/store/ledger.ts';
import { readStoredMovies } from '../../pipeline/store/read-movies.ts';
import { readRevisedPairs, readStoredRatings } from '../../pipeline/store/read-ratings.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { readSummaries } from '../../pipeline/store/summaries.ts';
import { readRatingsOfUser } from '../../pipeline/store/user-feedback.ts';
import { batchOf, distinctRatings, type RatingRow, ratingsOf, rowsOfRatings } from '../support/batches.ts';
import { listedRejects } from '../support/listed-rejects.ts';
import { onEachHome, onServer } from '../support/stores.ts';

const ingest = (store: Store, batch: Batch) => ingestBatch(store, batch, { maxRejectShare: 0.05 });
const rows = async (store: Store): Promise<RatingRow[]> => rowsOfRatings(await readStoredRatings(store));
const damaged = (rowNumber: number): Reject => ({ rowNumber, reason: 'rating-invalid', content: 'rating 7' });

onEachHome(({ openStore }) => {
  test('a batch is stored with its counts and read back ordered by user and movie', async () => {
    const store = await openStore();
    const ratings = ratingsOf([
      [2, 1, 5, 1_000],
      [1, 9, 3, 3_000],
      [1, 1, 10, 2_000],
    ]);
    const { status, entry } = await ingest(store, batchOf('week', ratings, { role: 'train' }));
    expect(status).toBe('ingested');
    expect(entry).toMatchObject({
      batchId: 1,
      source: 'week.parquet',
      role: 'train',
      read: 3,
      new: 3,
      updated: 0,
      unchanged: 0,
      rejected: 0,
      firstRatedAt: 1_000,
      lastRatedAt: 3_000,
      ingestedAt: new Date('2026-03-02T06:17:00Z'),
    });
    expect(await listBatches(store)).toEqual([entry]);
    expect(await rows(store)).toEqual([
      [1, 1, 10, 2_000],
      [1, 9, 3, 3_000],
      [2, 1, 5, 1_000],
    ]);
    expect((await readRatingsOfUser(store, 1)).map(({ movieId }) => movieId)).toEqual([1, 9]);
  });

  test('the same batch twice adds nothing', async () => {
    const store = await openStore();
    const batch = batchOf('week', ratingsOf([[1, 1, 10, 1_000]]));
    const first = await ingest(store, batch);
    const before = snapshotDigest(await readStoredRatings(store));
    const second = await ingest(store, batch);
    expect(second).toEqual({ status: 'already-ingested', entry: first.entry });
    expect(snapshotDigest(await readStoredRatings(store))).toBe(before);
    expect(await listBatches(store)).toHaveLength(1);
    expect(await findBatch(store, batch.sha256)).toEqual(first.entry);
  });

  test('a later rating replaces the earlier one, which is stored as a revision', async () => {
    const store = await openStore();
    await ingest(
      store,
      batchOf(
        'one',
        ratingsOf([
          [1, 1, 4, 1_000],
          [1, 2, 6, 1_000],
        ]),
      ),
    );
    const { entry } = await ingest(
      store,
      batchOf(
        'two',
        ratingsOf([
          [1, 1, 9, 2_000],
          [3, 1, 2, 2_000],
        ]),
      ),
    );
    expect(entry).toMatchObject({ read: 2, new: 1, updated: 1, unchanged: 0 });
    expect(await rows(store)).toEqual([
      [1, 1, 9, 2_000],
      [1, 2, 6, 1_000],
      [3, 1, 2, 2_000],
    ]);
    expect(await readRevisedPairs(store, [2])).toMatchObject({
      userIds: Int32Array.of(1),
      movieIds: Int32Array.of(1),
    });
    expect((await readRevisedPairs(store, [1])).userIds).toHaveLength(0);
    expect(await store.sql`select * from rating_revisions`).toMatchObject([
      { batchId: 2, previousHalf: 4, previousRatedAt: 1_000, previousBatchId: 1 },
    ]);
  });

  test('older and equal ratings change nothing; another value of the same second replaces the rating', async () => {
    const store = await openStore();
    await ingest(
      store,
      batchOf(
        'one',
        ratingsOf([
          [1, 1, 4, 1_000],
          [1, 2, 4, 1_000],
          [1, 3, 4, 1_000],
        ]),
      ),
    );
    const later = ratingsOf([
      [1, 1, 9, 999],
      [1, 2, 4, 1_000],
      [1, 3, 9, 1_000],
    ]);
    const { entry } = await ingest(store, batchOf('two', later));
    expect(entry).toMatchObject({ read: 3, new: 0, updated: 1, unchanged: 2 });
    expect(await rows(store)).toEqual([
      [1, 1, 4, 1_000],
      [1, 2, 4, 1_000],
      [1, 3, 9, 1_000],
    ]);
  });

  test('after random batches, counts are consistent and every summary equals its rows', async () => {
    const store = await openStore();
    const row = fc.tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 3 }),
    );
    const batch = fc.uniqueArray(row, { selector: ([user, movie]) => user * 10 + movie, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 2, maxLength: 4 }), async (batches) => {
        await store.sql`truncate ratings, rating_revisions, ingestion_ledger cascade`;
        // A simple version of the rule, for comparison.
        const expected = new Map<string, RatingRow>();
        const givenBy = new Map<string, number>();
        for (const [index, given] of batches.entries()) {
          const { entry } = await ingest(store, batchOf(`batch ${index}`, ratingsOf(given)));
          expect(entry.read).toBe(entry.new + entry.updated + entry.unchanged + entry.rejected);
          for (const rating of given) {
            const [user, movie, half, time] = rating;
            const stored = expected.get(`${user} ${movie}`);
            if (stored && (time < stored[3] || (time === stored[3] && half === stored[2]))) continue;
            expected.set(`${user} ${movie}`, rating);
            givenBy.set(`${user} ${movie}`, entry.batchId);
          }
        }
        const key = ([user, movie]: RatingRow): string => `${user} ${movie}`;
        const all = await readStoredRatings(store);
        expect(new Map(rowsOfRatings(all).map((rating) => [key(rating), rating]))).toEqual(expected);
        const summaries = await readSummaries(
          store,
          batches.map((_, index) => index + 1),
        );
        for (const [batchId, summary] of summaries) {
          const stands = (at: number): boolean =>
            givenBy.get(`${all.userIds[at]} ${all.movieIds[at]}`) === batchId;
          expect(summary).toEqual(summariseRatings(filterRatings(all, stands)));
        }
        expect(await countBufferRatings(store)).toBe(all.length);
      }),
      { numRuns: 15, seed: 7 },
    );
  });

  test('rejects keep their row number and reason', async () => {
    const store = await openStore();
    const rejects = [damaged(7), { rowNumber: 9, reason: 'superseded', content: 'user 1' } as const];
    const ratings = distinctRatings(30, 1, { users: 10, movies: 10, taken: new Set() });
    const { entry } = await ingest(store, batchOf('week', ratings, { rejects: listedRejects(rejects) }));
    expect(entry).toMatchObject({ read: 32, new: 30, rejected: 2 });
    expect(await listRejects(store, entry.batchId, 10)).toEqual(rejects);
    expect(await listRejects(store, entry.batchId, 1)).toEqual([rejects[0]]);
  });

  test('a batch with too many damaged rows is rejected completely', async () => {
    const store = await openStore();
    const ratings = distinctRatings(18, 1, { users: 10, movies: 10, taken: new Set() });
    const batch = batchOf('broken', ratings, { rejects: listedRejects([damaged(3), damaged(4)]) });
    await expect(ingest(store, batch)).rejects.toMatchObject({
      code: 'batch-rejected',
      message:
        'broken.parquet: 2 of 20 rows (10.0%) are damaged; 5.0% are allowed. By reason: 2 rating-invalid. First: row 3: rating-invalid (rating 7); row 4: rating-invalid (rating 7). Expected: a rating is 0.5 to 5 by halves.',
    });
    expect(await listBatches(store)).toEqual([]);
    expect((await readStoredRatings(store)).length).toBe(0);
  });

  test('superseded rows do not count as damaged', async () => {
    const store = await openStore();
    const superseded: Reject = { rowNumber: 1, reason: 'superseded', content: 'user 1' };
    const { entry } = await ingest(
      store,
      batchOf('week', ratingsOf([[1, 1, 4, 1_000]]), { rejects: listedRejects([superseded]) }),
    );
    expect(entry).toMatchObject({ read: 2, new: 1, rejected: 1 });
  });

  test('movies are stored and updated by the next batch', async () => {
    const store = await openStore();
    const movie = (id: number, title: string, year: number | null, genres: readonly string[]): Movie => ({
      id,
      title,
      year,
      genres,
    });
    const strange = movie(3, 'L\'été "indien"\n{a,b}\\N \u{1f3ac}', null, ['Film-Noir', 'a,b"c', '{}']);
    const none = ratingsOf([]);
    await ingest(store, batchOf('one', none, { movies: [strange, movie(1, 'Toy Story', 1995, [])] }));
    await ingest(store, batchOf('two', none, { movies: [movie(1, 'Toy Story', 1995, ['Animation'])] }));
    expect(await readStoredMovies(store)).toEqual([movie(1, 'Toy Story', 1995, ['Animation']), strange]);
    await ingest(store, batchOf('three', none, { movies: [movie(1, '', null, [])] }));
    expect((await readStoredMovies(store))[0]).toEqual(movie(1, 'Toy Story', 1995, ['Animation']));
  });

  test('links are stored, replaced by others, and kept when a later batch has none', async () => {
    const store = await openStore();
    const none = ratingsOf([]);
    const toyStory = { id: 1, title: 'Toy Story', year: 1995, genres: ['Animation'] };
    const linked = (imdb: number | null, tmdb: number | null) => ({ ...toyStory, links: { imdb, tmdb } });
    const stored = async (source: string, movie: Movie) => {
      await ingest(store, batchOf(source, none, { movies: [movie] }));
      return readStoredMovies(store);
    };
    expect(await stored('one', toyStory)).toEqual([toyStory]);
    expect(await stored('two', linked(114_709, null))).toEqual([linked(114_709, null)]);
    expect(await stored('three', linked(null, 862))).toEqual([linked(114_709, 862)]);
    expect(await stored('four', toyStory)).toEqual([linked(114_709, 862)]);
    const untitled = { id: 1, title: '', year: null, genres: [], links: { imdb: 5, tmdb: null } };
    expect(await stored('five', untitled)).toEqual([linked(5, 862)]);
  });

  test('a batch that fails on its last statement stores nothing', async () => {
    const store = await openStore();
    await ingest(store, batchOf('one', ratingsOf([[1, 1, 4, 1_000]])));
    await store.sql`alter table batch_summaries add constraint nothing_more check (ratings < 2)`;
    const batch = batchOf(
      'two',
      ratingsOf([
        [1, 1, 5, 2_000],
        [2, 2, 5, 2_000],
      ]),
    );
    await expect(ingest(store, batch)).rejects.toMatchObject({ code: '23514' });
    expect(await rows(store)).toEqual([[1, 1, 4, 1_000]]);
    expect(await listBatches(store)).toHaveLength(1);
    await store.sql`alter table batch_summaries drop constraint nothing_more`;
    expect((await ingest(store, batch)).entry).toMatchObject({ batchId: 2, new: 1, updated: 1 });
  });
});

onServer(({ openStore, openSecondStore }) => {
  test('two processes with the same batch store it once', async () => {
    const stores = [await openStore(), await openSecondStore()];
    const batch = batchOf('week', distinctRatings(20_000, 1, { users: 500, movies: 500, taken: new Set() }));
    const outcomes = await Promise.all(stores.map((store) => ingest(store, batch)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['already-ingested', 'ingested']);
    expect(outcomes[0]?.entry).toEqual(outcomes[1]?.entry);
  });

  test('after a lost connection the batch is sent again and stored once', async () => {
    const [store, other] = [await openStore(), await openSecondStore()];
    const ratings = distinctRatings(20_000, 1, { users: 500, movies: 500, taken: new Set() });
    let cuts = 0;
    const cutOnce = (): void => {
      if (cuts++ > 0) return;
      other.sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`.execute();
    };
    const { status, entry } = await ingestBatch(store, batchOf('week', ratings), {
      maxRejectShare: 0,
      onProgress: cutOnce,
    });
    expect(cuts).toBe(2);
    expect({ status, new: entry.new }).toEqual({ status: 'ingested', new: 20_000 });
    expect(await listBatches(store)).toHaveLength(1);
  });
});
