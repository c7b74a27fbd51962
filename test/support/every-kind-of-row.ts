import { detectDrift } from '../../pipeline/stages/drift/detect-drift.ts';
import { ingestRatings } from '../../pipeline/stages/ingest/ingest-ratings.ts';
import { publishModel } from '../../pipeline/stages/release/publish-model.ts';
import { trainModel } from '../../pipeline/stages/training/train-model.ts';
import { acceptFeedback } from '../../pipeline/store/accept-feedback.ts';
import { apiKeyOf, createApiKey, revokeApiKey } from '../../pipeline/store/api-keys.ts';
import { withDriftLock } from '../../pipeline/store/drift-lock.ts';
import { muteDrift } from '../../pipeline/store/drift-mutes.ts';
import { eraseUser } from '../../pipeline/store/erase-user.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import { quarantineRatings } from '../../pipeline/store/quarantine.ts';
import { recordGains } from '../../pipeline/store/retraining-gains.ts';
import { batchOf, type RatingRow, ratingsOf, rowsOfRatings } from './batches.ts';
import { feedbackRequest } from './feedback-requests.ts';
import { listedRejects } from './listed-rejects.ts';
import { quietWeeks, raised, type TestPipeline } from './pipeline.ts';

export const FILLED_KEY = apiKeyOf(new Uint8Array(32).fill(3));

/** Gives every table of a bootstrapped pipeline rows, by what fills it in use. */
export async function fillEveryTable(pipeline: TestPipeline): Promise<void> {
  const { store, clock } = pipeline;
  const now = clock();
  const { batches, train } = quietWeeks().prepared;
  for (const [week, ratings] of batches.entries()) {
    await ingestRatings(pipeline, await pipeline.write(`week-${week}.csv`, raised(ratings, 2)), 'buffer');
  }
  await detectDrift(pipeline);
  await publishModel(pipeline, await trainModel(pipeline, 'drift'));
  // Newer ratings of the same pairs, odd texts, and rows that were rejected.
  const later = Math.floor(now.getTime() / 1000) - 60;
  const again = rowsOfRatings(train)
    .slice(0, 300)
    .map(([user, movie, half]): RatingRow => [user, movie, 11 - half, later]);
  await ingestBatch(
    store,
    batchOf('corrections', ratingsOf(again), {
      rejects: listedRejects([{ rowNumber: 7, reason: 'rating-invalid', content: `'"\\\t\u{1f3ac}é` }]),
      movies: [
        { id: 900_001, title: `L'été "à" \\N {NULL}, 東京`, year: null, genres: [] },
        { id: 900_002, title: '', year: 1999, genres: ['A,B', '{"}', ''] },
      ],
    }),
    { maxRejectShare: 0.5 },
  );
  await createApiKey(store, { name: 'app', key: FILLED_KEY }, now);
  await createApiKey(store, { name: 'old', key: apiKeyOf(new Uint8Array(32)) }, now);
  await revokeApiKey(store, 'old', now);
  await acceptFeedback(store, {
    ...feedbackRequest(FILLED_KEY, { now }),
    interactions: [
      { userId: 1, movieId: 3, kind: 'wanted', times: 1 },
      { userId: 1, movieId: 4, kind: 'shown', times: 2.5 },
    ],
  });
  await muteDrift(store, { by: 'maintainer', at: now, until: new Date(now.getTime() + 86_400_000) });
  const [user] = again[0] as RatingRow;
  await withDriftLock(store, (lock) =>
    quarantineRatings(lock, store, {
      subjects: [{ kind: 'user', id: user }],
      by: 'maintainer',
      at: now,
      reason: 'looks like a bot',
    }),
  );
  const [, erased] = again.map(([each]) => each).filter((each) => each !== user);
  await eraseUser(store, { userId: erased as number, by: 'maintainer', at: now });
  // The database has numbers; a move copies names alike.
  await store.sql`insert into user_names (name) values ('u1'), (${`L'été "à" \\N {NULL}, 東京`})`;
  await store.sql`insert into movie_names (name) values ('9b2d4f1e-0c55-4d0c-8f7e-3a1c2b4d5e6f')`;
  // A quarantine deletes the gains that were measured without it.
  await recordGains(store, [
    {
      kind: 'curve',
      modelVersion: 2,
      batchId: 5,
      timeWindow: 1,
      newShare: 0.25,
      gain: {
        ratings: 10,
        users: 3,
        rmse: { before: 1, after: 0.9, gain: 0.1, interval: null },
        ndcgAt10: null,
      },
      measuredAt: now,
    },
  ]);
}
